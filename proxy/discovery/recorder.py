"""Takes sightings off the way of calls: each costs its call one append, and is counted later, a few in one turn.

Bounded: so many may wait, one more is dropped and counted. What is kept is the catalog's matter.
"""

import asyncio
from collections import deque

from tidegate.proxy.discovery.host_catalog import HostCatalog
from tidegate.proxy.discovery.sighting import SeenCall, Sighting, SightingKey, sighting_of
from tidegate.world.world import World

FLUSH_S = 0.5
SLICE = 16
"""Sightings that are counted in one turn of the loop: well below a millisecond."""
WAITING_MAX = 8192


class DiscoveryRecorder:
    """See the module. One for each proxy."""

    def __init__(self, world: World) -> None:
        self.catalog = HostCatalog()
        self.dropped = 0
        self.key = SightingKey(world.random("discovery").randbytes(32))
        self._world = world
        self._waiting: deque[tuple[Sighting, float]] = deque()
        self._timer: asyncio.TimerHandle | None = None

    def note(self, call: SeenCall) -> None:
        """Note a call that has ended."""
        self.add(sighting_of(call, self.key))

    def tunnel(self, host: str) -> None:
        """Note a tunnel that nobody looks into."""
        self.catalog.tunnel(host)

    def add(self, seen: Sighting) -> None:
        """Note a sighting."""
        if len(self._waiting) >= WAITING_MAX:
            self.dropped += 1
            return
        self._waiting.append((seen, self._world.wall()))
        if self._timer is None:
            self._timer = self._world.call_later(FLUSH_S, self._count_some)

    def flush(self) -> None:
        """Count all that waits."""
        while self._waiting:
            self.catalog.add(*self._waiting.popleft())

    def close(self) -> None:
        """Count all, and take no more time for it later."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self.flush()

    def _count_some(self) -> None:
        self._timer = None
        for _ in range(min(SLICE, len(self._waiting))):
            self.catalog.add(*self._waiting.popleft())
        if self._waiting:
            self._timer = self._world.call_later(0.0, self._count_some)
