"""What a store still has to be told: calls that may have begun and were not, and calls that could not be settled.

A commit whose answer was lost may have happened, or may yet happen. The call that asked for it was refused and never
sent, so what it may have left is taken back, again and again until its lease is over. It refuses to know SQL.
"""

from collections.abc import Sequence
from typing import Generic, TypeVar

E = TypeVar("E")

CALLS_MAX = 10_000
"""Calls of either kind. Of the oldest the record is left as it is: unknown, once its lease is over."""
BYTES_MAX = 32 * 1024 * 1024
"""Answers that wait to be stored. One more is not kept, so its call becomes unknown."""


class LateWork(Generic[E]):
    """See the module. `E` is how a call ended."""

    def __init__(self) -> None:
        self._taken_back: dict[str, float] = {}
        self._unsettled: dict[str, tuple[E, int]] = {}
        self._bytes = 0

    @property
    def taken_back(self) -> Sequence[str]:
        """The calls that never began."""
        return tuple(self._taken_back)

    @property
    def unsettled(self) -> Sequence[tuple[str, E]]:
        """The calls that have ended, and how."""
        return tuple((call_id, end) for call_id, (end, _) in self._unsettled.items())

    def some(self, calls_max: int, bytes_max: int) -> Sequence[tuple[str, E]]:
        """The first of them: so many at most, and of so many bytes unless one alone has more."""
        found: list[tuple[str, E]] = []
        for call_id, (end, size) in self._unsettled.items():
            bytes_max -= size
            if len(found) == calls_max or (found and bytes_max < 0):
                break
            found.append((call_id, end))
        return found

    def is_taken_back(self, call_id: str) -> bool:
        """Whether a call never began, whatever its record says."""
        return call_id in self._taken_back

    def take_back(self, call_id: str, lease_until: float) -> None:
        """A call did not begin; until this age of the store its record may say that it did."""
        self._taken_back[call_id] = lease_until
        if len(self._taken_back) > CALLS_MAX:
            del self._taken_back[next(iter(self._taken_back))]

    def settle(self, call_id: str, end: E, size: int) -> None:
        """A call has ended, and its record does not say so."""
        if call_id not in self._unsettled and self._bytes + size <= BYTES_MAX and len(self._unsettled) < CALLS_MAX:
            self._unsettled[call_id] = (end, size)
            self._bytes += size

    def settled(self, call_id: str) -> None:
        """Its record says so now."""
        _, size = self._unsettled.pop(call_id)
        self._bytes -= size

    def forget(self, age: float) -> None:
        """Forget the calls whose leases are over."""
        self._taken_back = {call_id: until for call_id, until in self._taken_back.items() if until > age}
