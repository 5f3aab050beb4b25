"""The opponent's run of a written scenario: naive apps, straight to somebody's own vendors, on the same timeline."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tidegate.chaos.apps.cast import Cast
from tidegate.chaos.apps.drawn_app import DrawnApp
from tidegate.chaos.apps.naive_sdk import TIMEOUT_S, Sdk
from tidegate.chaos.apps.retry_loop import Intent, IntentResult
from tidegate.chaos.judge.invariants import Entry
from tidegate.chaos.play.cast.intents import CastIntents
from tidegate.chaos.play.cast.vendor_files import fixtures_of, open_door
from tidegate.chaos.play.run import VENDOR_DELAY_S, VENDOR_PORT
from tidegate.chaos.timeline import offered_load
from tidegate.chaos.timeline.surroundings import Surroundings
from tidegate.chaos.world.connector import WorldConnector, client_session
from tidegate.chaos.world.virtual_loop import run
from tidegate.chaos.world.virtual_world import VirtualWorld
from tidegate.scenario.scenario import Scenario
from tidegate.simulator.app import SimulatorServer

QUIET_S = 30.0
"""After the last app was told, a vendor gets so long to finish what it still does."""

END_S = 100_000.0


@dataclass(frozen=True, slots=True)
class NaiveRun:
    """How it ended, and the vendors' journals by name."""

    endings: Sequence[IntentResult]
    entries: Mapping[str, Sequence[Entry]]


def played_naively(cast: Cast, scenario: Scenario, wanted: CastIntents, seed: int) -> NaiveRun:
    """Play a scenario to its end."""
    return run(lambda: _played(cast, scenario, wanted, seed), end_s=scenario.seconds + END_S)


async def _played(cast: Cast, scenario: Scenario, wanted: CastIntents, seed: int) -> NaiveRun:
    world = VirtualWorld(seed, delays_s=dict.fromkeys(cast.addresses.values(), VENDOR_DELAY_S))
    machines = {name: world.machine(name) for name in cast.vendors}
    vendors = {
        name: SimulatorServer(
            machines[name], vendor.document, open_door(vendor.loaded).vendor, seed,
            offered_load.part_of(scenario, name), fixtures=fixtures_of(vendor.loaded),
        )
        for name, vendor in cast.vendors.items()
    }  # fmt: skip
    for name, server in vendors.items():
        await server.start(cast.addresses[name], VENDOR_PORT, control_port=None)
        server.restore(wanted.snapshots[name])
    trouble = Surroundings(world, scenario, {cast.addresses[name]: machines[name] for name in vendors}, _nothing)
    await trouble.begin()
    async with client_session(WorldConnector(world), TIMEOUT_S) as session:
        sdks = {
            name: Sdk(session, f"http://{address}:{VENDOR_PORT}", "", world.random(f"sdk {name}"), world.sleep)
            for name, address in cast.addresses.items()
        }
        app = DrawnApp(sdks, cast.stories, world.random("app"), world.sleep, world.now)
        endings = await asyncio.gather(*(_pursued(world, app, intent) for intent in wanted.intents))
        await trouble.quiet()
        await world.sleep(QUIET_S)
    for server in vendors.values():
        await server.close()
    world.disk.close()
    entries = {name: [entry.described() for entry in server.journal.entries] for name, server in vendors.items()}
    return NaiveRun(endings, entries)


async def _pursued(world: VirtualWorld, app: DrawnApp, intent: Intent) -> IntentResult:
    await world.sleep(intent.start_s)
    return await app.pursue(intent)


async def _nothing(machine: VirtualWorld) -> None:
    """No proxy is on the way."""
    del machine
