"""`tidegate simulate VENDOR`: one vendor on a port, its control API on another, until it is told to stop."""

import asyncio
import errno
import gc
import os
import signal
import sys
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
import uvloop

from tidegate.cassette.cassette_file import Recorder
from tidegate.cli.simulator.progress import progress
from tidegate.cli.written_file import own_file
from tidegate.configfile.units import SecretRef
from tidegate.openapi.document import Document
from tidegate.plain_line import plain
from tidegate.problems import UsageError
from tidegate.redaction.process_outputs import ProcessOutputs
from tidegate.redaction.redactor import Redactor
from tidegate.scenario.scenario import Scenario, load_scenario
from tidegate.simulator.app import SimulatorServer
from tidegate.simulator.cassette.cassette import Cassette
from tidegate.simulator.control.operation_notes import kept_state, unreadable
from tidegate.simulator.control.vendor_names import kinds_left_out
from tidegate.simulator.movable_clock import MovableWorld
from tidegate.simulator.record.request_log import RequestLog
from tidegate.simulator.simulated_vendor import load_simulated_vendor
from tidegate.vendor.vendor import Facts, Vendor
from tidegate.world.world import RealWorld

Named = Annotated[str | None, typer.Argument(help="A vendor's name, or its vendor file or folder.", metavar="[VENDOR]")]
Spec = Annotated[Path | None, typer.Option(help="Serve this OpenAPI document; without a VENDOR, by its word alone.")]
Story = Annotated[Path | None, typer.Option(help="Faults on a timeline; docs/scenarios.md explains them.")]
Seed = Annotated[int | None, typer.Option(help="The same seed and requests give the same answers.")]


def _some_address(host: str) -> str:
    if not host:  # asyncio would take every address
        raise UsageError("--host: no address is written here; 0.0.0.0 and :: are every address of this machine")
    return host


Host = Annotated[str, typer.Option(help="The address to listen on.", callback=_some_address)]
Record = Annotated[Path | None, typer.Option(help="Write every exchange to this cassette.", callback=own_file)]
Replay = Annotated[Path | None, typer.Option(help="Answer from this cassette what is on it.")]
Log = Annotated[Path | None, typer.Option(help="Add a line of JSON for each request to this file.", callback=own_file)]

GC_THRESHOLD = (10_000, 20, 20)
"""Python's own (700, 10, 10) looks through the objects that are made at every few requests; they hold no circles."""


def simulate(
    vendor: Named = None,
    spec: Spec = None,
    scenario: Story = None,
    host: Host = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The vendor's port; 0 picks a free one.", min=0, max=65535)] = 9100,
    control_port: Annotated[int, typer.Option(help="The control API's port.", min=0, max=65535)] = 9101,
    seed: Seed = None,
    record: Record = None,
    replay: Replay = None,
    log: Log = None,
) -> None:
    """Run the simulator of one vendor until Ctrl-C."""
    played, document, fixtures, notes = load_simulated_vendor(vendor, spec, progress())
    timeline = load_scenario(scenario) if scenario is not None else None
    number = seed if seed is not None else _seed_of(timeline)
    keys, signing = _secrets(played.facts)
    secret, known = next(iter(keys), None), [*keys, *signing]
    written = RequestLog(log, known, _warn) if log is not None else None
    tape = Cassette.load(replay) if replay is not None else None
    recorder = _recorder(record, played.vendor, known)
    make = partial(SimulatorServer, secret=secret, pool_secrets=keys[1:], webhook_secrets=signing, fixtures=fixtures)

    async def run() -> None:
        world, stop = MovableWorld(RealWorld(seed=number)), _stop_signal()
        simulator = make(world, document, played, number, timeline, cassette=tape, recorder=recorder)
        if written is not None:
            simulator.journal.log = written.write
        await _start(simulator, host, port, control_port)
        try:
            _print_summary(simulator, played, document, number, host, secret, notes)
            await _until(stop, known)
        finally:
            await simulator.close()

    try:
        uvloop.run(run())
    finally:
        for file in (written, recorder):
            if file is not None:
                file.close()


async def _until(stop: asyncio.Event, known: Sequence[str]) -> None:
    """Wait. Nothing that is printed meanwhile shows one of these secrets."""
    with ProcessOutputs(Redactor(known).text, _note).guarded(asyncio.get_running_loop()):
        await stop.wait()


def _note(text: str, facts: Mapping[str, str]) -> None:
    """What Python and libraries say by themselves. It holds no secret of the vendor's."""
    told = "".join(f"; {name}: {fact}" for name, fact in facts.items())
    print(f"{text}{told}", file=sys.stderr, flush=True)


def _recorder(path: Path | None, vendor: str, known: Sequence[str]) -> Recorder | None:
    return Recorder(path, vendor, Redactor(known), RealWorld().wall()) if path is not None else None


def _warn(text: str) -> None:
    print(plain(text), file=sys.stderr)


def _seed_of(scenario: Scenario | None) -> int:
    return scenario.seed if scenario is not None and scenario.seed is not None else 1


def _secrets(facts: Facts) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The keys that apps must send, and the secrets that webhooks are signed with, as far as they are there."""
    references = facts.webhooks.secrets if facts.webhooks is not None else ()
    keys = facts.auth.secrets.values() or (facts.auth.secret,)
    return _values(keys), _values(references)


def _values(references: Iterable[SecretRef]) -> tuple[str, ...]:
    return tuple(value for reference in references if (value := _secret(reference)))


def _secret(reference: SecretRef) -> str | None:
    """The key that apps must send, where its source is there; else every key will do."""
    if reference.source == "env":
        return os.environ.get(reference.name) or None
    try:
        return Path(reference.name).read_text(encoding="utf-8").strip() or None
    except OSError:
        return None


async def _start(simulator: SimulatorServer, host: str, port: int, control_port: int) -> None:
    if port == control_port != 0:
        raise UsageError(f"--control-port {port}: --port has it already; choose another one")
    if simulator.mistakes:
        raise UsageError("; ".join(simulator.mistakes))
    try:
        await simulator.start(host, port, control_port)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise UsageError(
                f"port {port} or {control_port} of {host} is in use; choose others with --port and --control-port"
            ) from None
        raise UsageError(f"cannot listen on {host}, ports {port} and {control_port}: {error.strerror}") from None
    except UnicodeError as error:  # a name that no host can have
        raise UsageError(f"cannot listen on {host!r}: {error}") from None
    gc.freeze()  # the document stays: looking through it for garbage again and again finds none
    gc.set_threshold(*GC_THRESHOLD)


def _print_summary(
    simulator: SimulatorServer,
    vendor: Vendor,
    document: Document,
    seed: int,
    host: str,
    secret: str | None,
    notes: Sequence[str],
) -> None:
    count = len(document.operations)
    print(f"{vendor.vendor} is simulated on http://{host}:{simulator.port} ({count} operations, seed {seed})")
    print(f"look at it, and change it, on http://{host}:{simulator.control_port}")
    named = " or ".join(map(str, vendor.facts.auth.secrets.values())) or vendor.facts.auth.secret
    print("any API key is accepted" if secret is None else f"the API key is that of {named}")
    state = [told(vendor.facts, simulator.resource_operations) for told in (kept_state, unreadable)]
    left_out = kinds_left_out(vendor.facts, simulator.resource_operations)
    print("\n".join(map(plain, filter(None, (*notes, *left_out, *state, "stop with Ctrl-C")))), flush=True)


def _stop_signal() -> asyncio.Event:
    """Set by the signal to stop. Listened for before anybody is told that we run, so that none comes too early."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop
