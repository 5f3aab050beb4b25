"""The live part of the demo: the same apps and the same judge as in the virtual world, on real sockets and real time.

The story is the shipped scenario's in short: an ordinary minute, a burst, resets after the payment was made, refusals,
an outage, and the way back. It is armed through the simulator's control API, and judged from its journal.
"""

import asyncio
import tempfile
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import ClientError, ClientSession, TCPConnector

from tidegate.chaos.apps.naive_sdk import TIMEOUT_S, Sdk
from tidegate.chaos.apps.retry_loop import App, Intent, IntentResult
from tidegate.chaos.judge.invariants import judge, leaks
from tidegate.chaos.play.processes import DemoProcesses, running
from tidegate.chaos.play.run import SECRET, SECRET_VARIABLE, PlayedRun, output_of
from tidegate.chaos.timeline import offered_load
from tidegate.chaos.world.connector import client_session
from tidegate.scenario.scenario import Scenario
from tidegate.vendor.search_path import find_vendor
from tidegate.vendor.vendor_file import load_vendor
from tidegate.world.world import RealWorld

LOOK_S = 0.25
"""Seconds between two drawings of the live table."""

PATIENCE_MIN_S = 20.0
"""A short outage, the breaker's longest open time and its ramp: who waits less need not see the vendor come back."""

PAGE = 10_000


@dataclass(slots=True)
class LiveView:
    """The live table's content at one moment."""

    at_s: float
    seconds: float
    phase: str
    begun: int
    settled: int
    outcomes: Mapping[str, int]
    attempts: int
    breaker: str
    quota: float
    queued: int


@dataclass(slots=True)
class _Count:
    begun: int = 0
    endings: list[IntentResult] = field(default_factory=list)
    shown: list[bytes] = field(default_factory=list)


def written_story(seconds: float) -> dict[str, Any]:
    """The story at this length, as a scenario file has it. Everything is a share of the length."""

    def at(share: float) -> str:
        return f"{share * seconds:g}s"

    def span(begin: float, until: float) -> dict[str, str]:
        return {"from": at(begin), "until": at(until)}

    load = [
        {**span(0, 0.65), "rate": "20/s", "mix": {"payment": 3, "read": 1}},
        {"from": at(0.12), "burst": 60, "mix": {"payment": 1}},
    ]
    faults = [
        {"kind": "latency", "delay": "20ms", "jitter": "40ms"},
        {"kind": "throttle", "probability": "2%"},
        {"kind": "reset_before", "probability": "1%"},
        {**span(0.18, 0.24), "kind": "reset_after", "probability": "15%", "operations": ["Post*"]},
        {**span(0.28, 0.53), "kind": "outage", "mode": "refuse"},
    ]
    return {"name": "live", "seconds": seconds, "faults": faults, "load": load}


def phase_of(scenario: Scenario, at_s: float) -> str:
    """The phase of the story at this moment, in words."""
    if any(begin <= at_s < end for begin, end in offered_load.outages(scenario)):
        return "outage: the vendor refuses"
    names = {"reset_after": "resets after the payment was made"}
    active = [names[fault.kind] for fault in scenario.faults if fault.kind in names and _active(fault, at_s)]
    if active:
        return active[0]
    until = max(load.end_s or scenario.seconds for load in scenario.load if load.rate is not None)
    return "ordinary traffic" if at_s < until else "the apps finish"


def _active(fault: Any, at_s: float) -> bool:
    end_s = fault.end_s
    return bool(fault.begin <= at_s and (end_s is None or at_s < end_s))


async def live(seconds: float, seed: int, show: Callable[[LiveView], None], vendor: str = "stripe") -> PlayedRun:
    """Play the story on real sockets and judge it. `show` is called a few times a second. Raises UsageError."""
    written, world, count = written_story(seconds), RealWorld(seed), _Count()
    scenario = Scenario.model_validate(written)
    intents = offered_load.intents(scenario, world.random("intents"), max(PATIENCE_MIN_S, seconds / 2))
    with tempfile.TemporaryDirectory(prefix="tidegate-demo-") as home:
        async with running(vendor, seed, Path(home), SECRET_VARIABLE, SECRET) as ports:
            stage = _Stage(scenario, world, ports, count, show)
            entries = await stage.play(written["faults"], intents)
        log = ports.log.read_bytes()
    limits = load_vendor(find_vendor(vendor)).vendor.facts.limits
    leaked = leaks(SECRET, [log, *count.shown])
    figures = judge(count.endings, entries, limits, offered_load.outages(scenario), leaked=leaked)
    return PlayedRun(figures, count.endings, entries, (), (log,), limits, stage.zero_wall_s)


class _Stage:
    """One live run: the apps, and who looks on. Times count from the moment at which the faults were armed."""

    def __init__(
        self,
        scenario: Scenario,
        world: RealWorld,
        ports: DemoProcesses,
        count: _Count,
        show: Callable[[LiveView], None],
    ) -> None:
        self._scenario = scenario
        self._world = world
        self._gateway = f"http://127.0.0.1:{ports.gateway}/stripe"
        self._admin = f"http://127.0.0.1:{ports.admin}"
        self._control = f"http://127.0.0.1:{ports.control}"
        self._count = count
        self._show = show
        self._zero = 0.0
        self.zero_wall_s = 0.0

    async def play(self, faults: list[dict[str, Any]], intents: list[Intent]) -> list[dict[str, Any]]:
        """Arm the faults, let the apps ask, look on, and fetch the journal."""
        world, count = self._world, self._count
        async with ClientSession() as control, client_session(TCPConnector(limit=0), TIMEOUT_S) as session:
            async with control.post(f"{self._control}/faults", json=faults) as answer:
                answer.raise_for_status()
            vendor_zero = float((await self._fetch(control, f"{self._control}/clock"))["at"])
            self._zero, self.zero_wall_s = world.now(), world.wall()
            sdk = Sdk(session, self._gateway, "local", world.random("sdk"), world.sleep)
            app = App(
                sdk, world.random("app"), world.sleep, self._at, lambda answer: count.shown.append(output_of(answer))
            )
            watching = asyncio.ensure_future(self._watch(control))
            try:
                await asyncio.gather(*(self._ask(app, intent) for intent in intents))
            finally:
                watching.cancel()
            entries = await self._journal(control)
        return [{**entry, "at": entry["at"] - vendor_zero} for entry in entries]

    def _at(self) -> float:
        return self._world.now() - self._zero

    async def _ask(self, app: App, intent: Intent) -> None:
        await self._world.sleep(max(0.0, intent.start_s - self._at()))
        self._count.begun += 1
        self._count.endings.append(await app.pursue(intent))

    async def _watch(self, control: ClientSession) -> None:
        while True:
            with suppress(ClientError, TimeoutError):  # the table misses a beat; the verdict does not depend on it
                await self._look(control)
            await self._world.sleep(LOOK_S)

    async def _look(self, control: ClientSession) -> None:
        state = (await self._fetch(control, f"{self._admin}/state"))["vendors"]["stripe"]
        journal = await self._fetch(control, f"{self._control}/journal?limit=1")
        at_s, count = self._at(), self._count
        states = [str(breaker["state"]) for breaker in state["breakers"].values()]
        self._show(
            LiveView(
                at_s=at_s,
                seconds=self._scenario.seconds,
                phase=phase_of(self._scenario, at_s),
                begun=count.begun,
                settled=len(count.endings),
                outcomes=Counter(str(ending.outcome) for ending in count.endings),
                attempts=int(journal["last"]),
                breaker=next((word for word in ("open", "half-open") if word in states), "closed"),
                quota=max(state["limits"].values(), default=0.0),
                queued=int(state["queued"]),
            )
        )

    async def _journal(self, control: ClientSession) -> list[dict[str, Any]]:
        """All of it, page by page."""
        entries: list[dict[str, Any]] = []
        while True:
            since = entries[-1]["n"] if entries else 0
            page = await self._fetch(control, f"{self._control}/journal?since={since}&limit={PAGE}")
            entries += page["entries"]
            if not page["more"]:
                return entries

    async def _fetch(self, control: ClientSession, url: str) -> Any:
        async with control.get(url) as answer:
            answer.raise_for_status()
            return await answer.json()
