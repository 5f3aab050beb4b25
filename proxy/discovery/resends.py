"""Writes that apps send again: a repeat, a retry that is safe, or one that may happen twice. Pure but for its memory.

    before              and now                              it is
    answered 2xx, 3xx   the same bytes                       a repeat: perhaps meant, perhaps a double
    refused (4xx)       the same bytes                       a safe retry: nothing was done
    no answer, or 5xx   the same bytes, the same key         a safe retry: the vendor knows the key
    no answer, or 5xx   the same bytes, no key or another    an unsafe retry: the first may have been carried out

For PUT and DELETE, which may happen twice (RFC 9110 §9.2.2), a retry is safe without a key. Reads are not looked at.
The same write is the same app's, of the same method, address, query and body, within `WINDOW_S`.
"""

from collections import OrderedDict
from dataclasses import dataclass
from typing import Literal

from tidegate.proxy.discovery.sighting import Sighting

WINDOW_S = 300.0
REMEMBERED_MAX = 16_384
"""Writes of all hosts; the oldest is forgotten first."""
_WRITES = frozenset(("POST", "PATCH"))
_NATURAL = frozenset(("PUT", "DELETE"))

Resend = Literal["", "repeat", "safe retry", "unsafe retry"]


@dataclass(frozen=True, slots=True)
class RememberedWrite:
    """The last try of a write."""

    ended: float
    status: int
    unsure: bool
    key: bytes


def resend_of(before: RememberedWrite | None, seen: Sighting) -> Resend:
    """What a write is to the one before it."""
    if before is None or seen.began - before.ended > WINDOW_S:
        return ""
    if 200 <= before.status < 400:
        return "safe retry" if before.key and before.key == seen.key else "repeat"
    if not before.unsure or seen.method in _NATURAL or (before.key and before.key == seen.key):
        return "safe retry"
    return "unsafe retry"


class Resends:
    """The writes that are remembered. One for all hosts."""

    def __init__(self) -> None:
        self._writes: OrderedDict[tuple[str, bytes], RememberedWrite] = OrderedDict()

    def __len__(self) -> int:
        return len(self._writes)

    def judge(self, seen: Sighting) -> Resend:
        """What a call is to the one before it; it is remembered."""
        if not seen.content or seen.method not in _WRITES | _NATURAL:
            return ""
        name = (seen.app, seen.content)
        resend = resend_of(self._writes.pop(name, None), seen)
        self._writes[name] = RememberedWrite(seen.ended, seen.status, seen.unsure, seen.key)
        if len(self._writes) > REMEMBERED_MAX:
            self._writes.popitem(last=False)
        return resend
