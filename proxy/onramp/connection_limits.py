"""How many connections a port takes, in all and from one source, so that strangers leave room for everybody else.

At a bound the oldest connection on which no call is under way is closed to make room: one that is idle, or has sent
half a head. Whoever means a call sends a whole head at once, and so gets through while others hold connections.
It knows connections by what they say of themselves, and nothing of HTTP.
"""

import ipaddress
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Protocol

SEARCHED_MAX = 512
"""Of the oldest connections, so many are looked at for one that can make room."""

CONNECTIONS_MAX = 16384
CONNECTIONS_MIN = 8
SOURCE_SHARE = 0.75
NOTE_EVERY_S = 1.0

Note = Callable[[str, dict[str, str | float]], object]


class Holder(Protocol):
    """A connection, as the limits see it. See tidegate.proxy.onramp.server.AppConnection."""

    @property
    def unoccupied(self) -> bool:
        """True where no call is under way."""
        ...

    def make_room(self) -> None:
        """Close, for another."""
        ...


@dataclass(frozen=True, slots=True)
class Bounds:
    """Connections at once: of all, and of one source."""

    total: int
    source: int


def bounds(descriptors: int, total: int | None = None, source: int | None = None) -> Bounds:
    """The bounds where so many descriptors are there for calls; `total` and `source` are what was configured.

    Every call needs two: one to the app, one to the vendor.
    """
    if total is None:
        total = max(min(descriptors // 2, CONNECTIONS_MAX), CONNECTIONS_MIN)
    return Bounds(total, min(source or max(int(total * SOURCE_SHARE), 1), total))


class ConnectionLimits:
    """The connections of one port. `now` gives monotonic seconds; `note` writes to the log, once a second at most."""

    def __init__(self, limits: Bounds, now: Callable[[], float], note: Note | None = None) -> None:
        self.bounds = limits
        self.elsewhere: Callable[[], object] = bool
        """Asked for room where descriptors run out and no connection here can be spared."""
        self.closed: Counter[str] = Counter()
        """Why connections were closed → how often: `made room`, `refused`, `slow head`."""
        self._now = now
        self._note = note
        self._noted_at = -NOTE_EVERY_S
        self._open: dict[Holder, str] = {}
        """Each with its source, the oldest first."""
        self._by_source: Counter[str] = Counter()

    def __len__(self) -> int:
        return len(self._open)

    def enter(self, connection: Holder, address: str, *, last: bool = False) -> bool:
        """Count a new connection. False where there is no room for it, and none could be made.

        `last` says that it has one of the last descriptors: it must give that back, and room is made for the next one.
        """
        source = source_of(address)
        crowded = self._by_source[source] >= self.bounds.source
        full = crowded or last or len(self._open) >= self.bounds.total
        roomy = not full or self.make_room(source if crowded else None)
        if last and not roomy:
            self.elsewhere()
        if not roomy or last:
            self.count("refused", source)
            return False
        self._open[connection] = source
        self._by_source[source] += 1
        return True

    def leave(self, connection: Holder) -> None:
        """It is closed. Nothing happens where it was not counted."""
        source = self._open.pop(connection, None)
        if source is not None:
            self._by_source[source] -= 1
            if not self._by_source[source]:
                del self._by_source[source]

    def count(self, why: str, source: str) -> None:
        """Count a connection that we close."""
        self.closed[why] += 1
        now = self._now()
        if self._note is not None and now - self._noted_at >= NOTE_EVERY_S:
            self._noted_at = now
            facts: dict[str, str | float] = {"source": source, "why": why, "open": len(self._open)}
            self._note(
                "connections of apps closed", facts | {name: n for name, n in self.closed.items() if name != why}
            )

    def make_room(self, source: str | None = None) -> bool:
        """Close the oldest that can be spared, of this source alone where one is given. False where there is none."""
        for connection, its_source in islice(self._open.items(), SEARCHED_MAX):
            if (source is None or its_source == source) and connection.unoccupied:
                self.leave(connection)
                self.count("made room", its_source)
                connection.make_room()
                return True
        return False


@lru_cache(maxsize=4096)
def source_of(address: str) -> str:
    """Whom an address stands for: itself, or for IPv6 its /64, which one machine has whole (RFC 4291 §2.5.4)."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv4Address):
        return address
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.IPv6Network((parsed, 64), strict=False))
