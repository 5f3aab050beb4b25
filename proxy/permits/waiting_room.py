"""Those who wait for permits of a vendor's limits: one room for each vendor, with one timer that serves it.

The limits and the queue decide; this file holds the futures of those who wait and wakes them in their order. A gate is
what calls of one kind pass: their set of limits, or one of several sets. Whoever waits for a limit that is short keeps
it for itself: calls that came later do not pass it, and calls that need other limits do.
"""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tidegate.proxy.policies.limits.gauge import Gauge
from tidegate.proxy.policies.limits.limit_set import LimitSet
from tidegate.proxy.policies.limits.wait_queue import QueueRefusal, Ticket, WaitQueue
from tidegate.world.world import World

MARGIN = 0.05
"""A newcomer must be expected to be served so much earlier than it must be: who expires in the queue waited in vain."""

SOONER_S = 0.001
"""The timer is set anew where a permit is there so much sooner, or more: a turn of the loop takes as long."""

TOO_LATE = QueueRefusal("would expire")
MADE_ROOM = QueueRefusal("full")

Reserved = Mapping[int, Gauge]
"""The limits that one before it waits for, by identity."""


@dataclass(frozen=True, slots=True)
class Shortage:
    """The limits that have not enough for a call, and that it keeps for itself; and the seconds until they have."""

    gauges: Sequence[Gauge]
    wait_s: float


ENOUGH = Shortage((), 0.0)


class WaitingRoom:
    """Those who wait, whatever they wait for."""

    def __init__(self, world: World, queue: WaitQueue) -> None:
        self.world = world
        self.queue = queue
        self.waiting: dict[Ticket, asyncio.Future[QueueRefusal | None]] = {}
        self.pauses: dict[int, float] = {}
        """Gauge, by identity → the monotonic second before which the vendor wants no request that is taken of it."""
        self._timer: asyncio.TimerHandle | None = None
        self._rings_at = float("-inf")

    @property
    def depth(self) -> int:
        """The number of calls that wait."""
        return len(self.waiting)

    def serve(self) -> None:
        """Give every permit that is there to whose turn it is, and refuse those whose time is up."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        now = self.world.now()
        for late in self.queue.expire(now):
            self.settle(late, TOO_LATE)
        reserved: dict[int, Gauge] = {}
        while isinstance(found := self._next(now, reserved), Ticket):
            _gate_of(found).lend(now, found)
            self.queue.served(found)
            self.settle(found, None)
        self._arm(now, found)

    def paused(self, gauges: Sequence[Gauge], moment: float) -> None:
        """Note the vendor's word to wait until `moment`. What was lent before may not have left yet."""
        now = self.world.now()
        self.pauses = {gauge: until for gauge, until in self.pauses.items() if until > now}
        for gauge in gauges:
            self.pauses[id(gauge)] = max(self.pauses.get(id(gauge), moment), moment)

    def look_again(self, ready_at: float) -> None:
        """Serve now where there is a permit before the timer would ring."""
        if self.waiting and ready_at < self._rings_at - SOONER_S:
            self.serve()

    def settle(self, ticket: Ticket, result: QueueRefusal | None) -> None:
        """Tell one who waits what came of it."""
        turn = self.waiting.pop(ticket)
        if not turn.done():
            turn.set_result(result)
        elif result is None:
            _gate_of(ticket).take_back(self.world.now(), ticket, served=False)

    def _next(self, now: float, reserved: dict[int, Gauge]) -> Ticket | float:
        """The first in order whose limits all have enough; or in how many seconds there will be one.

        `reserved` are limits that one before it waits for: whoever has to wait for that one has no time of its own.
        """
        ready_s = float("inf")
        for ticket in self.queue.order(now):
            shortage = _gate_of(ticket).shortage(now, ticket, reserved)
            if shortage is None:
                continue
            if not shortage.gauges:
                return ticket
            ready_s = min(ready_s, shortage.wait_s)
            reserved.update((id(gauge), gauge) for gauge in shortage.gauges)
        return ready_s

    def _arm(self, now: float, ready_s: float) -> None:
        """Come again when the first permit is there, or the first ticket expires."""
        if self._timer is not None or not self.waiting:
            return
        wait_s = max(min(ready_s, self.queue.soonest - now), 0.0)
        self._timer, self._rings_at = self.world.call_later(wait_s, self._ring), now + wait_s

    def _ring(self) -> None:
        self._timer = None
        self.serve()


class Gate(ABC):
    """What calls of one kind pass, and where they wait."""

    __slots__ = ("room",)

    def __init__(self, room: WaitingRoom) -> None:
        self.room = room

    @property
    def waiting(self) -> int:
        """The number of calls that wait at this gate."""
        return self.room.queue.wanting(self)

    @property
    @abstractmethod
    def wants(self) -> tuple[object, ...]:
        """What others may want too: the limits that a permit is taken of."""

    @abstractmethod
    def limit_sets(self, now: float) -> Sequence[LimitSet]:
        """The limits that a call passes: of each credential that it may wear, where there are several."""

    @abstractmethod
    def estimate_s(self, now: float, app: str = "", amounts: Sequence[float] | None = None) -> float:
        """Seconds that a call that queued up now would wait."""

    @abstractmethod
    def shortage(self, now: float, ticket: Ticket, reserved: Reserved) -> Shortage | None:
        """What it has to wait for; None where all that it could wait for is `reserved`."""

    @abstractmethod
    def lend(self, now: float, ticket: Ticket) -> None:
        """Take what it waits for: nothing of it is short."""

    @abstractmethod
    def take_back(self, now: float, ticket: Ticket, *, served: bool) -> None:
        """Give back what was lent to one who is gone. Those who wait are looked at again where it was `served`."""

    async def wait(
        self,
        now: float,
        deadline: float,
        wait_max_s: float,
        app: str,
        urgency: int,
        amounts: tuple[float, ...] | None,
        wish: object = None,
    ) -> Ticket | QueueRefusal:
        """Wait until a permit was lent; or why there is none. Who would wait in vain is refused at once.

        `wish` is what the gate wants to know of the call.
        """
        room = self.room
        estimated_s = self.estimate_s(now, app, amounts) * (1.0 + MARGIN)
        ticket = room.queue.offer(
            now, deadline, wait_max_s, estimated_s, app=app, urgency=urgency, lane=self, wants=self.wants
        )
        if isinstance(ticket, QueueRefusal):
            return ticket
        ticket.amounts, ticket.wish = amounts, wish
        turn: asyncio.Future[QueueRefusal | None] = asyncio.get_running_loop().create_future()
        room.waiting[ticket] = turn
        if ticket.instead_of is not None:
            room.settle(ticket.instead_of, MADE_ROOM)
        if self.waiting == 1 or ticket.instead_of is not None:
            # Nobody waits for quite the same: it may pass those who wait for other limits.
            room.serve()
        try:
            why = await turn
        except asyncio.CancelledError:
            if room.waiting.pop(ticket, None) is not None:
                room.queue.leave(ticket)
            elif turn.done() and not turn.cancelled() and turn.result() is None:
                # Served in this very turn of the loop, and gone before it could look: nobody else knows of the permit.
                self.take_back(room.world.now(), ticket, served=True)
            raise
        return ticket if why is None else why


def _gate_of(ticket: Ticket) -> Gate:
    gate = ticket.lane
    assert isinstance(gate, Gate)
    return gate
