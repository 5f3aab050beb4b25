"""Watches tidegate.yaml and the vendor files, and puts what has changed in force without dropping a call.

A file is read once it has stopped changing (secrets and configuration are often mounted as links that are swapped, so
links are followed). A vendor file comes into force when it loads, breaks no rule and its secret is there. tidegate.yaml
comes into force together with all vendors that it adds, moves or takes away, or not at all. Whatever is refused changes
nothing: what was in force stays, and the metric `tidegate_reload_failed`, the log and the page /state say so.
"""

import asyncio
import os
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from tidegate.configfile.finding import VendorFileError
from tidegate.problems import UsageError
from tidegate.proxy.config import DEFAULT_FILE, Config, ConfigError
from tidegate.proxy.configured_vendors import (
    ConfigChange,
    ReadConfig,
    ReadVendor,
    read_config,
    read_vendor,
    read_vendors,
    reason_left_out,
    refuse_unsealed,
    routes_with,
    use_of,
    vendor_files,
)
from tidegate.proxy.reload.reloaded_proxy import ReloadedProxy
from tidegate.proxy.reload.watched_files import WatchedFiles, digest_of, watch
from tidegate.proxy.secrets.secret_book import NotFetched
from tidegate.proxy.secrets.secret_watcher import SecretWatcher
from tidegate.proxy.telemetry.log_line import stamp
from tidegate.proxy.upstream.upstream import Upstream
from tidegate.vendor.vendor_file import LoadedVendor
from tidegate.world.world import World

CHECK_EVERY_S = 1.0
"""The files are checked so often, and read at the first check that finds them as the one before did."""

CONFIG = "tidegate.yaml"
"""The name of the configuration beside those of vendors, which have no dot."""


@dataclass(slots=True)
class Reloader:
    """The watcher of one proxy's files. `start` it, or call `check` and `reload` by hand.

    `file` is its tidegate.yaml; None for ./tidegate.yaml, which need not be there. `run_blocking` carries out work that
    takes long: in production in a thread.
    """

    world: World
    proxy: ReloadedProxy
    run_blocking: "Callable[[Callable[[], object]], Awaitable[object]]"
    file: Path | None = None
    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)
    secrets: SecretWatcher | None = None
    """The watch over secrets: it looks before the files are read anew, and fetches what they name besides."""
    _config: WatchedFiles = field(init=False)
    _vendors: dict[str, WatchedFiles] = field(default_factory=dict)
    _paths: dict[str, Path] = field(default_factory=dict)
    """The vendor files that the configuration means, by vendor."""
    _last_paths: dict[str, Path] = field(default_factory=dict)
    """The vendor files that the last check found."""
    _reloaded: list[str] = field(default_factory=list)
    _tasks: "set[asyncio.Task[object]]" = field(default_factory=set)
    _busy: asyncio.Lock = field(default_factory=asyncio.Lock)

    def __post_init__(self) -> None:
        self._config = watch((self.file or DEFAULT_FILE,))
        self.proxy.file = self._in_force_since(self._config.digest)
        self._paths = self._last_paths = _found_files(self.proxy.config)
        for name, path in self._paths.items():
            self._vendors[name] = replace(watch((path,)), digest="")
        for name, upstream in self.proxy.parts.upstreams.items():
            self._watch_in_force(name, upstream)

    def start(self) -> None:
        """Check the files every CHECK_EVERY_S seconds from now on."""
        self._spawn(self._watch())

    def close(self) -> None:
        """Check no more."""
        for task in self._tasks:
            task.cancel()

    def reload_soon(self) -> None:
        """Reload, from where nothing can be awaited: a signal handler."""
        self._spawn(self.reload())

    async def check(self) -> None:
        """Put in force what has changed, and is good."""
        await self._check(forced=False)

    async def reload(self) -> list[str]:
        """Read every file now, changed or not: a secret may have changed that a file only names.

        Returns what came into force. What did not is in the proxy's `refused`.
        """
        return await self._check(forced=True)

    async def _check(self, *, forced: bool) -> list[str]:
        if forced and self.secrets is not None:
            await self.secrets.look(forced=True)
        async with self._busy:
            self._reloaded.clear()
            if self._config.changed(forced=forced):
                await self._reload_config(forced=forced)
            await self._follow_vendors(forced=forced)
            for name, watched in tuple(self._vendors.items()):
                if (served := self.proxy.parts.upstreams.get(name)) is not None:
                    watched.watch_also(served.files)
                if watched.changed(forced=forced):
                    await self._reload_vendor(name, watched, forced=forced)
            return list(self._reloaded)

    def _spawn(self, work: "Coroutine[None, None, object]") -> None:
        task: asyncio.Task[object] = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _watch(self) -> None:
        while True:
            await self.world.sleep(CHECK_EVERY_S)
            try:
                await self.check()
            except Exception as error:  # noqa: BLE001 - a bug of ours here must not end the watch for good
                self.proxy.telemetry.crashed("reload", error, self.world.wall())

    async def _reload_vendor(self, name: str, watched: WatchedFiles, *, forced: bool) -> None:
        """Read one vendor file, and put it in force where it has changed and is good."""
        digest, served = digest_of(watched.paths), self.proxy.parts.upstreams.get(name)
        same = digest == watched.digest and name not in self.proxy.refused
        if same and not forced:
            return
        try:
            read = await self.run_blocking(lambda: read_vendor(name, watched.paths[0]))
            assert isinstance(read, ReadVendor)
            if served is None and self._left_out(name, read.loaded):
                return
            refuse_unsealed(self.proxy.config, read.loaded, served)
            upstream = await self._make_upstream(name, read, self.proxy.config)
            routes = routes_with(self.proxy.config, self.proxy.parts.upstreams, read.loaded, self.environ)
        except Exception as error:  # noqa: BLE001 - see _refuse
            lacking = await self._fetched(error)
            if lacking is None:
                await self._reload_vendor(name, watched, forced=forced)
            else:
                self._refuse(name, digest, lacking)
            return
        if same and served is not None:
            in_force = ([one.identity for one in served.provider.credentials], served.reach)
            if ([one.identity for one in upstream.provider.credentials], upstream.reach) == in_force:
                return  # not even a secret is another
        await self._apply(ConfigChange(self.proxy.config, put=((upstream, read.plans),), routes=routes))

    async def _reload_config(self, *, forced: bool) -> None:
        """Read tidegate.yaml, with every vendor that it means now and did not mean before, or meant otherwise."""
        digest, before = digest_of(self._config.paths), self.proxy.parts.upstreams
        same = digest == self._config.digest and CONFIG not in self.proxy.refused
        never_was = not digest and not self._config.digest and self.file is None
        if never_was or (same and not forced):
            return
        try:
            new = await self.run_blocking(self._read)
            assert isinstance(new, ReadConfig)
            put = [
                (await self._make_upstream(name, read, new.config), read.plans) for name, read in new.vendors.items()
            ]
        except Exception as error:  # noqa: BLE001 - see _refuse
            lacking = await self._fetched(error)
            if lacking is None:
                await self._reload_config(forced=forced)
            else:
                self._refuse(CONFIG, digest, lacking)
            return
        files = self._paths = self._last_paths = new.paths
        gone = tuple(name for name in before if name not in files)
        for name in {*self._vendors} - {*files}:
            self._forget(name)
        for name, path in files.items():
            if name not in before:
                self._vendors.setdefault(name, replace(watch((path,)), digest=""))
        await self._apply(new.change(put, gone))
        self._config.digest = digest
        if not same:
            self._accept(CONFIG, digest)
            self.proxy.file = self._in_force_since(digest)

    async def _fetched(self, error: Exception) -> Exception | None:
        """Fetch the secret that is lacking. Returns None where it is there now, else what is wrong."""
        if not isinstance(error, NotFetched) or self.secrets is None:
            return error
        try:
            await self.secrets.fetch((error.ref,))
        except UsageError as why:
            return why
        return None

    def _read(self) -> ReadConfig:
        config = read_config(self._config.paths[0], self.proxy.config)
        self.proxy.parts.judge(config, self.environ)
        return read_vendors(config, self.proxy.parts.upstreams, self._paths, self.environ)

    async def _follow_vendors(self, *, forced: bool) -> None:
        """Notice vendors that were added to the search path, moved along it, or taken from it."""
        before, self._last_paths = self._last_paths, _found_files(self.proxy.config)
        if not self._last_paths or self._last_paths == self._paths or not (forced or self._last_paths == before):
            return
        gone = tuple(name for name in self._paths if name not in self._last_paths)
        for name in gone:
            self._forget(name)
        for name, path in self._last_paths.items():
            if self._paths.get(name) != path:
                self._vendors[name] = replace(watch((path,)), judged=(), digest="")
        self._paths = self._last_paths
        out = tuple(name for name in gone if name in self.proxy.parts.upstreams)
        if out:
            await self._apply(ConfigChange(self.proxy.config, gone=out))

    async def _make_upstream(self, name: str, read: ReadVendor, config: Config) -> Upstream:
        """A vendor that is ready to come into force. Raises UsageError, StoreError among them."""
        upstream = self.proxy.parts.make(read.loaded, read.document, use_of(config, name))
        if name not in self.proxy.parts.upstreams:
            await upstream.limits.open(self.proxy.parts.store.quotas)
        return upstream

    async def _apply(self, change: ConfigChange) -> None:
        replaced = self.proxy.change(change)
        for upstream, _ in change.put:
            self._watch_in_force(upstream.name, upstream)
            self._accept(upstream.name, self._vendors[upstream.name].digest)
        for name in change.gone:
            self._reloaded.append(name)
            self.proxy.telemetry.note("vendor no longer served", self.world.wall(), vendor=name)
        for upstream in replaced:
            await upstream.retire(self.proxy.parts.upstreams.get(upstream.name))

    def _watch_in_force(self, name: str, upstream: Upstream) -> None:
        watched = watch(upstream.files)
        self._vendors[name] = watched
        upstream.file = self._in_force_since(watched.digest)

    def _left_out(self, name: str, loaded: LoadedVendor) -> bool:
        why = reason_left_out(self.proxy.config, loaded, self.environ)
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
        self.proxy.parts.audit.record("reload.accepted", target=f"file:{name}", sha256=digest)

    def _refuse(self, name: str, digest: str, error: Exception) -> None:
        """Tell that a file is not put in force. A bug of ours in reading it is told too: never silence."""
        if not isinstance(error, UsageError):
            self.proxy.telemetry.crashed("reload", error, self.world.wall())
            error = UsageError(f"{name}: Tidegate failed on reading it ({type(error).__name__}); its log tells where")
        findings = error.findings if isinstance(error, VendorFileError | ConfigError) else ()
        why = self.proxy.telemetry.redactor.text(str(findings[0] if findings else error))
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
        self.proxy.parts.audit.record("reload.refused", target=f"file:{name}", reason=why, sha256=digest)

    def _in_force_since(self, digest: str) -> dict[str, object]:
        return {"sha256": digest, "since": stamp(self.world.wall())}


def _found_files(config: Config) -> dict[str, Path]:
    """The vendor files; none while one that is named cannot be found: then nothing is added or taken away."""
    try:
        return vendor_files(config)
    except UsageError:
        return {}
