"""The permits of a pool of credentials: a call waits for any of them, and gets one of the member that has room first.

Each member has a gate of its own; a call that must wear a certain one waits there. All of them, and the pool's own, are
in one room, so that the order is one for the whole pool: by urgency, and by the apps' weights. Which member a call
wears is decided in tidegate.proxy.policies.credentials.pool_choice.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tidegate.proxy.permits.limit_gate import LimitGate, LimitPermit
from tidegate.proxy.permits.waiting_room import ENOUGH, Gate, Reserved, Shortage, WaitingRoom
from tidegate.proxy.policies.credentials.pool_choice import Later, PoolChoice, Room, Worn
from tidegate.proxy.policies.limits.concurrency_limit import ConcurrencyLimit
from tidegate.proxy.policies.limits.limit_set import LimitSet
from tidegate.proxy.policies.limits.wait_queue import QueueRefusal, Ticket


@dataclass(frozen=True, slots=True)
class PoolWish:
    """What a call asks of a pool: the member that it prefers, empty for none, and whether it may try one out.

    `tried` are those under which the vendor has refused it: it wears none of them again.
    """

    prefer: str = ""
    resendable: bool = True
    tried: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WornPermit:
    """A permit, and the member that it is of. `trial` is the number of the trial that the call is, 0 for none."""

    name: str
    trial: int
    permit: LimitPermit


ANY = PoolWish()
NO_LIMIT = (ConcurrencyLimit(1),)
"""What a call keeps for itself that waits for a member without limits: a thing that nobody else wants."""


class MemberGate(LimitGate):
    """The gate of one member. `own` says of each limit, in their order, whether it is the member's alone."""

    __slots__ = ("_own",)

    def __init__(self, limits: LimitSet, room: WaitingRoom, own: Sequence[bool]) -> None:
        super().__init__(limits, room)
        self._own = tuple(own)

    def pause_until(self, moment: float) -> None:
        """See LimitGate.pause_until. The vendor said so to this member: what others share goes on."""
        owned = [gauge for gauge, own in zip(self.limits.gauges, self._own, strict=True) if own]
        self._pause(owned or self.limits.gauges, moment)


class PoolGate(Gate):
    """What calls of one kind pass whose vendor has several credentials. `members` are the gates of each."""

    __slots__ = ("_own", "choice", "members")

    def __init__(self, choice: PoolChoice, members: Mapping[str, LimitGate], room: WaitingRoom) -> None:
        super().__init__(room)
        self.choice = choice
        self.members = members
        by_place = list(zip(*(gate.limits.gauges for gate in members.values()), strict=True))
        self._own = tuple(len({id(gauge) for gauge in gauges}) == len(members) for gauges in by_place)
        """By place: each member has a limit of its own there, else one is shared."""

    def first(self, now: float) -> str:
        """The member that a call would wear which came now. Nothing is taken."""
        return self._choose(now, ANY, None, {}).name or next(iter(self.members))

    def try_acquire(self, now: float, wish: PoolWish, amounts: Sequence[float] | None = None) -> WornPermit | None:
        """A permit if nobody waits and a member has room."""
        if self.room.waiting:
            return None
        chosen = self._choose(now, wish, amounts, {})
        if isinstance(chosen, Later):
            return None
        return self._taken(now, chosen.name, amounts)

    def overdraw(self, now: float, wish: PoolWish, amounts: Sequence[float] | None = None) -> WornPermit | None:
        """A permit of the best member whether there is one or not; None where none may be worn at all."""
        chosen = self._choose(now, wish, amounts, {})
        return self._taken(now, chosen.name, amounts) if chosen.name else None

    async def acquire(
        self,
        now: float,
        deadline: float,
        wait_max_s: float,
        app: str,
        urgency: int,
        amounts: tuple[float, ...] | None,
        wish: PoolWish,
    ) -> WornPermit | QueueRefusal:
        """Wait for a permit of any member; or why there is none."""
        ticket = await self.wait(now, deadline, wait_max_s, app, urgency, amounts, wish)
        if isinstance(ticket, QueueRefusal):
            return ticket
        assert isinstance(ticket.lent, WornPermit)
        return ticket.lent

    def estimate_s(self, now: float, app: str = "", amounts: Sequence[float] | None = None) -> float:
        """See Gate.estimate_s. Those ahead spread over the members that can be worn."""
        usable = self.choice.usable(now) or list(self.members)
        return min(self._estimate_of(name, len(usable), now, app, amounts) for name in usable)

    @property
    def wants(self) -> tuple[object, ...]:
        """See Gate.wants: of limits that each member has for itself, any one."""
        return tuple(self._wanted(place) for place in range(len(self._own)))

    def limit_sets(self, now: float) -> Sequence[LimitSet]:
        """See Gate.limit_sets. Where every member is set aside, those of all."""
        return [self.members[name].limits for name in self.choice.usable(now) or self.members]

    def shortage(self, now: float, ticket: Ticket, reserved: Reserved) -> Shortage | None:
        """See Gate.shortage. It keeps the limits of one member for itself, of that which is ready first."""
        wish = ticket.wish
        assert isinstance(wish, PoolWish)
        chosen = self._choose(now, wish, ticket.amounts, reserved)
        if isinstance(chosen, Worn):
            ticket.lent = chosen.name
            return ENOUGH
        if not chosen.name:
            return None
        limits = self.members[chosen.name].limits
        # One that is set aside may have enough.
        return Shortage(limits.short(now, ticket.amounts) or limits.gauges or NO_LIMIT, chosen.wait_s)

    def lend(self, now: float, ticket: Ticket) -> None:
        """See Gate.lend."""
        assert isinstance(ticket.lent, str)
        ticket.lent = self._taken(now, ticket.lent, ticket.amounts)

    def take_back(self, now: float, ticket: Ticket, *, served: bool) -> None:
        """See Gate.take_back."""
        lent = ticket.lent
        assert isinstance(lent, WornPermit)
        self.choice.members[lent.name].given_up(now, lent.trial)
        self.members[lent.name].take_back(now, ticket, served=served)

    def _taken(self, now: float, name: str, amounts: Sequence[float] | None) -> WornPermit:
        return WornPermit(name, self.choice.worn(name, now), self.members[name].overdraw(now, amounts))

    def _choose(self, now: float, wish: PoolWish, amounts: Sequence[float] | None, reserved: Reserved) -> Worn | Later:
        rooms = {
            name: Room(gate.limits.ready_in(now, amounts), self._used(gate, now))
            for name, gate in self.members.items()
            if name not in wish.tried
            and (not reserved or not any(id(gauge) in reserved for gauge in gate.limits.gauges))
        }
        return self.choice.choose(now, rooms, prefer=wish.prefer, resendable=wish.resendable)

    def _used(self, gate: LimitGate, now: float) -> float:
        """The share of the member's fullest limit, those aside that it shares."""
        owned = zip(gate.limits.gauges, self._own, strict=True)
        return max((gauge.used(now) for gauge, own in owned if own), default=0.0)

    def _wanted(self, place: int) -> object:
        gauges = tuple(gate.limits.gauges[place] for gate in self.members.values())
        return gauges if self._own[place] else gauges[0]

    def _estimate_of(self, name: str, usable: int, now: float, app: str, amounts: Sequence[float] | None) -> float:
        queue, worst_s = self.room.queue, self.choice.members[name].wait_s(now)
        for place, gauge in enumerate(self.members[name].limits.gauges):
            amount = 1.0 if amounts is None else amounts[place]
            ahead = queue.ahead(app, self._wanted(place))
            if self._own[place]:  # others wait for this one alone
                ahead = ahead / usable + queue.ahead(app, gauge)
            worst_s = max(worst_s, gauge.expected_s(now, amount, amount * ahead))
        return worst_s
