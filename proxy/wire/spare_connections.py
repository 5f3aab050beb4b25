"""Connections that were made ahead and never used, for writes that are never resent.

A connection that has been idle may be closed by the vendor just as we write, and then nobody can tell whether the
request was read. A new one is safe, but costs a handshake: one round trip, and one or two more with TLS. So as many as
such writes run at once are kept ready; one that is taken is replaced while its write is under way.

A vendor that is away is not knocked at: only after an exchange that went well are spares made.
"""

import asyncio
from collections.abc import Awaitable, Callable

from tidegate.proxy.wire.exchange_errors import NotSent
from tidegate.proxy.wire.idle_connections import IdleConnections
from tidegate.proxy.wire.pool_connection import Connection
from tidegate.world.world import World

SPARES_MAX = 16
"""More writes at once than this wait for their handshake."""

WANTED_S = 300.0
"""A spare that grew too old is replaced once more where a write needed one within so many seconds."""


class SpareConnections:
    """`connect` makes a connection, and raises NotSent; `closed` is called for each that is closed here."""

    def __init__(self, world: World, connect: Callable[[], Awaitable[Connection]], closed: Callable[[], None]) -> None:
        self._world = world
        self._connect = connect
        self._closed = closed
        self._ready = IdleConnections(world, self._lost)
        self._making: set[asyncio.Task[None]] = set()
        self._leased = 0
        self._wanted = 1
        """The most writes that ran at once lately."""
        self._taken_at = -WANTED_S
        self._healthy = False
        self._retired = False

    def __len__(self) -> int:
        """Those that are ready, and those that are being made."""
        return len(self._ready) + len(self._making)

    def take(self, now: float) -> Connection | None:
        """A spare for a write that begins now, None where there is none. Every call is followed by `ended`."""
        self._leased += 1
        self._wanted = max(self._wanted, self._leased)
        self._taken_at = now
        spare = self._ready.take(now, surely=True)
        if spare is not None:
            spare.waited_s = None  # it has carried nothing: where it is lost, that is the vendor's doing
        if self._healthy:
            self._fill()
        return spare

    def ended(self, *, well: bool) -> None:
        """A write that had asked for a spare is over. `well`: the vendor answered it."""
        self._healthy = well
        self._leased -= 1
        if well:
            self._fill()

    def drop_oldest(self) -> bool:
        """Close one. False where there is none."""
        return self._ready.drop_oldest()

    def close(self) -> None:
        """Close all of them, and make no more."""
        self._retired = True
        for task in self._making:
            task.cancel()
        self._ready.close()

    def _lost(self) -> None:
        """One was closed. The last one is made anew while writes still come now and then."""
        self._closed()
        self._wanted = max(self._wanted - 1, 1)
        wanted = self._world.now() - self._taken_at < WANTED_S
        if wanted and self._healthy and not self._leased and not len(self):
            self._make()

    def _fill(self) -> None:
        for _ in range(len(self), min(self._wanted, SPARES_MAX)):
            self._make()

    def _make(self) -> None:
        if not self._retired:
            task = asyncio.get_running_loop().create_task(self._one())
            self._making.add(task)
            task.add_done_callback(self._making.discard)

    async def _one(self) -> None:
        try:
            connection = await self._connect()
        except NotSent:
            self._healthy = False
            return
        self._ready.put(connection, self._world.now())
