"""Makes happen what a scenario says around the vendor: crashes, cut connections, a slow wire or disk, a wrong clock.

The vendor's own faults are the simulator's. It decides nothing but the moment, from the scenario and the world's dice.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field

from tidegate.chaos.world.line import Line, Mode
from tidegate.chaos.world.virtual_world import VirtualWorld
from tidegate.scenario.scenario import Around, Crash, Cut, Scenario, Skew, SlowDisk, Wire

Start = Callable[[VirtualWorld], Awaitable[object]]
"""Starts the proxy on a machine."""


@dataclass(slots=True)
class SurroundingEvents:
    """When what happened, in seconds since the run began. A crash has the moment at which the proxy was up again."""

    crashes: list[tuple[float, float]] = field(default_factory=list)
    cuts: list[float] = field(default_factory=list)
    skews_s: list[float] = field(default_factory=lambda: [0.0])
    """How far the clock of the proxy's machine was off, one after the other."""


class EventDice:
    """The dice of one crash or cut: which events it hits."""

    def __init__(self, fault: Crash | Cut, rng: random.Random) -> None:
        self.fault = fault
        self._rng = rng
        self._met = 0
        self._hit = 0

    def hits(self, at: float) -> bool:
        """Whether the event of this moment is hit."""
        fault = self.fault
        if self._hit >= fault.first_n or at < fault.begin or (fault.end_s is not None and at >= fault.end_s):
            return False
        self._met += 1
        if self._met <= fault.skip or (fault.probability < 1.0 and self._rng.random() >= fault.probability):
            return False
        self._hit += 1
        return True


class Surroundings:
    """Follows one scenario. `start` starts the proxy; it is called once here, and again after each crash.

    `vendors` are the vendors' machines by their addresses. What happens to the wire happens on the way to each.
    """

    def __init__(
        self, world: VirtualWorld, scenario: Scenario, vendors: Mapping[str, VirtualWorld], start: Start
    ) -> None:
        self.happened = SurroundingEvents()
        self._world = world
        self._lines: list[Line] = [world.network.line(address) for address in vendors]
        self._vendors = list(vendors.values())
        self._start = start
        self._began_s = world.now()
        self._machine: VirtualWorld | None = None
        self._doomed = False
        self._skew_s = 0.0
        """How far the clock of the proxy's machine is off, over its crashes too."""
        self._tasks: set[asyncio.Task[None]] = set()
        ours = [fault for fault in scenario.faults if isinstance(fault, Around)]
        self._crashes = [
            EventDice(one, world.random(f"crash {n}")) for n, one in enumerate(ours) if isinstance(one, Crash)
        ]
        self._cuts = [EventDice(one, world.random(f"cut {n}")) for n, one in enumerate(ours) if isinstance(one, Cut)]
        for line in self._lines if self._cuts else ():
            line.cut = self._cut
        self._change([one for one in ours if isinstance(one, Wire | Skew | SlowDisk)])

    @property
    def at(self) -> float:
        """Seconds since the run began."""
        return self._world.now() - self._began_s

    async def begin(self) -> VirtualWorld:
        """Start the proxy, on a machine that is returned."""
        machine = self._world.machine("proxy")
        machine.skew_s = self._skew_s
        await machine.run(_coroutine(self._start(machine)))
        if self._crashes:
            machine.reached = self._reached
        self._machine = machine
        return machine

    async def quiet(self) -> VirtualWorld:
        """No more crashes. The machine on which the proxy runs in the end."""
        self._crashes.clear()
        while self._tasks:
            await asyncio.gather(*self._tasks)
        assert self._machine is not None
        return self._machine

    def _reached(self) -> None:
        if self._doomed:
            return
        at = self._world.now() - self._began_s
        for counted in self._crashes:
            if counted.hits(at) and isinstance(counted.fault, Crash):
                self._doomed = True
                self._step(counted.fault.steps, counted.fault.down)
                return

    def _step(self, steps: int, down_s: float) -> None:
        if steps:
            asyncio.get_running_loop().call_soon(self._step, steps - 1, down_s)
            return
        assert self._machine is not None
        self._machine.crash()
        task = asyncio.get_running_loop().create_task(self._restart(self.at, down_s))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _restart(self, at: float, down_s: float) -> None:
        await self._world.sleep(down_s)
        self._doomed = False
        await self.begin()
        self.happened.crashes.append((at, self.at))

    def _cut(self) -> Mode | None:
        at = self.at
        for counted in self._cuts:
            if counted.hits(at) and isinstance(counted.fault, Cut):
                self.happened.cuts.append(at)
                return counted.fault.mode
        return None

    def _change(self, faults: Iterable[Wire | Skew | SlowDisk]) -> None:
        """Set a timer for each beginning and each end."""
        for fault in faults:
            for sign, at in ((1, fault.begin), (-1, fault.end_s)):
                if at is not None:
                    self._world.call_later(at, self._apply, fault, sign)

    def _apply(self, fault: Wire | Skew | SlowDisk, sign: int) -> None:
        if isinstance(fault, SlowDisk):
            self._world.disk.commit_s += sign * fault.delay
        elif isinstance(fault, Skew) and fault.of == "proxy":
            self._skew_s += sign * (fault.ahead - fault.behind)
            self.happened.skews_s.append(self._skew_s)
            if self._machine is not None:
                self._machine.skew_s = self._skew_s
        elif isinstance(fault, Skew):
            for vendor in self._vendors:
                vendor.skew_s += sign * (fault.ahead - fault.behind)
        else:
            for line in self._lines:
                line.delay_s += sign * fault.delay
                line.jitter_s += sign * fault.jitter


async def _coroutine(started: Awaitable[object]) -> None:
    await started
