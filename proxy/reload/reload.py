"""Watches tidegate.yaml and the vendor files, and puts what has changed in force without dropping a call.

A file is read once it has stopped changing (secrets and configuration are often mounted as links that are swapped, so
links are followed). A vendor file comes into force when it loads,
breaks no rule and its secret is there. tidegate.yaml comes into force together with all vendors that it adds, moves or
takes away, or not at all. Whatever is refused changes nothing: what was in force stays, and the metric
`tidegate_reload_failed`, the log and the page /state say so until a good one comes.
"""

import asyncio
import os
import sqlite3
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

from tidegate.configfile.finding import VendorFileError
from tidegate.problems import UsageError
from tidegate.proxy.assembly import ProxyParts
from tidegate.proxy.config import DEFAULT_FILE, Config, ConfigError
from tidegate.proxy.configured_vendors import (
    ConfigChange,
    ReadConfig,
    ReadVendor,
    places,
    read_config,
    read_meant,
    read_served,
    use_of,
    why_left_out,
)
from tidegate.proxy.reload.watched_files import WatchedFile, digest_of, watch
from tidegate.proxy.telemetry.log_line import stamp
from tidegate.proxy.telemetry.telemetry import Telemetry
from tidegate.proxy.upstream.upstream import Upstream
from tidegate.vendor.vendor_file import LoadedVendor
from tidegate.world.world import World

LOOK_S = 1.0
"""The files are looked at so often, and read at the first look that finds them as the one before did."""

CONFIG = "tidegate.yaml"
"""What the configuration is called beside the vendors, whose names have no dot."""


class Reloaded(Protocol):
    """What is reloaded: the proxy. See tidegate.proxy.app.Proxy."""

    file: Mapping[str, object]
    refused: dict[str, Mapping[str, object]]

    @property
    def config(self) -> Config:
        """The configuration that is in force."""
        ...

    @property
    def parts(self) -> ProxyParts:
        """What it holds."""
        ...

    @property
    def telemetry(self) -> Telemetry:
        """Where it tells."""
        ...

    def change(self, to: ConfigChange) -> list[Upstream]:
        """Put a change in force, whole. Returns what it took out of force."""
        ...


@dataclass(slots=True)
class Reloader:
    """Watches for one proxy. `start` it, or call `look` and `hurry` by hand.

    `file` is its tidegate.yaml; None for ./tidegate.yaml, which need not be there. `aside` runs work that takes long:
    in production in a thread.
    """

    world: World
    proxy: Reloaded
    aside: "Callable[[Callable[[], object]], Awaitable[object]]"
    file: Path | None = None
    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)
    _config: WatchedFile = field(init=False)
    _vendors: dict[str, WatchedFile] = field(default_factory=dict)
    _places: dict[str, Path] = field(default_factory=dict)
    """Where the vendors are that are meant, and where they were at the last look."""
    _found: dict[str, Path] = field(default_factory=dict)
    _reloaded: list[str] = field(default_factory=list)
    _tasks: "set[asyncio.Task[object]]" = field(default_factory=set)
    _busy: asyncio.Lock = field(default_factory=asyncio.Lock)

    def __post_init__(self) -> None:
        self._config = watch((self.file or DEFAULT_FILE,))
        self.proxy.file = self._since(self._config.digest)
        self._places = self._found = _find(self.proxy.config)
        for name, path in self._places.items():
            self._vendors[name] = replace(watch((path,)), digest="")
        for name, upstream in self.proxy.parts.upstreams.items():
            self._in_force(name, upstream)

    def start(self) -> None:
        """Look at the files from now on."""
        self._run(self._watch())

    def close(self) -> None:
        """Look no more."""
        for task in self._tasks:
            task.cancel()

    def wake(self) -> None:
        """Hurry, from where nothing can be awaited: a signal handler."""
        self._run(self.hurry())

    async def look(self) -> None:
        """Put in force what has changed, and is good."""
        await self._look(anyway=False)

    async def hurry(self) -> list[str]:
        """Read every file now, changed or not: a secret may have changed that a file only names.

        Returns what came into force. What did not is in the proxy's `refused`.
        """
        return await self._look(anyway=True)

    async def _look(self, *, anyway: bool) -> list[str]:
        async with self._busy:
            self._reloaded.clear()
            if self._config.changed(anyway=anyway):
                await self._reconfigure(anyway=anyway)
            await self._go_where_they_are(anyway=anyway)
            for name, watched in tuple(self._vendors.items()):
                if watched.changed(anyway=anyway):
                    await self._reload(name, watched, anyway=anyway)
            return list(self._reloaded)

    def _run(self, work: "Coroutine[None, None, object]") -> None:
        task: asyncio.Task[object] = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _watch(self) -> None:
        while True:
            await self.world.sleep(LOOK_S)
            try:
                await self.look()
            except Exception as error:  # noqa: BLE001 - a bug of ours here must not end the watch for good
                self.proxy.telemetry.crashed("reload", error, self.world.wall())

    async def _reload(self, name: str, watched: WatchedFile, *, anyway: bool) -> None:
        """One vendor file."""
        digest, served = digest_of(watched.paths), self.proxy.parts.upstreams.get(name)
        same = digest == watched.digest and name not in self.proxy.refused
        if same and not anyway:
            return
        try:
            read = await self.aside(lambda: read_served(name, watched.paths[0]))
            assert isinstance(read, ReadVendor)
            if served is None and self._left_out(name, read.loaded):
                return
            upstream = await self._made(name, read, self.proxy.config)
        except (UsageError, sqlite3.Error) as error:
            self._refuse(name, digest, error)
            return
        if (
            same
            and served is not None
            and (upstream.credential.line, upstream.reach)
            == (
                served.credential.line,
                served.reach,
            )
        ):
            return  # not even a secret is another
        await self._apply(ConfigChange(self.proxy.config, put=((upstream, read.plans),)))

    async def _reconfigure(self, *, anyway: bool) -> None:
        """tidegate.yaml, with every vendor that it means now and did not mean before, or meant otherwise."""
        digest, before = digest_of(self._config.paths), self.proxy.parts.upstreams
        same = digest == self._config.digest and CONFIG not in self.proxy.refused
        never_was = not digest and not self._config.digest and self.file is None
        if never_was or (same and not anyway):
            return
        try:
            meant = await self.aside(self._read)
            assert isinstance(meant, ReadConfig)
            put = [(await self._made(name, read, meant.config), read.plans) for name, read in meant.reads.items()]
        except (UsageError, sqlite3.Error) as error:
            self._refuse(CONFIG, digest, error)
            return
        found = self._places = self._found = meant.places
        gone = tuple(name for name in before if name not in found)
        for name in {*self._vendors} - {*found}:
            self._forget(name)
        for name, path in found.items():
            if name not in before:
                self._vendors.setdefault(name, replace(watch((path,)), digest=""))
        await self._apply(ConfigChange(meant.config, meant.tokens, tuple(put), gone))
        self._config.digest = digest
        if not same:
            self._accept(CONFIG, digest)
            self.proxy.file = self._since(digest)

    def _read(self) -> ReadConfig:
        config = read_config(self._config.paths[0], self.proxy.config)
        return read_meant(config, self.proxy.parts.upstreams, self._places, self.environ)

    async def _go_where_they_are(self, *, anyway: bool) -> None:
        """Vendors may have been added to the search path, or moved along it, or taken from it."""
        before, self._found = self._found, _find(self.proxy.config)
        if not self._found or self._found == self._places or not (anyway or self._found == before):
            return
        gone = tuple(name for name in self._places if name not in self._found)
        for name in gone:
            self._forget(name)
        for name, path in self._found.items():
            if self._places.get(name) != path:
                self._vendors[name] = replace(watch((path,)), judged=(), digest="")
        self._places = self._found
        out = tuple(name for name in gone if name in self.proxy.parts.upstreams)
        if out:
            await self._apply(ConfigChange(self.proxy.config, gone=out))

    async def _made(self, name: str, read: ReadVendor, config: Config) -> Upstream:
        """A vendor that is ready to come into force. Raises UsageError and sqlite3.Error."""
        upstream = self.proxy.parts.make(read.loaded, read.document, use_of(config, name))
        if name not in self.proxy.parts.upstreams:
            await upstream.limits.open(self.proxy.parts.quotas)
        return upstream

    async def _apply(self, change: ConfigChange) -> None:
        over = self.proxy.change(change)
        for upstream, _ in change.put:
            self._in_force(upstream.name, upstream)
            self._accept(upstream.name, self._vendors[upstream.name].digest)
        for name in change.gone:
            self._reloaded.append(name)
            self.proxy.telemetry.note("vendor no longer served", self.world.wall(), vendor=name)
        for upstream in over:
            await upstream.retire(self.proxy.parts.upstreams.get(upstream.name))

    def _in_force(self, name: str, upstream: Upstream) -> None:
        watched = watch((upstream.loaded.path, upstream.loaded.document_path))
        self._vendors[name] = watched
        upstream.file = self._since(watched.digest)

    def _left_out(self, name: str, loaded: LoadedVendor) -> bool:
        why = why_left_out(self.proxy.config, loaded, self.environ)
        if why:
            self._clear(name)
            self.proxy.telemetry.note("vendor not served", self.world.wall(), vendor=name, why=why)
        return bool(why)

    def _forget(self, name: str) -> None:
        del self._vendors[name]
        self._clear(name)

    def _clear(self, name: str) -> None:
        self.proxy.refused.pop(name, None)
        self.proxy.telemetry.metrics.reload_failed.pop((name,), None)

    def _accept(self, name: str, digest: str) -> None:
        metrics, what = self.proxy.telemetry.metrics, CONFIG if name == CONFIG else "vendor file"
        self.proxy.refused.pop(name, None)
        metrics.reload_failed[name,] = 0
        metrics.reloads[name, "reloaded"] += 1
        self._reloaded.append(name)
        self.proxy.telemetry.note(f"{what} reloaded", self.world.wall(), vendor=name, sha256=digest)

    def _refuse(self, name: str, digest: str, error: Exception) -> None:
        findings = error.findings if isinstance(error, VendorFileError | ConfigError) else ()
        why = str(findings[0] if findings else error)
        refused = {"sha256": digest, "why": why, "at": stamp(self.world.wall())}
        self.proxy.refused[name] = refused
        served = self.proxy.parts.upstreams.get(name)
        if served is not None:
            served.file = {**served.file, "refused": refused}
        metrics = self.proxy.telemetry.metrics
        metrics.reload_failed[name,] = 1
        metrics.reloads[name, "refused"] += 1
        what = CONFIG if name == CONFIG else "vendor file"
        stays = "the one before stays in force" if name == CONFIG or served is not None else "it is not served"
        self.proxy.telemetry.note(f"{what} refused; {stays}", self.world.wall(), vendor=name, why=why)

    def _since(self, digest: str) -> dict[str, object]:
        return {"sha256": digest, "since": stamp(self.world.wall())}


def _find(config: Config) -> dict[str, Path]:
    """Where the vendors are; nowhere while one that is named cannot be found: then nothing is added or taken away."""
    try:
        return places(config)
    except UsageError:
        return {}
