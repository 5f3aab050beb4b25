"""What the forward proxy has seen: one value for each request and each tunnel, for whoever wants to know.

A listener gets them some time after the answer, a few in one turn of the loop, so that no call waits for it. No header,
query or body is in them. It knows nothing of what is made of them.
"""

import asyncio
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from tidegate.world.world import World

Way = Literal["absolute", "opened", "tunnel"]
"""A request in absolute form, a request inside an opened tunnel, or a tunnel whose content nobody reads."""

FLUSH_S = 0.25
SLICE = 32
"""Observations that are handed over in one turn of the loop."""
WAITING_MAX = 4096
"""So many may wait to be handed over; one more is dropped and counted."""
REPEATED_WITHIN_S = 60.0
"""The same request within so many seconds counts as a repeat."""
REQUESTS_KEPT_MAX = 8192
"""So many requests are remembered, as hashes; the oldest goes first."""


@dataclass(frozen=True, slots=True)
class Observation:
    """One request or tunnel that has ended."""

    at: float
    """Seconds since 1970 at its end."""
    app: str
    way: Way
    scheme: str
    """`http` or `https`; empty for a tunnel: nobody knows what is spoken in it."""
    host: str
    """In lower case, without the dot of the root; IPv6 without brackets."""
    port: int
    method: str
    """CONNECT for a tunnel."""
    path: str
    """As it was sent, without its query; empty for a tunnel."""
    status: int
    """What the app was told; 0 where it went away first."""
    vendor: str = ""
    """Empty where no vendor file covers it."""
    operation: str = ""
    """Of the vendor's document; empty where it has none of this path."""
    keyed: bool = False
    """It carried an idempotency key."""
    repeat: int = 0
    """How often the same app had sent the same (method, URL, content) in the `REPEATED_WITHIN_S` before."""
    media_type: str = ""
    """Of the answer, without parameters."""
    took_s: float = 0.0
    sent_bytes: int = 0
    received_bytes: int = 0
    refused: str = ""
    """Why Tidegate itself did not let it through; empty where it did."""


ObservationListener = Callable[[Observation], object]
"""Is told of each observation. It must not block, and what it raises is the sign of a bug of its own."""


class Observations:
    """Collects them, and hands them to the listeners in the background. Without a listener it costs one test."""

    def __init__(self, world: World) -> None:
        self.listeners: list[ObservationListener] = []
        self.dropped = 0
        self._world = world
        self._waiting: deque[Observation] = deque()
        self._timer: asyncio.TimerHandle | None = None
        self._known: OrderedDict[int, tuple[float, int]] = OrderedDict()
        """Hash of a request → when it was last seen, and how often before; the oldest first."""

    @property
    def wanted(self) -> bool:
        """True where anybody listens."""
        return bool(self.listeners)

    def repeat(self, request: int, now: float) -> int:
        """How often the request of this hash was seen before, lately. `now` is in monotonic seconds."""
        known = self._known
        while known and now - next(iter(known.values()))[0] > REPEATED_WITHIN_S:
            known.popitem(last=False)
        _, before = known.pop(request, (0.0, -1))
        known[request] = (now, before + 1)
        if len(known) > REQUESTS_KEPT_MAX:
            known.popitem(last=False)
        return before + 1

    def add(self, observation: Observation) -> None:
        """Note one, for the listeners."""
        if not self.listeners:
            return
        if len(self._waiting) >= WAITING_MAX:
            self.dropped += 1
            return
        self._waiting.append(observation)
        if self._timer is None:
            self._timer = self._world.call_later(FLUSH_S, self._hand_over)

    def flush(self) -> None:
        """Hand over all that waits."""
        while self._waiting:
            self._hand_over()

    def close(self) -> None:
        """Hand over all, and take no more time for it later."""
        self.flush()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _hand_over(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        for _ in range(min(SLICE, len(self._waiting))):
            observation = self._waiting.popleft()
            for listener in self.listeners:
                listener(observation)
        if self._waiting:
            self._timer = self._world.call_later(0.0, self._hand_over)
