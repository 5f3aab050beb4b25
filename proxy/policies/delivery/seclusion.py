"""Who may be tried beside whom, so that one delivery that kills its worker makes no others dead with it.

One that was being tried when two workers died is tried alone: if a third dies, nothing else was at work. The others go
side by side. They go in the order in which they came, so that neither kind waits for ever.
"""

from collections import deque
from collections.abc import Callable

from tidegate.proxy.policies.delivery.delivery import LEASES_LOST_MAX, Delivery

ALONE_FROM = LEASES_LOST_MAX - 1
"""So many lost leases make a delivery a suspect. The one after them would be its last."""

_Lease = tuple[str, int]


def goes_alone(delivery: Delivery) -> bool:
    """Whether nothing else may be tried meanwhile."""
    return delivery.leases_lost >= ALONE_FROM


class Seclusion:
    """The deliveries that a proxy tries now, of both boxes, and those that wait for their turn.

    One that is leased again while its former lease still has it under way is another.
    """

    def __init__(self) -> None:
        self._inside: set[_Lease] = set()
        self._alone = False
        self._waiting: deque[tuple[Delivery, Callable[[], None]]] = deque()

    @property
    def wanted(self) -> bool:
        """One is tried alone, or waits for that: nothing more should be leased."""
        return self._alone or bool(self._waiting)

    def arrive(self, delivery: Delivery, enter: Callable[[], None]) -> None:
        """Call `enter` once it may be tried, which may be at once."""
        self._waiting.append((delivery, enter))
        self._admit()

    def leave(self, delivery: Delivery) -> None:
        """It is not tried any more, or will not be."""
        lease = _lease(delivery)
        if lease in self._inside:
            self._inside.remove(lease)
            self._alone = False
        else:
            self._waiting = deque(one for one in self._waiting if _lease(one[0]) != lease)
        self._admit()

    def _admit(self) -> None:
        while self._waiting and not self._alone:
            delivery, enter = self._waiting[0]
            alone = goes_alone(delivery)
            if alone and self._inside:
                return
            self._waiting.popleft()
            self._inside.add(_lease(delivery))
            self._alone = alone
            enter()


def _lease(delivery: Delivery) -> _Lease:
    return delivery.new.id, delivery.lease_token
