"""Hints between the proxies that share a store: something may be due at once. Workers look by themselves all the same.

A NOTIFY takes one lock for the whole server until its transaction is on the disk, so that transactions which have one
commit one after the other (github.com/agent-substrate/substrate/issues/920). Hence it is sent after the commit, in a
transaction that writes nothing, and at most once in TELL_EVERY_S by a proxy, whatever has happened in that time. A hint
that is lost costs the time until the next look. It knows nothing of what is due.
"""

import asyncio
from collections.abc import Callable
from typing import get_args

import psycopg
from psycopg import sql

from tidegate.proxy.policies.delivery.delivery import Box
from tidegate.proxy.policies.delivery.delivery_backoff import added_jitter_s
from tidegate.proxy.store.postgres.postgres_connections import OPERATION_S, Connection, PostgresConnections
from tidegate.proxy.store.store_error import StoreError
from tidegate.world.world import World

TELL_EVERY_S = 0.1
QUIET_S = 30.0
"""After so long without a hint the connection is tried: one whose other end has gone is silent, too."""
LISTEN_AGAIN_S = 0.5
LISTEN_AGAIN_MAX_S = 30.0
"""After a connection was lost, or could not be had: the first wait, and the longest."""

BOXES: tuple[Box, ...] = get_args(Box)

_CHANNEL = "SELECT 'tidegate_' || md5(current_schema())"
"""A channel is one for all schemas of a database, so each has its own."""
_NOTIFY = """
WITH channel (name) AS (SELECT 'tidegate_' || md5(current_schema()))
SELECT pg_notify(channel.name, %s || ':' || box) FROM channel, unnest(%s::text[]) AS box"""


class PostgresHints:
    """See the module. `heard` is called with the box of each hint, and for all when hints may have been lost."""

    def __init__(
        self, world: World, connections: PostgresConnections, boot: Callable[[], int], heard: Callable[[Box], None]
    ) -> None:
        self._world, self._connections, self._boot, self._heard = world, connections, boot, heard
        self._rng = world.random("store hints")
        self._untold: set[Box] = set()
        self._telling: asyncio.Task[None] | None = None
        self._listening: asyncio.Task[None] | None = None
        self.listens = asyncio.Event()
        """Set while there is a connection to hear by."""

    def start(self) -> None:
        """Tell and listen from now on."""
        if self._listening is None:
            self._listening = asyncio.get_running_loop().create_task(self._listen_on())

    async def close(self) -> None:
        """Neither tell nor listen any more."""
        tasks = [task for task in (self._listening, self._telling) if task is not None]
        self._listening = self._telling = None
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def tell(self, box: Box) -> None:
        """Let the other proxies know, soon. To be called after the commit."""
        if self._listening is None:
            return
        self._untold.add(box)
        if self._telling is None or self._telling.done():
            self._telling = asyncio.get_running_loop().create_task(self._tell_on())

    async def notify(self, connection: Connection, boxes: tuple[Box, ...]) -> None:
        """Let them know on a connection, of which no transaction is open."""
        await connection.execute(_NOTIFY, (str(self._boot()), list(boxes)))

    async def _tell_on(self) -> None:
        while self._untold:
            boxes = tuple(sorted(self._untold))
            self._untold.clear()

            async def work(connection: Connection, boxes: tuple[Box, ...] = boxes) -> None:
                await self.notify(connection, boxes)

            try:
                await self._connections.ask(work)
            except StoreError:
                continue  # they look by themselves
            await self._world.sleep(TELL_EVERY_S)

    async def _listen_on(self) -> None:
        tries = 0
        while True:
            try:
                connection = await self._connections.own()
                try:
                    await self._begin(connection)
                    tries = 0
                    await self._hear(connection)
                finally:
                    self.listens.clear()
                    await connection.close()
            except (psycopg.Error, OSError, TimeoutError):
                tries += 1
            await self._world.sleep(
                added_jitter_s(max(tries, 1), self._rng, base_s=LISTEN_AGAIN_S, cap_s=LISTEN_AGAIN_MAX_S)
            )

    async def _begin(self, connection: Connection) -> None:
        async with self._world.timeout(OPERATION_S):
            row = await (await connection.execute(_CHANNEL)).fetchone()
            assert row is not None
            await connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(row[0])))
        self.listens.set()
        for box in BOXES:  # what was told while nobody listened
            self._heard(box)

    async def _hear(self, connection: Connection) -> None:
        """Pass hints on until the connection is lost, which is an error."""
        while True:
            async for notice in connection.notifies(timeout=QUIET_S):
                boot, _, told = notice.payload.partition(":")
                for box in BOXES:
                    if told == box and boot != str(self._boot()):
                        self._heard(box)
            async with self._world.timeout(OPERATION_S):
                await connection.execute("SELECT 1")
