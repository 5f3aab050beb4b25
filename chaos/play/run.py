"""Plays a scenario in the virtual world: a vendor, apps, and one way between them; then judges.

A way is what stands between the apps and the vendor: nothing (`straight`), or Tidegate (`through_tidegate`). The apps
are the same on every way. Each play is a world of its own, so ways do not disturb each other.
"""

import asyncio
import gc
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tidegate.chaos.apps.naive_sdk import TIMEOUT_S, Sdk, SdkResponse
from tidegate.chaos.apps.retry_loop import App, Intent, IntentResult
from tidegate.chaos.judge.invariants import Entry, RunFigures, judge, leaks
from tidegate.chaos.judge.vacuity import untried
from tidegate.chaos.play.cast.fault_counts import fault_counts
from tidegate.chaos.search_vendors import ADDRESSES, PAYMENTS
from tidegate.chaos.timeline import offered_load
from tidegate.chaos.timeline.surroundings import Start, Surroundings
from tidegate.chaos.world.connector import WorldConnector, client_session
from tidegate.chaos.world.virtual_loop import run
from tidegate.chaos.world.virtual_world import WALL_BASE, VirtualWorld
from tidegate.openapi.document import Document
from tidegate.proxy.app import Proxy
from tidegate.proxy.config import Config, ListenAddress, TelemetrySettings, VendorUse
from tidegate.scenario.scenario import Scenario
from tidegate.simulator.app import SimulatorServer
from tidegate.vendor.search_path import find_vendor
from tidegate.vendor.vendor import Limit
from tidegate.vendor.vendor_file import LoadedVendor, load_vendor

VENDOR_NAME, VENDOR_ADDRESS, VENDOR_PORT = "vendor.test", ADDRESSES[PAYMENTS], 80
PROXY_PORT = 8080
LISTENER = "http://127.0.0.1:9/webhooks"
"""Where a shop would take webhooks, registered for faults of them; nobody listens, and what is sent is what counts."""
VENDOR_DELAY_S = 0.02
"""One way to the vendor, in seconds: another city."""

SECRET = "rk_test_the_secret_that_no_output_may_show"  # noqa: S105 - the simulator's key, worth nothing
SECRET_VARIABLE = "CHAOS_VENDOR_SECRET"  # noqa: S105 - a name

QUIET_S = 30.0
"""After the last app was told, the vendor gets so long to finish what it still does."""

GC_OBJECTS = 50_000
"""So many new objects before the youngest generation is looked through."""

END_S = 7200.0
"""A play that has not ended by then never will."""


@dataclass(slots=True)
class AppRoute:
    """The apps' way to the vendor: a base URL, the key that the SDK is given, and the outputs of the proxy.

    `start` starts the proxy on a machine, and again after each of the scenario's crashes.
    """

    base_url: str
    key: str
    outputs: list[bytes] = field(default_factory=list)
    close: Callable[[], Awaitable[None]] | None = None
    start: Start | None = None


MakeWay = Callable[[VirtualWorld, LoadedVendor], Awaitable[AppRoute]]


@dataclass(frozen=True, slots=True)
class PlayedRun:
    """A scenario as it was played on one way. `untried` says what of it did not happen, a sentence each."""

    figures: RunFigures
    endings: Sequence[IntentResult]
    entries: Sequence[Entry]
    untried: Sequence[str] = ()
    outputs: Sequence[bytes] = field(default=(), repr=False)
    """What the proxy wrote, its log among it."""
    limits: Sequence[Limit] = ()
    """Those of the vendor."""
    zero_wall_s: float = WALL_BASE
    """The begin of the run, in seconds since 1970."""


async def straight(world: VirtualWorld, loaded: LoadedVendor) -> AppRoute:
    """Nothing in between: the SDK knows the vendor's address and its key."""
    del world, loaded
    return AppRoute(f"http://{VENDOR_ADDRESS}:{VENDOR_PORT}", SECRET)


async def through_tidegate(world: VirtualWorld, loaded: LoadedVendor) -> AppRoute:
    """The proxy, with its shipped vendor file, on a machine of its own beside the apps."""
    name, lines, running = loaded.vendor.vendor, list[bytes](), list[tuple[VirtualWorld, Proxy]]()
    config = Config(
        listen=ListenAddress("127.0.0.1", PROXY_PORT),
        admin=ListenAddress("127.0.0.1", 0),
        store=Path("store.db"),
        use={
            name: VendorUse(
                base_url=f"http://{VENDOR_NAME}:{VENDOR_PORT}",
                private_addresses="allow",
                secret=f"env:{SECRET_VARIABLE}",  # type: ignore[arg-type]  # the written form: pydantic parses it
            )
        },
        telemetry=TelemetrySettings(),
    )

    async def start(machine: VirtualWorld) -> None:
        proxy = Proxy(machine, config, {name: loaded}, environ={SECRET_VARIABLE: SECRET}, sink=lines.append)
        await proxy.start()
        running[:] = [(machine, proxy)]

    async def close() -> None:
        for machine, proxy in running:
            await machine.run(proxy.close())
        lines.append(world.disk.written())

    return AppRoute(f"http://127.0.0.1:{PROXY_PORT}/{name}", "local", lines, close, start)


def play(scenario: Scenario, seed: int, make_way: MakeWay, vendor: str = "stripe") -> PlayedRun:
    """Play a scenario to its end and judge it. Takes no time but the processor's."""
    loaded = load_vendor(find_vendor(vendor))
    document = Document.load(loaded.document_path)
    with _rare_collections():
        return run(lambda: _play(scenario, seed, make_way, loaded, document), end_s=scenario.seconds + END_S)


@contextmanager
def _rare_collections() -> Iterator[None]:
    """Look for garbage less often: a play makes many short-lived objects, and about a sixth of its time went there."""
    before = gc.get_threshold()
    gc.set_threshold(GC_OBJECTS, 20, 100)
    try:
        yield
    finally:
        gc.set_threshold(*before)


async def _play(
    scenario: Scenario, seed: int, make_way: MakeWay, loaded: LoadedVendor, document: Document
) -> PlayedRun:
    world = VirtualWorld(seed, names={VENDOR_NAME: VENDOR_ADDRESS}, delays_s={VENDOR_ADDRESS: VENDOR_DELAY_S})
    machine = world.machine("vendor")
    vendor = SimulatorServer(machine, document, loaded.vendor, seed, scenario, secret=SECRET)
    await vendor.start(VENDOR_ADDRESS, VENDOR_PORT, control_port=None)
    if any(fault.of_webhooks for fault in scenario.faults):
        vendor.webhooks.register(LISTENER)
    way = await make_way(world, loaded)
    trouble = Surroundings(world, scenario, {VENDOR_ADDRESS: machine}, way.start or _nothing)
    await trouble.begin()
    shown: list[SdkResponse] = []
    intents = offered_load.intents(scenario, world.random("intents"))
    async with client_session(WorldConnector(world), TIMEOUT_S) as session:
        sdk = Sdk(session, way.base_url, way.key, world.random("sdk"), world.sleep)
        app = App(sdk, world.random("app"), world.sleep, lambda: vendor.at, shown.append)
        endings = await asyncio.gather(*(_ask(world, app, intent, vendor) for intent in intents))
        await trouble.quiet()
        await world.sleep(QUIET_S)
    if way.close is not None:
        await way.close()
    await vendor.close()
    entries = [entry.described() for entry in vendor.journal.entries]
    outputs = [*way.outputs, *(output_of(answer) for answer in shown)]
    limits, outages = loaded.vendor.facts.limits, offered_load.outages(scenario)
    figures = judge(endings, entries, limits, outages, leaked=leaks(SECRET, outputs))
    world.disk.close()
    missed = untried(scenario, fault_counts(scenario, [vendor], trouble), endings)
    return PlayedRun(figures, endings, entries, missed, tuple(way.outputs), limits)


def document_operations(vendor: str = PAYMENTS) -> frozenset[str]:
    """The operations of the vendor that scenarios are played with."""
    return frozenset(Document.load(load_vendor(find_vendor(vendor)).document_path).operations)


async def _nothing(machine: VirtualWorld) -> None:
    """No proxy is on the way."""
    del machine


async def _ask(world: VirtualWorld, app: App, intent: Intent, vendor: SimulatorServer) -> IntentResult:
    await world.sleep(max(0.0, intent.start_s - vendor.at))
    return await app.pursue(intent)


def output_of(answer: SdkResponse) -> bytes:
    """An answer as the app was given it, as one text."""
    head = "".join(f"{name}: {value}\n" for name, value in answer.headers.items())
    return head.encode() + answer.body
