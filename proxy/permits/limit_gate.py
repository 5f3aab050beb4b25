"""The permits that a set of limits lends: taken, given back, and what the vendor says of them meanwhile.

The limits and the queue decide; those who wait are in tidegate.proxy.permits.waiting_room.
"""

from collections.abc import Sequence

from tidegate.proxy.permits.waiting_room import ENOUGH, Gate, Reserved, Shortage, WaitingRoom
from tidegate.proxy.policies.limits.concurrency_limit import ConcurrencyLimit
from tidegate.proxy.policies.limits.gauge import Gauge
from tidegate.proxy.policies.limits.limit_set import LimitSet
from tidegate.proxy.policies.limits.wait_queue import URGENCY, QueueRefusal, Ticket


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
        now = self.gate.room.world.now()
        self.gate.limits.leave(now, self.taken_at, self.amounts)
        self.taken_at = now

    def pause_until(self, moment: float) -> None:
        """See Permit.pause_until."""
        self.gate.pause_until(moment)

    def paused_s(self, now: float) -> float:
        """Seconds for which the vendor wants nothing under this permit: it may have said so after this was taken."""
        pauses = self.gate.room.pauses
        if not pauses:
            return 0.0
        return max((pauses.get(id(gauge), now) - now for gauge in self.gate.limits.gauges), default=0.0)

    def arrived(self, now: float) -> None:
        """The attempt is answered, and others wait: what was kept back because it might still be on its way is theirs.

        Nobody needs to be told while nobody waits: after the spread it counts as arrived by itself.
        """
        gate = self.gate
        limits, room = gate.limits, gate.room
        before_s = limits.ready_in(now)
        limits.arrived(now, self.taken_at, self.amounts)
        if before_s and (ready_s := limits.ready_in(now)) < before_s:
            room.look_again(now + ready_s)

    def release(self, now: float, *, sent: bool) -> None:
        """The attempt is over: give back the places that it held, and everything where nothing of it was sent."""
        assert not self.released, "a permit was given back twice"
        self.released = True
        if sent:
            self.gate.give_back_places(now, self.taken_at, self.amounts)
        else:
            self.gate.give_back(now, self.taken_at, self.amounts)


class LimitGate(Gate):
    """A set of limits and those who wait for it."""

    __slots__ = ("_places", "_take", "_waiting", "limits")

    def __init__(self, limits: LimitSet, room: WaitingRoom) -> None:
        super().__init__(room)
        self._waiting = room.waiting
        self.turn_to(limits)

    def turn_to(self, limits: LimitSet) -> None:
        """Lend of these from now on: as many, in the same order and units. Those who wait, wait for these."""
        self.limits = limits
        self._take = limits.plain_take
        self._places = tuple(place for place, gauge in enumerate(limits.gauges) if isinstance(gauge, ConcurrencyLimit))

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
        """See Gate.estimate_s."""
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
        ticket = await self.wait(now, deadline, wait_max_s, app, urgency, amounts)
        if isinstance(ticket, QueueRefusal):
            return ticket
        assert isinstance(ticket.lent, float)
        return LimitPermit(self, ticket.lent, amounts)

    @property
    def wants(self) -> tuple[object, ...]:
        """See Gate.wants."""
        return self.limits.gauges

    def limit_sets(self, now: float) -> Sequence[LimitSet]:
        """See Gate.limit_sets."""
        del now
        return (self.limits,)

    def shortage(self, now: float, ticket: Ticket, reserved: Reserved) -> Shortage | None:
        """See Gate.shortage."""
        if reserved and any(id(gauge) in reserved for gauge in self.limits.gauges):
            return None
        short = self.limits.short(now, ticket.amounts)
        return Shortage(short, self.limits.ready_in(now, ticket.amounts)) if short else ENOUGH

    def lend(self, now: float, ticket: Ticket) -> None:
        """See Gate.lend."""
        ticket.lent = now
        self.limits.charge(now, ticket.amounts)

    def take_back(self, now: float, ticket: Ticket, *, served: bool) -> None:
        """See Gate.take_back."""
        if served:
            self.give_back(now, None, ticket.amounts)
        else:
            self.limits.give_back(now, None, ticket.amounts)

    def pause_until(self, moment: float) -> None:
        """Lend nothing before `moment` (monotonic seconds): the vendor said so."""
        self._pause(self.limits.gauges, moment)

    def _pause(self, gauges: Sequence[Gauge], moment: float) -> None:
        for gauge in gauges:
            gauge.pause_until(moment)
        self.room.paused(gauges, moment)
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
