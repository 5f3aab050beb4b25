"""A delivery is accepted: dedupe, the bounds of what may wait, and its place in the order of its key.

One without an order key is one statement. How much waits is counted once a second, and again before one is refused for
it; several proxies together may exceed a bound by what they take within a second.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from psycopg import AsyncCursor

from tidegate.proxy.policies.delivery.delivery import NewDelivery
from tidegate.proxy.policies.resilience.store_time import StoreTime
from tidegate.proxy.store.deliveries import Accepted, BacklogBounds, BacklogFull, Repeated
from tidegate.proxy.store.postgres.delivery.delivery_order import OrderKey, cancel_older, is_held, lock_order
from tidegate.proxy.store.postgres.delivery.delivery_rows import find_by_key, row_of
from tidegate.proxy.store.postgres.postgres_connections import Connection

COUNTED_FOR_S = 1.0
"""A count of what waits is good for so long."""

_INSERT = """
WITH made AS (
    INSERT INTO deliveries (
        id, box, app, vendor, operation, key, fingerprint, method, destination, accepted, accepted_wall, deadline,
        keep_s, order_key, ordering, skip_after, priority, first_not_before, first_state, trace, bytes, state, resting,
        blocked, ripe, not_before, updated_wall, ever_sent)
    SELECT %(id)s, %(box)s, %(app)s, %(vendor)s, %(operation)s, %(key)s, %(fingerprint)s, %(method)s, %(destination)s,
        %(age)s, %(wall)s, %(deadline)s, %(keep_s)s, %(order_key)s, %(order)s, %(skip_after)s, %(priority)s,
        %(not_before)s, %(state)s, %(trace)s, %(bytes)s, %(state)s, %(state)s, %(blocked)s,
        %(not_before)s <= %(age)s, %(not_before)s, %(wall)s, %(state)s = 'unknown'
    WHERE NOT EXISTS (SELECT FROM delivery_former_keys f WHERE f.box = %(box)s AND f.app = %(app)s
        AND f.vendor = %(vendor)s AND f.operation = %(operation)s AND f.key = %(key)s)
    ON CONFLICT DO NOTHING RETURNING seq
), with_body AS (INSERT INTO delivery_bodies SELECT seq, %(headers)s, %(body)s FROM made)
SELECT seq FROM made"""
_WAITING = """
SELECT count(*) AS rows, coalesce(sum(bytes), 0)::bigint AS bytes,
    min(accepted) FILTER (WHERE state <> 'parked') AS oldest
FROM deliveries WHERE box = %s AND live"""


@dataclass
class _Waiting:
    """What waits in a box, as it was counted at an age of the store and changed by ourselves since."""

    counted: float
    rows: int
    bytes: int
    oldest: float


class PostgresBacklog:
    """Watches what waits in each box."""

    def __init__(self) -> None:
        self._waiting: dict[str, _Waiting] = {}

    async def full(
        self, connection: Connection, new: NewDelivery, now: StoreTime, bounds: BacklogBounds
    ) -> BacklogFull | None:
        """Which bound a delivery would break; None where it fits."""
        if await self.fits(connection, new, now, bounds):
            return None
        return _broken(await self._count(connection, new.box, now.least), new, now, bounds)

    async def fits(self, connection: Connection, new: NewDelivery, now: StoreTime, bounds: BacklogBounds) -> bool:
        """Whether it fits for all that is known: what has ended since the last count still counts."""
        waiting = self._waiting.get(new.box)
        if waiting is None or not 0.0 <= now.least - waiting.counted < COUNTED_FOR_S:
            waiting = await self._count(connection, new.box, now.least)
        return _broken(waiting, new, now, bounds) is None

    def took(self, new: NewDelivery) -> None:
        """Count one that was accepted."""
        waiting = self._waiting.get(new.box)
        if waiting is not None:
            waiting.rows += 1
            waiting.bytes += size_of(new)

    async def _count(self, connection: Connection, box: str, age: float) -> _Waiting:
        row = await row_of(connection, _WAITING, (box,))
        assert row is not None
        oldest = age if row["oldest"] is None else row["oldest"]
        self._waiting[box] = _Waiting(age, row["rows"], row["bytes"], oldest)
        return self._waiting[box]


def _broken(waiting: _Waiting, new: NewDelivery, now: StoreTime, bounds: BacklogBounds) -> BacklogFull | None:
    if waiting.rows >= bounds.rows:
        return BacklogFull("rows")
    if waiting.bytes + size_of(new) > bounds.bytes:
        return BacklogFull("bytes")
    return BacklogFull("age") if now.least - waiting.oldest > bounds.age_s else None


def size_of(new: NewDelivery) -> int:
    """The bytes that a delivery counts for."""
    return len(new.headers) + len(new.body)


Answer = Accepted | Repeated | BacklogFull


class Offered(NamedTuple):
    """One of several that are accepted at once. It has no order key."""

    new: NewDelivery
    now: StoreTime
    bounds: BacklogBounds


async def accept_all(
    connection: Connection, offers: Sequence[Offered], backlog: PostgresBacklog, *, again: bool
) -> list[Answer | ValueError]:
    """Accept several in one commit, each as if alone. A mistake stands in its place: it has changed nothing.

    The statements go out together, and in the order of their keys: two proxies that wait for each other's would wait
    for ever. What was not new is looked at one by one, after the commit; and so are all where one may not fit.
    """
    places = sorted(range(len(offers)), key=lambda place: _key_of(offers[place].new))
    made: dict[int, AsyncCursor[tuple[Any, ...]]] = {}
    if await _all_fit(connection, offers, backlog):
        async with connection.transaction(), connection.pipeline():
            for place in places:
                values = _values(offers[place].new, offers[place].now, blocked=False)
                made[place] = await connection.execute(_INSERT, values)
    answers: list[Answer | ValueError] = []
    for place, (new, now, bounds) in enumerate(offers):
        if place in made and await made[place].fetchone() is not None:
            answers.append(Accepted())
            continue
        full = None if place in made else await backlog.full(connection, new, now, bounds)
        try:
            answers.append(await accept(connection, new, now, full, again=again))
        except ValueError as error:
            answers.append(error)
        if place not in made:
            backlog.took(new)
    return answers


async def _all_fit(connection: Connection, offers: Sequence[Offered], backlog: PostgresBacklog) -> bool:
    """Whether no bound would be broken by any of them. Counts them: too many rather than too few."""
    for new, now, bounds in offers:
        if not await backlog.fits(connection, new, now, bounds):
            return False
        backlog.took(new)
    return True


async def accept(
    connection: Connection, new: NewDelivery, now: StoreTime, full: BacklogFull | None, *, again: bool
) -> Answer:
    """See Deliveries.accept. `full` where a bound would be broken; `again` where this may have been done before.

    With an order key or `latest-wins`, within a transaction.
    """
    seq = None if full is not None else await _inserted(connection, new, now)
    if seq is not None:
        return Accepted()
    known = await find_by_key(connection, _key_of(new))
    if known is not None:
        return Accepted() if again and known.new.id == new.id else Repeated(known)
    if full is not None:
        return full
    raise ValueError(f"the id {new.id} is another delivery's")


async def _inserted(connection: Connection, new: NewDelivery, now: StoreTime) -> int | None:
    """Its place in the order of acceptance; None where its key is known."""
    order_key: OrderKey | None = (new.box, new.app, new.vendor, new.order_key) if new.order_key else None
    blocked = False
    if order_key is not None:
        await lock_order(connection, order_key)
        blocked = await is_held(connection, order_key)
    row = await row_of(connection, _INSERT, _values(new, now, blocked=blocked))
    if row is None:
        return None
    if order_key is not None and new.order == "latest-wins":
        await cancel_older(connection, order_key, row["seq"], now)
    return int(row["seq"])


def _values(new: NewDelivery, now: StoreTime, *, blocked: bool) -> dict[str, object]:
    return {name: getattr(new, name) for name in new.__slots__} | {
        "age": now.least, "wall": new.accepted_wall, "bytes": size_of(new), "blocked": blocked,
    }  # fmt: skip


def _key_of(new: NewDelivery) -> tuple[str, str, str, str, str]:
    return new.box, new.app, new.vendor, new.operation, new.key
