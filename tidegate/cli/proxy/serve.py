"""`tidegate serve`: run the proxy until it is told to stop.

Everything is read and checked before anything listens. On SIGTERM or SIGINT the calls under way finish, new ones get
503, and the exit code is 0; a second signal ends it at once.
"""

import asyncio
import errno
import gc
import os
import signal
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated

import typer
import uvloop

from tidegate.check.checking import check_file
from tidegate.cli.proxy.served_admin import served_admin
from tidegate.configfile.finding import VendorFileError
from tidegate.problems import UsageError
from tidegate.proxy.access.listener_tls import TlsFiles
from tidegate.proxy.admin import Admin
from tidegate.proxy.app import Proxy
from tidegate.proxy.config import Config, ListenAddress, load_config
from tidegate.proxy.configured_store import last_good_of, unsealed_tokens, unsealed_vendors
from tidegate.proxy.configured_vendors import reason_left_out, residency_watch, sealing_of, vendor_files
from tidegate.proxy.desk.secret_pages import SecretPages
from tidegate.proxy.durable.inbox import Inbox
from tidegate.proxy.policies.residency.residency_rules import ResidencyWatch
from tidegate.proxy.reload.expiry_metrics import ExpiryMetrics
from tidegate.proxy.reload.reload import Reloader
from tidegate.proxy.reload.tls_watch import watch_tls
from tidegate.proxy.reload.worn_secrets import WornSecrets
from tidegate.proxy.secrets.secret_book import NotFetched
from tidegate.proxy.secrets.secret_watcher import SecretWatcher
from tidegate.proxy.secrets.source_choice import watcher_for
from tidegate.proxy.store.store_keeper import LOOK_EVERY_S, StoreKeeper
from tidegate.proxy.telemetry.telemetry import Telemetry
from tidegate.redaction.process_outputs import ProcessOutputs
from tidegate.vendor.search_path import own_vendors
from tidegate.vendor.vendor_file import LoadedVendor, load_vendor
from tidegate.world import descriptors
from tidegate.world.service_manager import tell_service_manager
from tidegate.world.world import RealWorld, World

GC_THRESHOLD = (10_000, 20, 20)
"""Python's own (700, 10, 10) looks through the calls under way at every few calls; they hold no circles worth that."""

RULES = frozenset(f"TG{number:03d}" for number in range(1, 11))
"""Findings that mean a broken promise (exit 1); the others mean a file that cannot be used (exit 2)."""


def serve(
    config: Annotated[Path | None, typer.Option("--config", "-c", help="The file; ./tidegate.yaml by default.")] = None,
) -> None:
    """Run the proxy."""
    descriptors.raise_limit()
    settings = load_config(config)
    vendors = load_vendors(settings)
    if not uvloop.run(_run(settings, vendors, config)):
        raise typer.Exit(1)


def load_vendors(settings: Config) -> dict[str, LoadedVendor]:
    """The vendors to serve, read and checked. Findings go to standard error.

    Raises UsageError where a file cannot be found or used, and leaves with 1 where a rule is broken.
    """
    files = vendor_files(settings)
    findings = [finding for name, path in files.items() for finding in check_file(path, name, validate_document=False)]
    errors = [finding for finding in findings if finding.severity == "error"]
    if any(finding.code not in RULES for finding in errors):
        raise VendorFileError(errors)
    own = own_vendors(settings.vendors)
    wanted = {str(path) for name, path in files.items() if name in settings.use or name in own}
    for finding in findings:
        if finding.severity == "error" or finding.file in wanted:  # nobody asked for the others, which ship with it
            typer.echo(str(finding), err=True)
    if errors:
        say(f"{len(errors)} broken rule{'s' if len(errors) > 1 else ''}: the proxy does not start")
        raise typer.Exit(1)
    loaded = {name: load_vendor(path) for name, path in files.items()}
    left_out = {name: why for name, vendor in loaded.items() if (why := reason_left_out(settings, vendor, os.environ))}
    if len(left_out) == len(loaded):
        raise UsageError("\n".join(why for name, why in left_out.items() if name in own or not own))
    for name, why in left_out.items():
        if name in own:
            say(f"{name} is not served: {why}")
    return {name: vendor for name, vendor in loaded.items() if name not in left_out}


async def _run(settings: Config, vendors: Mapping[str, LoadedVendor], file: Path | None) -> bool:
    world = RealWorld()
    resident = residency_watch(settings)
    watcher = _watcher(world, settings, resident)
    proxy = await _with_secrets(watcher, lambda: Proxy(world, settings, vendors, environ=watcher.book))
    proxy.parts.residency.lead(resident)
    watcher.serve(worn := WornSecrets(world, proxy, watcher.book))
    reloader = Reloader(world, proxy, asyncio.to_thread, file, watcher.book, watcher)
    admin = served_admin(world, proxy, reloader, SecretPages(world, watcher, worn))
    inbox = inbox_of(world, proxy)
    tls = _tls_of(world, proxy, admin, inbox)
    with outputs_of(proxy.telemetry, world).guarded(asyncio.get_running_loop()):
        tasks: list[asyncio.Task[None]] = []
        try:
            await _listen("listen", settings.listen, proxy)
            works = (_keep_store(proxy, world), watch_tls(world, tls, proxy.telemetry, proxy.audit))
            tasks += [asyncio.get_running_loop().create_task(work) for work in works]
            await _listen("admin", settings.admin, admin)
            if inbox is not None:
                await _listen("inbox.listen", inbox.address, inbox)
            _on_signals((stop := asyncio.Event()).set)
            proxy.audit.record("proxy.started", listen=str(settings.listen), config=proxy.file.get("sha256", ""))
            reloader.start()
            watcher.start()
            asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, reloader.reload_soon)
            _announce(proxy, admin, inbox, watcher.book.warnings(worn.uses()))
            _settle_garbage()
            await stop.wait()
            say(f"stopping; calls under way: {proxy.in_flight}")
            return await _drained(proxy, inbox)
        finally:
            for task in tasks:
                task.cancel()
            reloader.close()
            await watcher.close()
            await worn.close()
            await admin.close()
            if inbox is not None:
                await inbox.close()
            await proxy.close()


def _tls_of(world: World, proxy: Proxy, admin: Admin, inbox: Inbox | None) -> list[TlsFiles]:
    """The TLS of every listener. When its certificates and what else there is end stands among the metrics."""
    tls = [part.tls for part in (proxy, admin, inbox) if part is not None and part.tls is not None]
    ends = ExpiryMetrics(proxy.parts, proxy.forward.authority_ends, tls, world.wall)
    proxy.telemetry.metrics.registry.register(ends)
    return tls


def _watcher(world: World, settings: Config, resident: ResidencyWatch) -> SecretWatcher:
    """The watch over secrets, with what is kept of them: the keys of that are of this machine."""
    keep, secrets = settings.secrets.keep, settings.secrets
    kept = last_good_of(world, keep, sealing_of(settings, os.environ), say) if keep is not None else None
    return watcher_for(world, secrets, os.environ, asyncio.to_thread, settings.transport, resident, kept)


def _settle_garbage() -> None:
    gc.collect()
    gc.freeze()
    gc.set_threshold(*GC_THRESHOLD)


async def _with_secrets(watcher: SecretWatcher, make: Callable[[], Proxy]) -> Proxy:
    """The proxy, once every secret of another machine that it needs was fetched. Raises UsageError."""
    while True:
        try:
            return make()
        except NotFetched as lacking:  # each time another one
            await watcher.fetch((lacking.ref,))


def _announce(proxy: Proxy, admin: Admin, inbox: Inbox | None, warnings: Mapping[str, list[str]]) -> None:
    gateway, pages = _shown(proxy.config.listen, proxy.port), _shown(proxy.config.admin, admin.port)
    schemes = ["http" if part.tls is None else "https" for part in (proxy, admin)]
    served = ", ".join(sorted(proxy.upstreams))
    say(f"listening on {schemes[0]}://{gateway}/<vendor> for {served}; admin on {schemes[1]}://{pages}")
    if proxy.config.socket is not None:
        say(f"listening on the socket {proxy.config.socket.path}")
    if proxy.config.forward is not None:
        own = proxy.config.forward.listen
        where = gateway if own is None or proxy.forward.port is None else _shown(own, proxy.forward.port)
        say(f"forward proxy on http://{where}")
    unsealed = ", ".join(unsealed_vendors(proxy.config, proxy.upstreams))
    if unsealed:
        say(f"warning: personal data of {unsealed} is stored as it is: tidegate.yaml names no key under `sealing`")
    tokens = ", ".join(unsealed_tokens(proxy.config, proxy.upstreams))
    if tokens:
        say(f"warning: tokens of {tokens} are stored as they are: tidegate.yaml names no key under `sealing`")
    for why, names in warnings.items():
        say(f"warning: {', '.join(names)}: {why}")
    if inbox is not None:
        say(f"webhooks on {inbox.scheme}://{_shown(inbox.address, inbox.port)}/<source>")
    tell_service_manager("READY=1", os.environ)


async def _drained(proxy: Proxy, inbox: Inbox | None) -> bool:
    """Refuse what is new and wait for what is under way. False where some of it had not ended in time."""
    tell_service_manager("STOPPING=1", os.environ)
    drain_s = proxy.config.drain
    parts = [proxy.drain(drain_s), *([inbox.drain(drain_s)] if inbox is not None else [])]
    drained = all(await asyncio.gather(*parts))
    proxy.audit.record("proxy.drained", all_ended=drained)
    if not drained:
        say(f"some calls had not ended after {drain_s:g} s")
    return drained


def inbox_of(world: World, proxy: Proxy) -> Inbox | None:
    """The inbox beside a proxy; None where tidegate.yaml has none."""
    if proxy.config.inbox is None:
        return None
    parts = proxy.parts
    in_force = lambda: (proxy.config, parts.inbox.routes)  # noqa: E731 - asked at each webhook
    return Inbox(world, proxy.config.inbox, parts.store, proxy.telemetry, parts.inbox.metrics, in_force, proxy.reads)


async def _listen(key: str, address: ListenAddress, part: Proxy | Admin | Inbox) -> None:
    try:
        await part.start()
    except OSError as error:
        in_use = error.errno == errno.EADDRINUSE
        why = "another program is listening there" if in_use else error.strerror or str(error)
        if error.filename is not None:
            raise UsageError(f"socket: cannot listen on {error.filename}: {why}") from None
        raise UsageError(f"{key}: cannot listen on {address}: {why}") from None
    except UnicodeError as error:  # a name that no host can have
        raise UsageError(f"{key}: cannot listen on {address}: {error}") from None


async def _keep_store(proxy: Proxy, world: World) -> None:
    def note(text: str, facts: dict[str, str | float]) -> None:
        proxy.telemetry.note(text, world.wall(), **facts)

    keeper = StoreKeeper(world, proxy.parts.store, note)
    while True:
        try:
            await keeper.run()
        except Exception as error:  # noqa: BLE001 - a bug of ours here must not leave the store to itself
            proxy.telemetry.crashed("store", error, world.wall())
            await world.sleep(LOOK_EVERY_S)


def _on_signals(stop: Callable[[], None]) -> None:
    loop = asyncio.get_running_loop()

    def first() -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)
        stop()

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, first)


def outputs_of(telemetry: Telemetry, world: World) -> ProcessOutputs:
    """What Python and libraries print by themselves while the proxy runs: some log whole URLs. It goes into the log."""

    def note(text: str, facts: Mapping[str, str]) -> None:
        telemetry.note(text, world.wall(), **facts)

    return ProcessOutputs(telemetry.redactor.text, note)


def _shown(address: ListenAddress, port: int) -> ListenAddress:
    return ListenAddress(address.host, port)


def say(text: str) -> None:
    """Tell the person who started it. Log lines are for programs; this is not.

    In one write: log lines may go to the same place from another thread, and `print` writes the line's end apart where
    Python does not buffer.
    """
    sys.stderr.write(f"tidegate: {text}\n")
    sys.stderr.flush()
