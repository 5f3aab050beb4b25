"""The permits of a vendor's limits and those who wait for one: one room for each vendor, with one timer that serves it.

The limits and the queue decide; this file holds the futures of those who wait and wakes them in their order. A gate is
what calls of one kind pass: their set of limits. Whoever waits for a limit that is short keeps it for itself: calls
that came later do not pass it, and calls that need other limits do.
"""

import asyncio
from collections.abc import Sequence

from tidegate.proxy.policies.limits.concurrency_limit import ConcurrencyLimit
from tidegate.proxy.policies.limits.gauge import Gauge
from tidegate.proxy.policies.limits.token_bucket import LimitSet
from tidegate.proxy.policies.limits.wait_queue import URGENCY, QueueRefusal, Ticket, WaitQueue
from tidegate.world.world import World

MARGIN = 0.05
"""A newcomer must be expected to be served so much earlier than it must be: who expires in the queue waited in vain."""

TOO_LATE = QueueRefusal("would expire")
MADE_ROOM = QueueRefusal("full")


class WaitingRoom:
    """Those who wait, whatever they wait for."""

    def __init__(self, world: World, queue: WaitQueue) -> None:
        self.world = world
        self.queue = queue
        self.waiting: dict[Ticket, asyncio.Future[QueueRefusal | None]] = {}
        self._timer: asyncio.TimerHandle | None = None

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
        while (ticket := self._next(now, reserved)) is not None:
            gate = ticket.lane
            assert isinstance(gate, LimitGate)
            gate.limits.charge(now, ticket.amounts)
            self.queue.served(ticket)
            self.settle(ticket, None)
        self._arm(now)

    def settle(self, ticket: Ticket, result: QueueRefusal | None) -> None:
        """Tell one who waits what came of it."""
        turn = self.waiting.pop(ticket)
        if not turn.done():
            turn.set_result(result)
        elif result is None:
            gate = ticket.lane
            assert isinstance(gate, LimitGate)
            gate.limits.give_back(self.world.now(), None, ticket.amounts)

    def _next(self, now: float, reserved: dict[int, Gauge]) -> Ticket | None:
        """The first in order whose limits all have enough. `reserved` are limits that one before it waits for."""
        for ticket in self.queue.order(now):
            gate = ticket.lane
            assert isinstance(gate, LimitGate)
            if reserved and any(id(gauge) in reserved for gauge in gate.limits.gauges):
                continue
            short = gate.limits.short(now, ticket.amounts)
            if not short:
                return ticket
            reserved.update((id(gauge), gauge) for gauge in short)
        return None

    def _arm(self, now: float) -> None:
        """Come again when the first permit is there, or the first ticket expires."""
        if self._timer is not None or not self.waiting:
            return
        wait_s = self.queue.soonest - now
        for ticket in self.queue.order(now):
            gate = ticket.lane
            assert isinstance(gate, LimitGate)
            wait_s = min(wait_s, gate.limits.ready_in(now, ticket.amounts))
        self._timer = self.world.call_later(max(wait_s, 0.0), self._ring)

    def _ring(self) -> None:
        self._timer = None
        self.serve()


class LimitPermit:
    """A Permit (tidegate.proxy.call.permit): what the limits of a gate lent to one attempt, and when.

    Whoever holds it gives it back, once: `release`. Where limits count requests alone there is nothing to give back of
    an attempt that was sent, so that its permit may simply be dropped.
    """

    __slots__ = ("amounts", "gate", "released", "taken_at")

    def __init__(self, gate: "LimitGate", taken_at: float, amounts: Sequence[float] | None) -> None:
        self.gate = gate
        self.taken_at = taken_at
        """Monotonic seconds."""
        self.amounts = amounts
        """In the order of the limits; None is one of each."""
        self.released = False

    def hold(self) -> None:
        """See Permit.hold."""
        self.gate.limits.hold(self.taken_at, self.amounts)

    def leave(self) -> None:
        """See Permit.leave."""
        gate = self.gate
        gate.limits.leave(gate.room.world.now(), self.taken_at, self.amounts)

    def pause_until(self, moment: float) -> None:
        """See Permit.pause_until."""
        self.gate.pause_until(moment)

    def release(self, now: float, *, sent: bool) -> None:
        """The attempt is over: give back the places that it held, and everything where nothing of it was sent."""
        assert not self.released, "a permit was given back twice"
        self.released = True
        if sent:
            self.gate.give_back_places(now, self.taken_at, self.amounts)
        else:
            self.gate.give_back(now, self.taken_at, self.amounts)


class LimitGate:
    """A set of limits and those who wait for it."""

    __slots__ = ("_places", "_take", "_waiting", "limits", "room")

    def __init__(self, limits: LimitSet, room: WaitingRoom) -> None:
        self.room = room
        self._waiting = room.waiting
        self.turn_to(limits)

    def turn_to(self, limits: LimitSet) -> None:
        """Lend of these from now on: as many, in the same order and units. Those who wait, wait for these."""
        self.limits = limits
        self._take = limits.plain_take
        self._places = tuple(place for place, gauge in enumerate(limits.gauges) if isinstance(gauge, ConcurrencyLimit))

    @property
    def waiting(self) -> int:
        """The number of calls that wait at this gate."""
        return self.room.queue.wanting(self)

    def try_acquire(self, now: float, amounts: Sequence[float] | None = None) -> LimitPermit | None:
        """A permit if nobody waits and one is free. `amounts` is what is taken of each limit, one where it is None."""
        if self._waiting:
            return None
        if (self._take(now) if amounts is None else self.limits.take(now, amounts)) != 0.0:
            return None
        return LimitPermit(self, now, amounts)

    def overdraw(self, now: float, amounts: Sequence[float] | None = None) -> LimitPermit:
        """A permit whether there is one or not: for limits that are only reported."""
        self.limits.charge(now, amounts)
        return LimitPermit(self, now, amounts)

    def estimate_s(self, now: float, app: str = "", amounts: Sequence[float] | None = None) -> float:
        """Seconds that a call that queued up now would wait."""
        queue, worst_s = self.room.queue, 0.0
        for place, gauge in enumerate(self.limits.gauges):
            amount = 1.0 if amounts is None else amounts[place]
            worst_s = max(worst_s, gauge.expected_s(now, amount, amount * queue.ahead(app, gauge)))
        return worst_s

    async def acquire(
        self,
        now: float,
        deadline: float,
        wait_max_s: float,
        app: str = "",
        urgency: int = URGENCY,
        amounts: tuple[float, ...] | None = None,
    ) -> LimitPermit | QueueRefusal:
        """Wait for a permit; or why there is none. Who would wait in vain is refused at once."""
        room = self.room
        estimated_s = self.estimate_s(now, app, amounts) * (1.0 + MARGIN)
        ticket = room.queue.offer(
            now, deadline, wait_max_s, estimated_s, app=app, urgency=urgency, lane=self, wants=self.limits.gauges
        )
        if isinstance(ticket, QueueRefusal):
            return ticket
        ticket.amounts = amounts
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
                self.give_back(room.world.now(), None, amounts)
            raise
        return LimitPermit(self, room.world.now(), amounts) if why is None else why

    def pause_until(self, moment: float) -> None:
        """Lend nothing before `moment` (monotonic seconds): the vendor said so."""
        self.limits.pause_until(moment)
        if self.room.waiting:
            self.room.serve()

    def give_back(self, now: float, taken_at: float | None, amounts: Sequence[float] | None) -> None:
        """Take back all that was lent: nothing was sent. For LimitPermit."""
        self.limits.give_back(now, taken_at, amounts)
        if self.room.waiting:
            self.room.serve()

    def give_back_places(self, now: float, taken_at: float, amounts: Sequence[float] | None) -> None:
        """Take back the places that an exchange held that is over. For LimitPermit."""
        if not self._places:
            return
        for place in self._places:
            self.limits.gauges[place].give_back(now, taken_at, 1.0 if amounts is None else amounts[place])
        if self.room.waiting:
            self.room.serve()
