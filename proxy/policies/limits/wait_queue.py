"""The queue before a vendor's limits: who is served next, and who is refused at once because waiting would be in vain.

Apps share what there is by their weights, whatever they ask for: start-time fair queueing (Goyal, Vin, Cheng 1996),
which needs one number an app. Among the calls of one app the more urgent goes first (RFC 9218 `u=`), so no app gets
ahead of another by calling everything urgent; a call that waits becomes more urgent with time. A full queue makes room
for an app that has less than its share of the places, by refusing the last call of the one that has most beyond its
own.

Bookkeeping only: it refuses to know what is waited for and who wakes whom (tidegate.proxy.permits.limit_gate does),
and it holds no timer. All times are monotonic seconds.
"""

from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

URGENCY = 3
"""The urgency of a call that names none (RFC 9218 §4.1): 0 is the most urgent, 7 the least."""


FAIRLY = 1.1
"""An app that has up to so much more than its share of the places keeps them: order of service evens that out."""


class Ticket:
    """A place in the queue. It lasts until `expires_at`; whoever holds it leaves by then. `lane`: what it waits for."""

    __slots__ = ("amounts", "app", "entered", "expires_at", "instead_of", "lane", "lent", "urgency", "wants", "wish")

    def __init__(self, app: str, urgency: int, lane: object, entered: float, expires_at: float) -> None:
        self.app = app
        self.urgency = urgency
        self.lane = lane
        self.entered = entered
        self.expires_at = expires_at
        self.amounts: tuple[float, ...] | None = None
        self.wants: tuple[object, ...] = ()
        """The lane, and everything else that others may want too."""
        self.wish: object = None
        """What its lane wants to know of it."""
        self.lent: object = None
        """What its lane has lent to it, where the lane had a choice."""
        self.instead_of: Ticket | None = None
        """The ticket that had to leave for it."""

    def __repr__(self) -> str:
        return f"Ticket({self.app} u={self.urgency}, {self.entered:g} to {self.expires_at:g})"


@dataclass(frozen=True, slots=True)
class QueueRefusal:
    """No place, and why."""

    reason: Literal["full", "would expire"]


_FULL, _WOULD_EXPIRE = QueueRefusal("full"), QueueRefusal("would expire")


def urgency_of(priority: str | None) -> int:
    """The urgency of a `Priority` header (RFC 9218 §4.1), 3 where it says nothing that can be read."""
    if priority is None:
        return URGENCY
    for part in priority.split(","):
        name, _, value = part.strip().partition("=")
        if name == "u" and len(value) == 1 and value in "01234567":
            return int(value)
    return URGENCY


class _App:
    __slots__ = ("flows", "tag", "waiting", "weight")

    def __init__(self, weight: float) -> None:
        self.weight = weight
        self.tag = 0.0
        self.waiting = 0
        self.flows: dict[tuple[int, object], OrderedDict[Ticket, None]] = {}


class WaitQueue:
    """At most `depth` at a time. `shares` are the weights of apps, 1 for one that is not named."""

    __slots__ = ("_age_s", "_apps", "_length", "_shares", "_soonest", "_time", "_wanting", "depth")

    def __init__(self, depth: int, shares: Mapping[str, int] | None = None, age_s: float = 2.0) -> None:
        self.depth = depth
        self._shares = shares or {}
        self._age_s = age_s
        self._apps: dict[str, _App] = {}
        """Those that wait, and those that have been served ahead of their share."""
        self._wanting: dict[object, dict[str, int]] = {}
        """Wanted thing → app → how many want it."""
        self._length = 0
        self._time = 0.0
        """Virtual time: the tag of the app that was served last."""
        self._soonest = float("inf")

    def __len__(self) -> int:
        return self._length

    def __repr__(self) -> str:
        return f"WaitQueue({self._length} of {self.depth})"

    def ahead(self, app: str, wanted: object) -> float:
        """The number of those who want this too and will be served before a newcomer of this app."""
        counts = self._wanting.get(wanted)
        if not counts:
            return 0.0
        own = counts.get(app, 0)
        each = (own + 1) / self._weight(app)
        return own + sum(min(count, each * self._weight(name)) for name, count in counts.items() if name != app)

    def wanting(self, wanted: object) -> int:
        """The number of those who want this."""
        return sum(self._wanting.get(wanted, {}).values())

    def offer(
        self,
        now: float,
        deadline: float,
        wait_max_s: float,
        estimate_s: float,
        *,
        app: str = "",
        urgency: int = URGENCY,
        lane: object = None,
        wants: tuple[object, ...] = (),
    ) -> Ticket | QueueRefusal:
        """A place for a call that must be answered by `deadline` and waits `wait_max_s` at most.

        Calls of one lane have the same wants.

        Refused at once where the queue is full, and where the estimate says that the ticket would expire in it: a
        refusal now is worth more to the app than the same refusal after the wait.
        """
        expires_at = min(deadline, now + wait_max_s)
        if self._length >= self.depth and (not self.depth or self._over_share(app, urgency) is None):
            return _FULL
        if now + estimate_s >= expires_at:
            return _WOULD_EXPIRE
        ticket = Ticket(app, urgency, lane, now, expires_at)
        ticket.wants = (lane, *wants)
        if self._length >= self.depth:
            ticket.instead_of = self._over_share(app, urgency)
            assert ticket.instead_of is not None
            self.leave(ticket.instead_of)
        self._enter(ticket)
        return ticket

    def order(self, now: float) -> Iterator[Ticket]:
        """Those whose turn it may be, the next one first: the first of each app, urgency and lane."""
        waiting = [app for app in self._apps.values() if app.waiting]
        if len(waiting) > 1:
            waiting.sort(key=lambda app: app.tag)
        for app in waiting:
            heads = [next(iter(flow)) for flow in app.flows.values()]
            if len(heads) > 1:
                heads.sort(key=lambda ticket: (ticket.urgency - (now - ticket.entered) // self._age_s, ticket.entered))
            yield from heads

    def head(self, now: float = 0.0) -> Ticket | None:
        """The one whose turn is next; it stays until it leaves."""
        return next(self.order(now), None)

    @property
    def soonest(self) -> float:
        """No ticket expires before this; infinite where nobody waits."""
        return self._soonest

    def served(self, ticket: Ticket) -> bool:
        """The ticket's turn has come: its app pays for it. False where it had left before."""
        app = self._apps.get(ticket.app)
        if not self.leave(ticket) or app is None:
            return False
        self._time = max(self._time, app.tag)
        app.tag += 1.0 / app.weight
        if not app.waiting:
            self._forget()
        return True

    def leave(self, ticket: Ticket) -> bool:
        """Give the place up: cancelled or late. False where it was given up before."""
        app = self._apps.get(ticket.app)
        flow = app.flows.get((ticket.urgency, ticket.lane)) if app else None
        if app is None or flow is None or ticket not in flow:
            return False
        del flow[ticket]
        if not flow:
            del app.flows[ticket.urgency, ticket.lane]
        app.waiting -= 1
        self._length -= 1
        for wanted in ticket.wants:
            counts = self._wanting[wanted]
            counts[ticket.app] -= 1
            if not counts[ticket.app]:
                del counts[ticket.app]
            if not counts:
                del self._wanting[wanted]
        return True

    def expire(self, now: float) -> list[Ticket]:
        """Remove and return, the earliest first, the tickets whose time is up: `expires_at` has been reached."""
        if now < self._soonest:
            return []
        everyone = [ticket for app in self._apps.values() for flow in app.flows.values() for ticket in flow]
        late = sorted((ticket for ticket in everyone if ticket.expires_at <= now), key=lambda ticket: ticket.entered)
        for ticket in late:
            self.leave(ticket)
        self._soonest = min((ticket.expires_at for ticket in everyone if ticket.expires_at > now), default=float("inf"))
        return late

    def _enter(self, ticket: Ticket) -> None:
        app = self._apps.get(ticket.app)
        if app is None:
            app = self._apps[ticket.app] = _App(self._weight(ticket.app))
        if not app.waiting:
            app.tag = max(app.tag, self._time)
        # Not a plain dict: its first key costs a walk over every earlier deletion.
        app.flows.setdefault((ticket.urgency, ticket.lane), OrderedDict())[ticket] = None
        app.waiting += 1
        self._length += 1
        for wanted in ticket.wants:
            counts = self._wanting.setdefault(wanted, {})
            counts[ticket.app] = counts.get(ticket.app, 0) + 1
        self._soonest = min(self._soonest, ticket.expires_at)

    def _over_share(self, app: str, urgency: int) -> Ticket | None:
        """The ticket that leaves a full queue for a newcomer: the last call of the app that has most beyond its share.

        None where that would be the newcomer's own app, unless a less urgent call of its own is there.
        """
        mine = self._apps.get(app)
        own = ((mine.waiting if mine else 0) + 1) / self._weight(app)
        most = max(self._apps.values(), key=lambda entry: entry.waiting / entry.weight)
        if most is not mine and most.waiting / most.weight > own * FAIRLY + 1.0:
            return _last(most)
        last = _last(mine) if mine and mine.waiting else None
        return last if last is not None and last.urgency > urgency else None

    def _weight(self, app: str) -> float:
        return float(self._shares.get(app, 1))

    def _forget(self) -> None:
        """Forget apps that do not wait and are not ahead of their share any more."""
        gone = [name for name, app in self._apps.items() if not app.waiting and app.tag <= self._time]
        for name in gone:
            del self._apps[name]


def _last(app: _App) -> Ticket:
    """The least urgent call of an app, and of those the last that came."""
    urgency = max(urgency for urgency, _ in app.flows)
    flows = [flow for (level, _), flow in app.flows.items() if level == urgency]
    return max((next(reversed(flow)) for flow in flows), key=lambda ticket: ticket.entered)
