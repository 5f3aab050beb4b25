"""The connections to one vendor that wait for a next request, and the timer that closes them when their time is over.

The one that was used last is taken first, so that those that are not needed grow old. It makes no connections.
"""

import asyncio
from collections import deque
from collections.abc import Callable

from tidegate.proxy.wire.pool_connection import Connection
from tidegate.proxy.wire.transport import IDLE_MAX_S
from tidegate.world.unread import has_unread
from tidegate.world.world import World

SLACK_S = 0.001
"""A timer may ring a rounding error before its time: what is that close to its end has reached it."""


class IdleConnections:
    """`closed` is called for each connection that is closed here. Times are monotonic seconds."""

    def __init__(self, world: World, closed: Callable[[], None]) -> None:
        self._world = world
        self._closed = closed
        self._waiting: deque[tuple[Connection, float]] = deque()
        self._timer: asyncio.TimerHandle | None = None

    def __len__(self) -> int:
        return len(self._waiting)

    def take(self, now: float, idle_max_s: float = IDLE_MAX_S, *, surely: bool = False) -> Connection | None:
        """One that is still good and was used within `idle_max_s` seconds; None where there is none.

        `surely`: an end of it that has come, and that the loop has not read yet, counts.
        """
        while self._waiting and now - self._waiting[-1][1] < idle_max_s:
            connection, since = self._waiting.pop()
            # Bytes that came while nobody asked (RFC 9112 §9.2: no response to any request) must not answer this one.
            if connection.is_connected() and not connection.should_close and not (surely and _is_spoiled(connection)):
                connection.waited_s = now - since
                return connection
            self._close(connection)
        return None

    def put(self, connection: Connection, now: float) -> None:
        """Keep a connection for the next request."""
        self._waiting.append((connection, now))
        if self._timer is None:
            self._timer = self._world.call_later(IDLE_MAX_S, self._expire)

    def drop_oldest(self) -> bool:
        """End the one that has waited longest, for its descriptor is wanted. False where there is none.

        At once: over TLS a close waits for the vendor's.
        """
        if not self._waiting:
            return False
        self._closed()
        self._waiting.popleft()[0].abort()
        return True

    def close(self) -> None:
        """Close all of them."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        while self._waiting:
            self._close(self._waiting.popleft()[0])

    def _expire(self) -> None:
        """Close those whose time is over, and come again for the next."""
        self._timer = None
        now = self._world.now()
        while self._waiting and now - self._waiting[0][1] >= IDLE_MAX_S - SLACK_S:
            self._close(self._waiting.popleft()[0])
        if self._waiting:
            self._timer = self._world.call_later(self._waiting[0][1] + IDLE_MAX_S - now, self._expire)

    def _close(self, connection: Connection) -> None:
        self._closed()
        connection.close()


def _is_spoiled(connection: Connection) -> bool:
    return connection.transport is not None and has_unread(connection.transport)
