"""Watches the vendor files and puts a changed one in force without dropping a call; a bad one changes nothing.

A file is looked at by its stamp (time, size, inode, and where a link leads: secrets and configuration are often mounted
as links that are swapped), and read once the stamp has stopped changing. It comes into force only when it loads, breaks
no rule and its secret is there; otherwise the one before stays, and the metric `tidegate_reload_failed`, the log and
the page /state say so until a good one comes. tidegate.yaml itself is read once, at the start.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Protocol

from tidegate.checking import load_checked
from tidegate.finding import VendorFileError
from tidegate.openapi import Document
from tidegate.plan import OperationPlan
from tidegate.planning import plan_vendor
from tidegate.problems import UsageError
from tidegate.proxy.assembly import Parts
from tidegate.proxy.log_line import stamp
from tidegate.proxy.telemetry import Telemetry
from tidegate.proxy.upstream import Upstream
from tidegate.vendor_file import LoadedVendor
from tidegate.world import World

LOOK_S = 1.0
"""The files are looked at so often, and read at the first look that finds them as the one before did."""

Stamp = tuple[object, ...]


class Reloaded(Protocol):
    """What is reloaded: the proxy. See tidegate.proxy.app.Proxy."""

    @property
    def parts(self) -> Parts:
        """What it holds."""
        ...

    @property
    def telemetry(self) -> Telemetry:
        """Where it tells."""
        ...

    def replace(self, upstream: Upstream, plans: dict[str, OperationPlan]) -> None:
        """Put a new version of a vendor in force."""
        ...


@dataclass(slots=True)
class _Watched:
    name: str
    loaded: LoadedVendor
    seen: Stamp
    """At the last look."""
    judged: Stamp
    """When it was last read, whatever came of it."""
    digest: str
    """Of what is in force."""


@dataclass(frozen=True, slots=True)
class _Read:
    loaded: LoadedVendor
    document: Document
    plans: dict[str, OperationPlan]


@dataclass(slots=True)
class Reloader:
    """Watches for one proxy. `start` it, or call `look` and `hurry` by hand.

    `aside` runs work that takes long: in production in a thread.
    """

    world: World
    proxy: Reloaded
    aside: "Callable[[Callable[[], object]], Awaitable[object]]"
    _watched: list[_Watched] = field(default_factory=list)
    _task: "asyncio.Task[None] | None" = None
    _hurrying: "set[asyncio.Task[None]]" = field(default_factory=set)
    _busy: asyncio.Lock = field(default_factory=asyncio.Lock)

    def __post_init__(self) -> None:
        for name, upstream in self.proxy.parts.upstreams.items():
            seen, digest = _stamp(upstream.loaded), _digest(upstream.loaded)
            self._watched.append(_Watched(name, upstream.loaded, seen, seen, digest))
            upstream.file = self._told(digest)

    def start(self) -> None:
        """Look at the files from now on."""
        self._task = asyncio.get_running_loop().create_task(self._watch())

    def close(self) -> None:
        """Look no more."""
        if self._task is not None:
            self._task.cancel()

    async def look(self) -> None:
        """Put in force what has changed, and is good."""
        async with self._busy:
            for watched in self._watched:
                before, watched.seen = watched.seen, _stamp(watched.loaded)
                if watched.seen == before and watched.seen != watched.judged:
                    await self._reload(watched)

    async def hurry(self) -> None:
        """Read every file now, changed or not (SIGHUP): a secret may have changed that a file only names."""
        async with self._busy:
            for watched in self._watched:
                watched.seen = _stamp(watched.loaded)
                await self._reload(watched, anyway=True)

    def wake(self) -> None:
        """Hurry, from where nothing can be awaited: a signal handler."""
        task = asyncio.get_running_loop().create_task(self.hurry())
        self._hurrying.add(task)
        task.add_done_callback(self._hurrying.discard)

    async def _watch(self) -> None:
        while True:
            await self.world.sleep(LOOK_S)
            await self.look()

    async def _reload(self, watched: _Watched, *, anyway: bool = False) -> None:
        watched.judged = watched.seen
        digest = _digest(watched.loaded)
        failed = self.proxy.telemetry.metrics.reload_failed.get((watched.name,))
        if digest == watched.digest and not failed and not anyway:
            return
        try:
            read = await self.aside(lambda: _read(watched.loaded.path, watched.name))
            assert isinstance(read, _Read)
            upstream = self.proxy.parts.make(read.loaded, read.document)
        except UsageError as error:
            self._refused(watched, digest, error)
            return
        old = self.proxy.parts.upstreams[watched.name]
        self.proxy.replace(upstream, read.plans)
        await old.cache.close()
        if upstream.transport is not old.transport:
            await old.transport.close()
        watched.loaded, watched.digest = read.loaded, digest
        upstream.file = self._told(digest)
        self._count(watched.name, failed=False)
        self.proxy.telemetry.note("vendor file reloaded", self.world.wall(), vendor=watched.name, sha256=digest)

    def _refused(self, watched: _Watched, digest: str, error: UsageError) -> None:
        why = str(error.findings[0] if isinstance(error, VendorFileError) and error.findings else error)
        upstream = self.proxy.parts.upstreams[watched.name]
        upstream.file = {**upstream.file, "refused": {"sha256": digest, "why": why, "at": stamp(self.world.wall())}}
        self._count(watched.name, failed=True)
        self.proxy.telemetry.note(
            "vendor file refused; the one before stays in force", self.world.wall(), vendor=watched.name, why=why
        )

    def _count(self, name: str, *, failed: bool) -> None:
        metrics = self.proxy.telemetry.metrics
        metrics.reload_failed[name,] = int(failed)
        metrics.reloads[name, "refused" if failed else "reloaded"] += 1

    def _told(self, digest: str) -> dict[str, object]:
        return {"sha256": digest, "since": stamp(self.world.wall())}


def _read(path: Path, name: str) -> _Read:
    loaded, document = load_checked(path)
    if loaded.vendor.vendor != name:
        raise UsageError(f"{path}: it is now called {loaded.vendor.vendor}; a vendor's name needs a restart")
    return _Read(loaded, document, plan_vendor(loaded, document))


def _stamp(loaded: LoadedVendor) -> Stamp:
    """What changes when a file does. A file that is not there has a stamp too."""
    found: list[object] = []
    for path in (loaded.path, loaded.document_path):
        try:
            status = path.stat()
            found += [path.resolve(), status.st_ino, status.st_size, status.st_mtime_ns]
        except OSError as error:
            found.append(error.errno)
    return tuple(found)


def _digest(loaded: LoadedVendor) -> str:
    """The beginning of SHA-256 over both files; empty where one cannot be read."""
    try:
        return sha256(b"\0".join(path.read_bytes() for path in (loaded.path, loaded.document_path))).hexdigest()[:16]
    except OSError:
        return ""
