"""Connections to PostgreSQL, few and bounded: each piece of work gets one, and an answer or a StoreError in time.

Work is asked of `run` as a function of a connection. It is asked once again on another connection where its own was
lost, so it must be such that doing it twice does no harm. Whoever asks may go away: what was begun is finished. It
knows nothing of what is stored; another file of rows asks the same `run`.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol, TypeVar
from weakref import WeakSet

import psycopg
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from tidegate.proxy.store.postgres.postgres_errors import StoreAddress, is_lost, trouble_of
from tidegate.proxy.store.store_error import StoreError
from tidegate.proxy.store.store_health import StoreHealth
from tidegate.world.world import World

Connection = AsyncConnection[tuple[Any, ...]]
T_co = TypeVar("T_co", covariant=True)
T = TypeVar("T")

CONNECTIONS_MAX = 8
"""Of one proxy. A server takes 100 by default (max_connections)."""
CONNECT_S = 3
"""For a server to accept a connection; libpq counts whole seconds, for each of its addresses."""
WAIT_S = 2.0
"""For a connection to come free, or to be made."""
WAIT_KNOWN_S = 0.05
"""And so long once one was waited for in vain, until one is had: nobody queues up before a store that is away."""
RECONNECT_S = 0.2
"""For the pool to try on its own: whoever needs a connection has it try anew, and waits for no pause of its to end."""
LOCK_S = 3.0
"""For a row that another transaction holds."""
STATEMENT_S = 5.0
"""For a statement, its waits included. The server ends it."""
OPERATION_S = 8.0
"""For a whole piece of work. A server that has fallen silent is given up after this."""
SCHEMA = "tidegate"
"""Where our tables are, unless the URL or the role says another search_path."""

_LED_TO = """
WITH written (name, place) AS (
    SELECT coalesce(replace(part[1], '""', '"'), lower(part[2])), place
    FROM regexp_matches(current_setting('search_path'), '"((?:[^"]|"")+)"|([^",[:space:]]+)', 'g')
        WITH ORDINALITY AS found (part, place)
    WHERE current_setting('search_path') <> '"$user", public'
), ours (name, place) AS (
    SELECT name, place FROM written WHERE name <> '$user' AND name NOT LIKE 'pg\\_%'
    UNION ALL SELECT nspname, place FROM written JOIN pg_namespace ON nspname = current_user WHERE name = '$user'
)
SELECT name FROM ours ORDER BY place LIMIT 1"""
"""The search path, read as the server reads it: the first of its schemas that may be ours."""
_SETTINGS = f"""
SELECT set_config('statement_timeout', '{int(STATEMENT_S * 1000)}', false),
    set_config('lock_timeout', '{int(LOCK_S * 1000)}', false),
    set_config('idle_in_transaction_session_timeout', '{int(OPERATION_S * 1000)}', false),
    set_config('client_min_messages', 'warning', false),
    set_config('synchronous_commit',
        CASE current_setting('synchronous_commit') WHEN 'off' THEN 'on' ELSE current_setting('synchronous_commit') END,
        false),
    set_config('default_transaction_isolation', 'read committed', false),
    set_config('search_path', quote_ident(coalesce(({_LED_TO}), '{SCHEMA}')), false)
"""
"""From then on the search path is our schema alone."""
_LIBPQ: Mapping[str, Any] = {
    "application_name": "tidegate",
    "connect_timeout": CONNECT_S,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": int(OPERATION_S * 1000),
    "target_session_attrs": "read-write",  # of several servers the one that takes writes
    "autocommit": True,
}
"""Where the URL says nothing else."""
_ALWAYS: Mapping[str, Any] = {"client_encoding": "utf8"}
"""A database may have another one, which has no letters for what apps and vendors write."""
logging.getLogger("psycopg").setLevel(logging.ERROR)  # each try to connect is a warning; our health tells it once


class Work(Protocol[T_co]):
    """What is done on a connection. `again` where it was asked once before, and may have been done."""

    def __call__(self, connection: Connection, *, again: bool) -> Awaitable[T_co]:
        """Do it."""
        ...


class PostgresConnections:
    """See the module. `await open()` comes first, `await close()` last."""

    def __init__(self, world: World, address: StoreAddress, health: StoreHealth) -> None:
        self._world, self._address, self._health = world, address, health
        self._settings = {name: value for name, value in _LIBPQ.items() if name not in address.parameters}
        self._settings |= _ALWAYS
        self._away = False
        self._good: WeakSet[Connection] = WeakSet()
        """Those that were made since the last one was lost."""
        self._under_way: set[asyncio.Task[Any]] = set()
        self._pool: AsyncConnectionPool[Connection] | None = None

    @property
    def has_some(self) -> bool:
        """Whether there are connections of which nobody knows that they are lost."""
        return bool(self._good)

    async def open(self) -> None:
        """Have connections made when they are needed. Raises StoreError where none can be had now."""
        await self.reach()
        self._pool = AsyncConnectionPool(
            self._address.url,
            kwargs=self._settings,
            min_size=1,
            max_size=CONNECTIONS_MAX,
            timeout=WAIT_S,
            reconnect_timeout=RECONNECT_S,
            configure=self._configure,
            name="tidegate store",
            open=False,
        )
        await self._pool.open()

    async def reach(self) -> None:
        """Connect once, so that what stands in the way is known by its name. Raises StoreError."""
        try:
            async with self._world.timeout(OPERATION_S):
                connection = await AsyncConnection.connect(self._address.url, **self._settings)
                await connection.close()
        except TimeoutError:
            raise self._failed(self._address.error("it does not answer", "away")) from None
        except psycopg.Error as error:
            raise self._failed(self._address.error(error)) from None

    async def own(self) -> Connection:
        """A connection outside the pool, which whoever asks for it closes. Raises psycopg.Error, and TimeoutError.

        The health of the store has nothing to do with it.
        """
        async with self._world.timeout(OPERATION_S):
            connection = await AsyncConnection.connect(self._address.url, **self._settings)
            try:
                await connection.execute(_SETTINGS)
            except BaseException:
                await connection.close()
                raise
        return connection

    async def run(self, work: Work[T], *, patient: bool = False, within_s: float | None = None) -> T:
        """Do a piece of work, each of whose statements is a transaction unless it opens one. Raises StoreError.

        `patient`, it waits for a connection for as long as if the store were not known to be away. It may take
        `within_s` seconds, OPERATION_S by default.
        """
        within_s = OPERATION_S if within_s is None else within_s
        task = asyncio.get_running_loop().create_task(self._done(work, patient=patient))
        self._under_way.add(task)
        task.add_done_callback(self._ended)
        try:
            async with self._world.timeout(within_s):
                return await asyncio.shield(task)
        except TimeoutError:
            self._away = True
            task.cancel()
            raise self._failed(self._address.error("it does not answer", "away", unsure=True)) from None
        except asyncio.CancelledError:
            self._world.call_later(within_s, task.cancel)
            raise

    async def ask(
        self, work: Callable[[Connection], Awaitable[T]], *, patient: bool = False, within_s: float | None = None
    ) -> T:
        """`run` of work that is the same whether it is asked for the first time or once again."""

        def same(connection: Connection, *, again: bool) -> Awaitable[T]:
            del again
            return work(connection)

        return await self.run(same, patient=patient, within_s=within_s)

    async def settle(self) -> None:
        """Wait, within a bound, until what was begun is finished."""
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=OPERATION_S)

    async def close(self) -> None:
        """Finish what was begun, within its bound; then close every connection."""
        await self.settle()
        if self._pool is not None:
            await self._pool.close(timeout=WAIT_S)

    async def _done(self, work: Work[T], *, patient: bool) -> T:
        try:
            return await self._tried(work, again=False, patient=patient)
        except psycopg.Error as error:
            if not is_lost(error):
                raise self._failed(self._address.error(error)) from None
        try:
            return await self._tried(work, again=True, patient=patient)
        except psycopg.Error as error:
            raise self._failed(self._address.error(error, unsure=True)) from None

    async def _tried(self, work: Work[T], *, again: bool, patient: bool) -> T:
        if self._pool is None:
            raise self._address.error("it is not open")
        wait_s = WAIT_S if patient or not self._away else WAIT_KNOWN_S
        try:
            connection = await self._pool.getconn(timeout=wait_s)
        except PoolTimeout:
            self._away = True
            raise self._failed(
                self._address.error("no connection could be had in time", "away", unsure=again)
            ) from None
        except psycopg.Error as error:  # closed meanwhile
            raise self._failed(self._address.error(error, unsure=again)) from None
        try:
            async with connection:
                result = await work(connection, again=again)
        except psycopg.Error as error:
            if is_lost(error) or trouble_of(error) == "read-only":  # the next one may lead to another server
                await connection.close()
                await self._renew(connection)
            raise
        finally:
            await self._pool.putconn(connection)
        self._away = False
        return result

    async def _renew(self, lost: Connection) -> None:
        """Let no connection be given out that is as old as one that was lost: a server that has gone ends them all."""
        if lost in self._good and self._pool is not None:
            self._good.clear()
            await self._pool.drain()

    async def _configure(self, connection: Connection) -> None:
        await connection.execute(_SETTINGS)
        self._good.add(connection)

    def _failed(self, error: StoreError) -> StoreError:
        self._health.failed(error)
        return error

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._under_way.discard(task)
        if not task.cancelled():
            task.exception()  # whoever asked may have gone
