"""A leased delivery is tried, kept longer, and settled. Whoever has lost the lease changes nothing.

`again` means that the same may have been done before, and its answer was lost with the connection. Several at once are
one commit, and two round trips: their rows are locked in the order of their ids, so that no two proxies wait for each
other.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from psycopg import AsyncCursor
from psycopg.rows import dict_row

from tidegate.proxy.policies.delivery.delivery import FOLLOWS, Delivery, NewDelivery, Settlement
from tidegate.proxy.policies.resilience.store_time import StoreTime
from tidegate.proxy.store.deliveries import DeliveryRetention
from tidegate.proxy.store.postgres.delivery import delivery_accept
from tidegate.proxy.store.postgres.delivery.delivery_order import let_next_go, order_key_of
from tidegate.proxy.store.postgres.delivery.delivery_rows import Row, row_of, rows_of
from tidegate.proxy.store.postgres.postgres_connections import Connection
from tidegate.proxy.store.store_error import StoreError

ATTEMPTS_KEPT = 100
"""Of each delivery so many attempts are kept, the last ones."""

_OURS = """
SELECT seq, box, app, vendor, order_key, state, keep_s FROM deliveries
WHERE id = %s AND lease_token = %s AND leased FOR UPDATE"""
_BEGIN = """
WITH ours AS (
    UPDATE deliveries SET state = 'sending', resting = 'sending', ever_sent = true, updated_wall = %(wall)s
    WHERE id = %(id)s AND lease_token = %(token)s AND state = 'leased' AND lease_until > %(age)s RETURNING seq
), old AS (
    DELETE FROM delivery_attempts t USING ours o WHERE t.seq = o.seq AND t.n <=
        (SELECT max(n) FROM delivery_attempts m WHERE m.seq = o.seq) + 1 - %(kept)s
)
INSERT INTO delivery_attempts (seq, n, lease_token, began_wall, began, call_id)
SELECT seq, 1 + coalesce((SELECT max(n) FROM delivery_attempts m WHERE m.seq = ours.seq), 0), %(token)s, %(wall)s,
    %(age)s, %(call_id)s
FROM ours RETURNING n"""
_BEGUN = """
SELECT n FROM delivery_attempts WHERE seq = (SELECT seq FROM deliveries WHERE id = %s) AND lease_token = %s
    AND call_id = %s AND ended_wall = 0"""
_END = """
UPDATE delivery_attempts SET ended_wall = %s, outcome = %s, status = %s, problem = %s, late = %s
WHERE seq = (SELECT seq FROM deliveries WHERE id = %s) AND lease_token = %s AND ended_wall = 0"""
_SETTLE = """
UPDATE deliveries SET state = %(state)s, resting = %(state)s, attempts = attempts + %(counts)s::int,
    not_before = %(not_before)s, ripe = %(not_before)s <= %(age)s, updated_wall = %(wall)s, lease_until = 0,
    settled_token = lease_token, dead_reason = %(dead_reason)s, detail = %(detail)s, status = %(status)s,
    reference = CASE %(reference)s WHEN '' THEN reference ELSE %(reference)s END, keep_until = %(keep_until)s
WHERE seq = %(seq)s"""
_ANSWER = """
INSERT INTO delivery_answers VALUES (%s, %s, %s)
ON CONFLICT (seq) DO UPDATE SET answer_headers = excluded.answer_headers, answer_body = excluded.answer_body"""
_SETTLED = "SELECT 1 AS yes FROM deliveries WHERE id = %s AND settled_token = %s"
_EXTEND = """
UPDATE deliveries d SET lease_until = %s, boot = %s FROM unnest(%s::text[], %s::bigint[]) AS held (id, token)
WHERE d.id = held.id AND d.lease_token = held.token AND d.leased RETURNING d.id"""


class Beginning(NamedTuple):
    """An attempt that begins."""

    delivery: Delivery
    call_id: str
    now: StoreTime


class Ending(NamedTuple):
    """A delivery that is settled, and what is accepted in the same transaction: however much waits."""

    delivery: Delivery
    settlement: Settlement
    now: StoreTime
    then: NewDelivery | None = None


async def begin_all(connection: Connection, beginnings: Sequence[Beginning], *, again: bool) -> list[int | None]:
    """See Deliveries.begin_attempt. A lease that is over is lost, even where nobody has taken it back yet."""
    made: dict[int, AsyncCursor[tuple[Any, ...]]] = {}
    if len(beginnings) == 1:
        made[0] = await connection.execute(_BEGIN, _begin_values(beginnings[0]))
    else:
        async with connection.transaction(), connection.pipeline():
            for place in sorted(range(len(beginnings)), key=lambda place: beginnings[place].delivery.new.id):
                made[place] = await connection.execute(_BEGIN, _begin_values(beginnings[place]))
    begun: list[int | None] = []
    for place, (delivery, call_id, _) in enumerate(beginnings):
        row = await made[place].fetchone()
        n = None if row is None else int(row[0])
        if n is None and again:
            before = await row_of(connection, _BEGUN, (delivery.new.id, delivery.lease_token, call_id))
            n = None if before is None else int(before["n"])
        begun.append(n)
    return begun


async def settle_all(
    connection: Connection, endings: Sequence[Ending], retention: DeliveryRetention, *, again: bool
) -> list[bool | ValueError]:
    """See Deliveries.settle. A mistake stands in its place: nothing was changed for it. Opens a transaction.

    Several have no order key, nor has what is accepted with them. Raises StoreError where each is to be settled alone.
    """
    if len({ending.delivery.new.id for ending in endings}) < len(endings):
        raise StoreError("a delivery is settled twice at once")
    places = sorted(range(len(endings)), key=lambda place: endings[place].delivery.new.id)
    in_order = [endings[place] for place in places]
    try:
        async with connection.transaction():
            settled = await _settle_in_order(connection, in_order, retention, again=again)
    except ValueError as error:  # what one was to become cannot be accepted: all was undone
        if len(endings) > 1:
            raise StoreError(str(error)) from error
        return [error]
    results = dict(zip(places, settled, strict=True))
    return [results[place] for place in range(len(endings))]


async def _settle_in_order(
    connection: Connection, endings: Sequence[Ending], retention: DeliveryRetention, *, again: bool
) -> list[bool | ValueError]:
    """Settle them, and let go what waited for them. Raises ValueError where what is to follow cannot be accepted."""
    rows = await _held_rows(connection, endings)
    before = [again and row is None and await _was_settled(connection, ending) for ending, row in _both(endings, rows)]
    settled = list[bool | ValueError]()
    async with connection.pipeline():
        for done, (ending, row) in zip(before, _both(endings, rows), strict=True):
            settled.append(done or await _settle(connection, ending, row, retention))
    for ours, (ending, row) in zip(settled, _both(endings, rows), strict=True):
        if ours is True and ending.then is not None:
            await delivery_accept.accept(connection, ending.then, ending.now, None, again=again)
        key = order_key_of(row) if ours is True and row is not None else None
        if key is not None:
            await let_next_go(connection, key)
    return settled


def _both(endings: Sequence[Ending], rows: Sequence[Row | None]) -> list[tuple[Ending, Row | None]]:
    return list(zip(endings, rows, strict=True))


async def _was_settled(connection: Connection, ending: Ending) -> bool:
    return await row_of(connection, _SETTLED, _held(ending.delivery)) is not None


async def _held_rows(connection: Connection, endings: Sequence[Ending]) -> list[Row | None]:
    """The row of each, which is locked; None where its lease is lost."""
    if len(endings) == 1:
        return [await row_of(connection, _OURS, _held(endings[0].delivery))]
    found = []
    async with connection.pipeline():
        for ending in endings:
            cursor = connection.cursor(row_factory=dict_row)
            await cursor.execute(_OURS, _held(ending.delivery))
            found.append(cursor)
    return [await cursor.fetchone() for cursor in found]


async def _settle(
    connection: Connection, ending: Ending, row: Row | None, retention: DeliveryRetention
) -> bool | ValueError:
    """Settle one, of which `row` is locked. Reads nothing."""
    delivery, settlement, now, _ = ending
    if row is not None and settlement.state not in FOLLOWS[row["state"]]:
        return ValueError(f"a delivery that is {row['state']} does not become {settlement.state}")
    end = (now.wall, settlement.outcome, settlement.status, settlement.problem, row is None)
    await connection.execute(_END, (*end, *_held(delivery)))
    if row is None:
        return False
    names = ("state", "counts", "not_before", "dead_reason", "detail", "status", "reference")
    values: dict[str, object] = {name: getattr(settlement, name) for name in names}
    values |= {
        "age": now.least, "wall": now.wall, "seq": row["seq"],
        "keep_until": _keep_until(settlement, row["keep_s"], now, retention),
    }  # fmt: skip
    await connection.execute(_SETTLE, values)
    if settlement.answer_headers or settlement.answer_body:
        await connection.execute(_ANSWER, (row["seq"], settlement.answer_headers, settlement.answer_body))
    return True


def _held(delivery: Delivery) -> tuple[str, int]:
    return delivery.new.id, delivery.lease_token


def _begin_values(beginning: Beginning) -> dict[str, object]:
    delivery, call_id, now = beginning
    return {
        "id": delivery.new.id, "token": delivery.lease_token, "age": now.least, "wall": now.wall, "call_id": call_id,
        "kept": ATTEMPTS_KEPT,
    }  # fmt: skip


async def extend(
    connection: Connection, deliveries: Sequence[Delivery], now: StoreTime, lease_s: float, boot: int
) -> set[str]:
    """See Deliveries.extend. They are of this boot then: a proxy that was paused has another than it leased by."""
    held = ([one.new.id for one in deliveries], [one.lease_token for one in deliveries])
    return {row["id"] for row in await rows_of(connection, _EXTEND, (now.least + lease_s, boot, *held))}


def _keep_until(settlement: Settlement, keep_s: float, now: StoreTime, retention: DeliveryRetention) -> float:
    if settlement.state == "dead":
        return retention.dead_until(keep_s, now)
    return retention.done_until(keep_s, now) if settlement.state == "done" else 0.0
