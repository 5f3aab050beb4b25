"""`tidegate serve`: run the proxy until it is told to stop.

Everything is read and checked before anything listens. On SIGTERM or SIGINT the calls under way finish, new ones get
503, and the exit code is 0; a second signal ends it at once.
"""

import asyncio
import contextlib
import errno
import fcntl
import gc
import logging
import os
import signal
import sqlite3
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated

import typer
import uvloop

from tidegate.openapi import Document
from tidegate.problems import UsageError
from tidegate.proxy.assembly import Assembled, assemble
from tidegate.proxy.config import Address, Config, load_config
from tidegate.proxy.log_writer import LogWriter
from tidegate.proxy.telemetry import Telemetry
from tidegate.rules import check
from tidegate.vendor_file import Finding, LoadedVendor, VendorFileError, find_vendors, load_vendor
from tidegate.world import RealWorld, World

SWEEP_EVERY_S = 60.0


def serve(
    config: Annotated[Path | None, typer.Option("--config", "-c", help="The file; ./tidegate.yaml by default.")] = None,
) -> None:
    """Run the proxy."""
    settings = load_config(config)
    vendors = load_vendors(settings)
    with store_lock(settings.store):
        try:
            drained = uvloop.run(_run(settings, vendors))
        except sqlite3.Error as error:
            raise UsageError(f"{settings.store}: this store cannot be used: {error}") from None
    if not drained:
        say(f"some calls had not ended after {settings.drain:g} s")
        raise typer.Exit(1)


def load_vendors(settings: Config) -> dict[str, LoadedVendor]:
    """The vendors to serve, read and checked.

    Raises UsageError where one cannot be found or read, and leaves with 1 where a rule is broken.
    """
    found = find_vendors([*settings.vendors, Path("adapters")])
    names = sorted(settings.use or found)
    unknown = [name for name in names if name not in found]
    if unknown:
        known = ", ".join(sorted(found)) or "none"
        raise UsageError(f"use.{unknown[0]}: there is no vendor file of this name; found: {known}")
    if not names:
        raise UsageError("no vendor file was found; write adapters/<vendor>/vendor.yaml, or say where with `vendors`")
    loaded, findings = {}, []
    for name in names:
        try:
            loaded[name] = load_vendor(found[name])
        except VendorFileError as error:
            raise UsageError("\n".join(line_of(finding) for finding in error.findings)) from None
        findings += check(loaded[name], Document.load(loaded[name].document_path))
    broken = show(findings)
    if broken:
        say(f"{broken} broken rule{'s' if broken > 1 else ''}: the proxy does not start")
        raise typer.Exit(1)
    return loaded


def line_of(finding: Finding) -> str:
    """A finding as one line: place, path, what is wrong."""
    code = f"{finding.code}: " if finding.code else ""
    return f"{finding.file}:{finding.line}:{finding.column}: {code}{finding.path}: {finding.message}"


def show(findings: Sequence[Finding]) -> int:
    """Print findings on standard error. Returns how many are errors."""
    for finding in findings:
        typer.echo(f"{finding.severity}: {line_of(finding)}", err=True)
    return sum(finding.severity == "error" for finding in findings)


@contextlib.contextmanager
def store_lock(store: Path) -> Iterator[None]:
    """Hold a store for this process alone. The kernel lets go of it whatever becomes of us. Raises UsageError."""
    lock = store.with_name(store.name + ".lock")
    try:
        store.parent.mkdir(parents=True, exist_ok=True)
        for file in (lock, store):
            os.close(os.open(file, os.O_WRONLY | os.O_CREAT, 0o600))
        held = os.open(lock, os.O_WRONLY)
    except OSError as error:
        raise UsageError(f"{store}: the store cannot be written: {error.strerror}") from None
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise UsageError(f"{store}: another proxy is using this store; give each its own `store`") from None
    finally:
        os.close(held)


async def _run(settings: Config, vendors: Mapping[str, LoadedVendor]) -> bool:
    world = RealWorld()
    writer = LogWriter(settings.telemetry.log)
    made = await assemble(world, settings, vendors, environ=os.environ, sink=writer.write)
    quiet_libraries(made.telemetry, world)
    stop = asyncio.Event()
    _on_signals(stop.set)
    sweeper = asyncio.ensure_future(_sweep(made, world))
    try:
        await _listen(made, settings)
        gateway, admin = _shown(settings.listen, made.proxy.port), _shown(settings.admin, made.admin.port)
        say(f"listening on http://{gateway}/<vendor> for {', '.join(sorted(vendors))}; admin on http://{admin}")
        gc.collect()
        gc.freeze()
        await stop.wait()
        say(f"stopping: {made.proxy.in_flight} calls under way")
        return await made.proxy.drain(settings.drain)
    finally:
        sweeper.cancel()
        await made.admin.close()
        await made.proxy.close()
        if made.telemetry.spans is not None:
            await asyncio.to_thread(made.telemetry.spans.close)
        writer.close()


async def _listen(made: Assembled, settings: Config) -> None:
    for part, address, key in ((made.proxy, settings.listen, "listen"), (made.admin, settings.admin, "admin")):
        try:
            await part.start()
        except OSError as error:
            in_use = error.errno == errno.EADDRINUSE
            why = "another program is listening there" if in_use else error.strerror or str(error)
            raise UsageError(f"{key}: cannot listen on {address}: {why}") from None


async def _sweep(made: Assembled, world: World) -> None:
    while True:
        await world.sleep(SWEEP_EVERY_S)
        try:
            while await made.proxy.records.sweep(world.wall()):
                pass
        except sqlite3.Error as error:
            made.telemetry.note("the store could not be swept", world.wall(), error=type(error).__name__)


def _on_signals(stop: Callable[[], None]) -> None:
    loop = asyncio.get_running_loop()

    def first() -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)
        stop()

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, first)


class _IntoTelemetry(logging.Handler):
    """What libraries log goes the way of our own lines, and so through the redactor."""

    def __init__(self, telemetry: Telemetry, world: World) -> None:
        super().__init__(logging.WARNING)
        self._telemetry = telemetry
        self._world = world

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        facts = {"from": record.name} | ({"error": type(error).__name__} if error else {})
        self._telemetry.note(record.getMessage(), self._world.wall(), **facts)


def quiet_libraries(telemetry: Telemetry, world: World) -> None:
    """Let no library write to standard error by itself: some log whole URLs."""
    logging.getLogger().handlers[:] = [_IntoTelemetry(telemetry, world)]


def _shown(address: Address, port: int) -> Address:
    return Address(address.host, port)


def say(text: str) -> None:
    """Tell the person who started it. Log lines are for programs; this is not."""
    print(f"tidegate: {text}", file=sys.stderr, flush=True)
