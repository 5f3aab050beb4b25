"""One trial: plays a drawn scenario in the virtual world, with the real proxy and the real simulator, and judges it."""

import asyncio
import functools
import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from tidegate.chaos import timeline
from tidegate.chaos.apps import Ending, Intent
from tidegate.chaos.callers import OPERATIONS, PATIENCE_S, Caller
from tidegate.chaos.client import Client
from tidegate.chaos.draw import Drawn, with_limit
from tidegate.chaos.evidence import Evidence, tapped
from tidegate.chaos.invariants import leaks
from tidegate.chaos.loop import Deadlock, OutOfTime, run
from tidegate.chaos.promises import violations
from tidegate.chaos.run import (
    PROXY_PORT,
    SECRET,
    SECRET_VARIABLE,
    VENDOR_ADDRESS,
    VENDOR_DELAY_S,
    VENDOR_PORT,
    output_of,
)
from tidegate.chaos.trouble import Trouble
from tidegate.chaos.world import WALL_BASE, VirtualWorld
from tidegate.openapi import Document
from tidegate.proxy.app import Proxy
from tidegate.proxy.config import Address, Config, Use
from tidegate.simulator.app import Simulator
from tidegate.vendor_file import LoadedVendor, find_vendor, load_vendor

VENDOR = "stripe"
QUIET_S = 30.0
"""After the last app was told, everything gets so long to come to an end."""

END_S = 3600.0
"""A trial that has not ended by then never will."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a trial came to. `broken` is empty where every promise was kept."""

    seed: int
    broken: tuple[str, ...]
    virtual_s: float
    calls: int
    attempts: int


@functools.cache
def _shipped() -> tuple[LoadedVendor, Document]:
    loaded = load_vendor(find_vendor(VENDOR))
    return loaded, Document.load(loaded.document_path)


def shipped_vendor() -> LoadedVendor:
    """The vendor whose file the search changes."""
    return _shipped()[0]


def judged(drawn: Drawn) -> Verdict:
    """Play a scenario and judge it. A world that cannot end breaks a promise, too."""
    with rare_collections():
        try:
            evidence = played(drawn)
        except (Deadlock, OutOfTime) as error:
            return Verdict(drawn.seed, (f"stuck: {error}".partition("\n")[0],), drawn.seconds, 0, 0)
        ended_s = max((ending.told_s for ending in evidence.endings), default=0.0) + QUIET_S
        found = tuple(violations(evidence))
        return Verdict(drawn.seed, found, ended_s, len(evidence.asked), len(evidence.entries))


def played(drawn: Drawn) -> Evidence:
    """Play a scenario. Raises Deadlock or OutOfTime where its world cannot end."""
    stage = Stage(drawn)
    run(stage.play, end_s=drawn.seconds + END_S)
    assert stage.evidence is not None
    return stage.evidence


class Stage:
    """The world of one trial."""

    def __init__(self, drawn: Drawn) -> None:
        shipped, self._document = _shipped()
        self._drawn = drawn
        self._loaded = with_limit(shipped, drawn.limit)
        self._outputs: list[bytes] = []
        self._surprises: list[str] = []
        self._proxy: Proxy | None = None
        self.evidence: Evidence | None = None
        """Kept here and not returned: asyncio.Runner writes out what its main task returns, which is long."""
        use = Use.model_validate(
            {
                "base_url": f"http://{VENDOR_ADDRESS}:{VENDOR_PORT}",
                "private_addresses": "allow",
                "secret": f"env:{SECRET_VARIABLE}",
            }
        )
        self._config = Config(
            listen=Address("127.0.0.1", PROXY_PORT),
            admin=Address("127.0.0.1", 0),
            store=Path("store.db"),
            use={VENDOR: use},
        )

    async def play(self) -> None:
        """From the first call to the last word."""
        drawn, scenario = self._drawn, self._drawn.scenario()
        asyncio.get_running_loop().set_exception_handler(self._surprised)
        world = VirtualWorld(drawn.seed, delays_s={VENDOR_ADDRESS: VENDOR_DELAY_S})
        machine = world.machine("vendor")
        vendor = Simulator(machine, self._document, self._loaded.vendor, drawn.seed, scenario, secret=SECRET)
        await vendor.start(VENDOR_ADDRESS, VENDOR_PORT, control_port=None)
        tap = tapped(world.network.line(VENDOR_ADDRESS), lambda: vendor.at)
        trouble = Trouble(world, scenario, VENDOR_ADDRESS, machine, self._start)
        await trouble.begin()
        client = Client(world, "127.0.0.1", PROXY_PORT)
        budget_s = self._loaded.vendor.policy.budget
        caller = Caller(client, VENDOR, world.random("caller"), world.sleep, lambda: vendor.at, budget_s)
        intents = timeline.intents(scenario, world.random("intents"), PATIENCE_S, OPERATIONS)
        endings = await _all(world, caller, intents, lambda: vendor.at)
        last = await trouble.quiet()
        await world.sleep(QUIET_S)
        client.close()
        assert self._proxy is not None
        await last.run(self._proxy.close())
        await vendor.close()
        self._outputs.append(world.disk.written())
        world.disk.close()
        leaked = leaks(SECRET, [*self._outputs, *(output_of(answer) for answer in caller.shown)])
        self.evidence = Evidence(
            drawn=drawn,
            policy=self._loaded.vendor.policy,
            endings=endings,
            asked=caller.asked,
            entries=[entry.described() for entry in vendor.journal.entries],
            tap=tap,
            happened=trouble.happened,
            lines=[_line(text) for output in self._outputs[:-1] for text in output.splitlines()],
            leaked=leaked,
            surprises=self._surprises,
        )

    async def _start(self, machine: VirtualWorld) -> None:
        environ = {SECRET_VARIABLE: SECRET}
        proxy = Proxy(machine, self._config, {VENDOR: self._loaded}, environ=environ, sink=self._outputs.append)
        await proxy.start()
        self._proxy = proxy

    def _surprised(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        del loop
        error = context.get("exception")
        self._surprises.append(f"{context['message']} {type(error).__name__}: {error}" if error else context["message"])


async def _all(
    world: VirtualWorld, caller: Caller, intents: Sequence[Intent], since: Callable[[], float]
) -> list[Ending]:
    """Pursue each intent from its moment on."""
    loop, tasks = asyncio.get_running_loop(), []
    for intent in intents:
        if intent.asked_s > since():
            await world.sleep(intent.asked_s - since())
        tasks.append(loop.create_task(caller.pursue(intent)))
    return await asyncio.gather(*tasks)


def _line(text: bytes) -> dict[str, Any]:
    """A log line, with its moment in seconds since the run began."""
    line: dict[str, Any] = orjson.loads(text)
    line["at"] = datetime.fromisoformat(line["ts"]).timestamp() - WALL_BASE
    return line


@contextmanager
def rare_collections() -> Iterator[None]:
    """No search for garbage within a trial, and one after it: a tenth of its time went there."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
        gc.collect()


def prepare() -> None:
    """Make a process ready that plays nothing but trials: what is there now is never looked through for garbage."""
    _shipped()
    gc.collect()
    gc.freeze()
