"""Makes happen what a scenario says around the vendor: crashes, cut connections, a slow wire or disk, a wrong clock.

The vendor's own faults are the simulator's. It decides nothing but the moment, from the scenario and the world's dice.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from tidegate.chaos.trouble.surrounding_fault import (
    AwayMode,
    CutMode,
    Event,
    EventFault,
    LastingFault,
    SurroundingFault,
)
from tidegate.chaos.world.disk import Disk
from tidegate.chaos.world.line import Line
from tidegate.chaos.world.virtual_world import VirtualWorld
from tidegate.problems import UsageError
from tidegate.scenario.scenario import Scenario

NOWHERE = "2001:db8::"
"""The first part of addresses that answer nothing (RFC 3849: they are nobody's)."""

AGAIN_S = 1.0
"""A proxy that does not come up is started again after so long, as systemd and Docker do."""

Start = Callable[[VirtualWorld], Awaitable[object]]
"""Starts the proxy on a machine."""


@dataclass(slots=True)
class SurroundingEvents:
    """Crashes and cuts, in seconds since the run began. A crash has the moment at which the proxy was up again, too."""

    crashes: list[tuple[float, float]] = field(default_factory=list)
    cuts: list[float] = field(default_factory=list)
    skews_s: list[float] = field(default_factory=lambda: [0.0])
    """How far the clock of the proxy's machine was off, one after the other."""
    away: list[tuple[float, AwayMode | None]] = field(default_factory=list)
    """When the apps that are posted to went away, and how; None for when they came back."""


class EventDice:
    """The dice of one fault: which events it hits, and how many it met and hit by now."""

    def __init__(self, fault: EventFault, rng: random.Random) -> None:
        self.fault = fault
        self._rng = rng
        self.met = 0
        self.struck = 0

    def hits(self, at: float) -> bool:
        """Count the event of this moment, and say whether it is hit."""
        fault = self.fault
        if self.struck >= fault.first_n or at < fault.begin or (fault.end_s is not None and at >= fault.end_s):
            return False
        self.met += 1
        if self.met <= fault.skip or (fault.probability < 1.0 and self._rng.random() >= fault.probability):
            return False
        self.struck += 1
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
        self._addresses = list(vendors)
        self._lines: list[Line] = [world.network.line(address) for address in vendors]
        self._vendors = list(vendors.values())
        self._start = start
        self._began_s = world.now()
        self._machine: VirtualWorld | None = None
        self.send_away: Callable[[AwayMode | None], object] | None = None
        """Lets the apps that are posted to be away, or come back; set by whoever has made them. None without any."""
        self._doomed = False
        self._skew_s = 0.0
        """How far the clock of the proxy's machine is off, over its crashes too."""
        self._start_number, self._error_s = 0, 0.0
        """Which of two machines the proxy is on, and how far that one's own clock is off."""
        self._black_holes = 0
        self._tasks: set[asyncio.Task[None]] = set()
        ours = [fault for fault in scenario.faults if isinstance(fault, SurroundingFault)]
        self._arrivals, self._pieces = self._dice(ours, "arrival"), self._dice(ours, "piece")
        self._dials = self._dice(ours, "dial")
        self._counted = {id(dice.fault): dice for dice in (*self._arrivals, *self._pieces, *self._dials)}
        for line in self._lines:
            line.cut = self._piece if self._pieces else None
            line.refused = self._refused if self._dials else None
        for fault in (fault for fault in ours if isinstance(fault, LastingFault)):
            for sign, at in ((1, fault.begin), (-1, fault.end_s)):
                if at is not None:
                    world.call_later(at, fault.shift, self, sign)

    def hits_of(self, fault: SurroundingFault) -> tuple[int, int] | None:
        """The number of events that a fault of this scenario met and hit; None for one that hits no events."""
        if fault.of_posts and self.send_away is None:
            return 0, 0
        dice = self._counted.get(id(fault))
        return (dice.met, dice.struck) if dice is not None else None

    def _dice(self, faults: Sequence[SurroundingFault], event: Event) -> list[EventDice]:
        """The dice of the faults that hit such events. Each has its own, named after its place among all of them."""
        return [
            EventDice(fault, self._world.random(f"{fault.kind} {n}"))
            for n, fault in enumerate(faults)
            if isinstance(fault, EventFault) and fault.event == event
        ]

    @property
    def at(self) -> float:
        """Seconds since the run began."""
        return self._world.now() - self._began_s

    @property
    def lines(self) -> Sequence[Line]:
        """See Setting, as for all that the faults act on."""
        return self._lines

    @property
    def vendors(self) -> Sequence[VirtualWorld]:
        """The vendors' machines."""
        return self._vendors

    @property
    def disk(self) -> Disk:
        """The proxy's disk."""
        return self._world.disk

    def crash(self, steps: int, down_s: float, *, power: bool = False) -> None:
        """Kill the proxy so many turns of its event loop later."""
        self._doomed = True
        self._step(steps, down_s, self._error_s, power=power)

    def app_away(self, mode: AwayMode | None) -> None:
        """Let the apps that are posted to be away, or come back."""
        self.happened.away.append((self.at, mode))
        if self.send_away is not None:
            self.send_away(mode)

    def fail_over(self, steps: int, down_s: float, error_s: float) -> None:
        """Kill the proxy so many turns later, and start it on the other machine."""
        self._doomed = True
        self._start_number = 1 - self._start_number
        self._step(steps, down_s, error_s)

    def skew_proxy(self, by_s: float) -> None:
        """Set the wall clock of the proxy's machine so much ahead."""
        self._skew_s += by_s
        if self._machine is not None:
            self._set_clock(self._machine)

    def _set_clock(self, machine: VirtualWorld) -> None:
        machine.skew_s = self._skew_s + self._error_s
        self.happened.skews_s.append(machine.skew_s)

    def black_hole(self, *, on: bool) -> None:
        """Let the vendors' names lead first to addresses that answer nothing."""
        self._black_holes += 1 if on else -1
        network = self._world.network
        network.black_holes = {}
        if self._black_holes:
            network.black_holes = {one: f"{NOWHERE}{n}" for n, one in enumerate(self._addresses, 1)}

    def cut(self) -> None:
        """Write down that a connection has died."""
        self.happened.cuts.append(self.at)

    async def begin(self) -> VirtualWorld:
        """Start the proxy, on a machine that is returned."""
        machine = self._world.machine("proxy")
        machine.start_number = self._start_number
        self._set_clock(machine)
        try:
            await machine.run(_coroutine(self._start(machine)))
        except UsageError:
            machine.crash()
            raise
        if self._arrivals:
            machine.reached = self._reached
        self._machine = machine
        return machine

    async def _begins(self) -> bool:
        """Start it again. False where it does not come up: its store is of no use, as on a disk that is full."""
        try:
            await self.begin()
        except UsageError:
            return False
        return True

    async def quiet(self) -> VirtualWorld:
        """No more crashes. The machine on which the proxy runs in the end."""
        self._arrivals.clear()
        while self._tasks:
            await asyncio.gather(*self._tasks)
        assert self._machine is not None
        return self._machine

    def _reached(self) -> None:
        if not self._doomed:
            self._strike(self._arrivals)

    def _piece(self) -> CutMode | None:
        return self._strike(self._pieces)

    def _refused(self) -> bool:
        return self._strike(self._dials) is not None

    def _strike(self, dice: Sequence[EventDice]) -> CutMode | None:
        """Let the first fault that hits the event of this moment strike."""
        at = self.at
        for counted in dice:
            if counted.hits(at):
                return counted.fault.strike(self)
        return None

    def _step(self, steps: int, down_s: float, error_s: float, *, power: bool = False) -> None:
        if steps:
            again = partial(self._step, steps - 1, down_s, error_s, power=power)
            asyncio.get_running_loop().call_soon(again)
            return
        self._error_s = error_s
        assert self._machine is not None
        self._machine.crash(power=power)
        task = asyncio.get_running_loop().create_task(self._restart(self.at, down_s))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _restart(self, at: float, down_s: float) -> None:
        await self._world.sleep(down_s)
        self._doomed = False
        while not await self._begins():
            await self._world.sleep(max(down_s, AGAIN_S))
        self.happened.crashes.append((at, self.at))


async def _coroutine(started: Awaitable[object]) -> None:
    await started
