"""Who waits for a permit, in order, and who need not start waiting because it would be in vain.

Bookkeeping only: tickets come in, the head is served, anyone may leave. It refuses to know what is waited for and who
wakes whom (tidegate.proxy.gate does), and it holds no timer. All times are monotonic seconds.
"""

from collections import OrderedDict
from dataclasses import dataclass
from typing import Literal


class Ticket:
    """A place in the queue. It lasts until `expires_at`; whoever holds it leaves by then."""

    __slots__ = ("entered", "expires_at")

    def __init__(self, entered: float, expires_at: float) -> None:
        self.entered = entered
        self.expires_at = expires_at

    def __repr__(self) -> str:
        return f"Ticket({self.entered:g} to {self.expires_at:g})"


@dataclass(frozen=True, slots=True)
class Refused:
    """No place, and why."""

    reason: Literal["full", "would expire"]


_FULL, _WOULD_EXPIRE = Refused("full"), Refused("would expire")


def estimate_s(ready_in_s: float, ahead: int, rate_per_s: float) -> float:
    """How long a newcomer will wait: until the next permit, and then one interval for each who is ahead."""
    return ready_in_s + ahead / rate_per_s


class WaitQueue:
    """First come, first served, at most `depth` at a time."""

    __slots__ = ("_soonest", "_waiting", "depth")

    def __init__(self, depth: int) -> None:
        self.depth = depth
        # Not a plain dict: its first key costs a walk over every earlier deletion.
        self._waiting: OrderedDict[Ticket, None] = OrderedDict()
        self._soonest = float("inf")

    def __len__(self) -> int:
        return len(self._waiting)

    def __repr__(self) -> str:
        return f"WaitQueue({len(self._waiting)} of {self.depth})"

    def offer(self, now: float, deadline: float, wait_max_s: float, estimate_s: float) -> Ticket | Refused:
        """A place for a call that must be answered by `deadline` and waits `wait_max_s` at most.

        Refused at once where the queue is full, and where the estimate says that the ticket would expire in it: a
        refusal now is worth more to the app than the same refusal after the wait.
        """
        if len(self._waiting) >= self.depth:
            return _FULL
        expires_at = min(deadline, now + wait_max_s)
        if now + estimate_s >= expires_at:
            return _WOULD_EXPIRE
        ticket = Ticket(now, expires_at)
        self._waiting[ticket] = None
        self._soonest = min(self._soonest, expires_at)
        return ticket

    def head(self) -> Ticket | None:
        """The one whose turn is next; it stays until it leaves."""
        return next(iter(self._waiting), None)

    @property
    def soonest(self) -> float:
        """No ticket expires before this; infinite where nobody waits."""
        return self._soonest

    def leave(self, ticket: Ticket) -> bool:
        """Give the place up: served, cancelled or late. False where it was given up before."""
        if ticket not in self._waiting:
            return False
        del self._waiting[ticket]
        return True

    def expire(self, now: float) -> list[Ticket]:
        """Remove and return, in order, the tickets whose time is up: `expires_at` has been reached."""
        if now < self._soonest:
            return []
        late = [ticket for ticket in self._waiting if ticket.expires_at <= now]
        for ticket in late:
            del self._waiting[ticket]
        self._soonest = min((ticket.expires_at for ticket in self._waiting), default=float("inf"))
        return late
