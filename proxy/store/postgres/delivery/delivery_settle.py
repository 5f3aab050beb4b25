"""A leased delivery is tried, kept longer, and settled. Whoever has lost the lease changes nothing.

`again` means that the same may have been done before, and its answer was lost with the connection. Several at once are
one commit, and a statement or two, of arrays: their rows are locked in the order of their ids, so that no two proxies
wait for each other. Such a statement is planned each time: a plan that was made for a small table would read all of a
large one.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

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

_TYPES: Mapping[type, str] = {str: "text", int: "bigint", float: "double precision", bool: "boolean"}
_BEGUN_FIELDS: Mapping[str, type] = {"id": str, "token": int, "age": float, "wall": float, "call_id": str}
_SETTLED_FIELDS: Mapping[str, type] = {
    "seq": int, "token": int, "age": float, "wall": float, "outcome": str, "status": int, "problem": str, "state": str,
    "resting": str, "counts": bool, "not_before": float, "dead_reason": str, "detail": str, "reference": str,
    "keep_until": float, "is_answered": bool,
}  # fmt: skip
"""Field of what begins, or is settled → its type. The bodies of an answer stand beside these."""


def _given(fields: Mapping[str, type]) -> str:
    """The rows of several, as they are bound: an array for each field, in binary."""
    arrays = ", ".join(f"%({name})b::{_TYPES[kind]}[]" for name, kind in fields.items())
    return f"unnest({arrays}) WITH ORDINALITY AS g ({', '.join(fields)}, place)"


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
_BEGIN_ALL = f"""
WITH held AS MATERIALIZED (
    SELECT d.seq, g.* FROM {_given(_BEGUN_FIELDS)}
    JOIN deliveries d ON d.id = g.id AND d.lease_token = g.token
    WHERE d.state = 'leased' AND d.lease_until > g.age ORDER BY d.id FOR UPDATE OF d
), ours AS (
    UPDATE deliveries d SET state = 'sending', resting = 'sending', ever_sent = true, updated_wall = h.wall
    FROM held h WHERE d.seq = h.seq
), numbered AS (
    SELECT h.*, 1 + coalesce((SELECT max(n) FROM delivery_attempts m WHERE m.seq = h.seq), 0) AS n FROM held h
), old AS (
    DELETE FROM delivery_attempts t USING numbered h WHERE t.seq = h.seq AND t.n <= h.n - %(kept)s
), made AS (
    INSERT INTO delivery_attempts (seq, n, lease_token, began_wall, began, call_id)
    SELECT seq, n, token, wall, age, call_id FROM numbered
)
SELECT place - 1, n FROM numbered"""
_BEGUN = """
SELECT n FROM delivery_attempts WHERE seq = (SELECT seq FROM deliveries WHERE id = %s) AND lease_token = %s
    AND call_id = %s AND ended_wall = 0"""
_END = """
UPDATE delivery_attempts SET ended_wall = %s, outcome = %s, status = %s, problem = %s, late = %s
WHERE seq = (SELECT seq FROM deliveries WHERE id = %s) AND lease_token = %s AND ended_wall = 0"""
_END_OURS = """
UPDATE delivery_attempts SET ended_wall = %(wall)s, outcome = %(outcome)s, status = %(status)s, problem = %(problem)s
WHERE seq = %(seq)s AND lease_token = %(token)s AND ended_wall = 0"""
_SETTLE = """
UPDATE deliveries SET state = %(state)s, resting = %(resting)s, attempts = attempts + %(counts)s::int,
    not_before = %(not_before)s, ripe = %(not_before)s <= %(age)s, updated_wall = %(wall)s, lease_until = 0,
    settled_token = lease_token, dead_reason = %(dead_reason)s, detail = %(detail)s, status = %(status)s,
    reference = CASE %(reference)s WHEN '' THEN reference ELSE %(reference)s END, keep_until = %(keep_until)s
WHERE seq = %(seq)s"""
_OURS_ALL = """
SELECT seq, box, app, vendor, order_key, state, keep_s, place - 1 AS place
FROM unnest(%s::text[], %s::bigint[]) WITH ORDINALITY AS g (id, token, place)
JOIN deliveries d ON d.id = g.id AND d.lease_token = g.token
WHERE leased ORDER BY d.id FOR UPDATE OF d"""
_SETTLE_ALL = f"""
WITH given AS (
    SELECT * FROM {_given(_SETTLED_FIELDS)}
), ended AS (
    UPDATE delivery_attempts t SET ended_wall = g.wall, outcome = g.outcome, status = g.status, problem = g.problem
    FROM given g WHERE t.seq = g.seq AND t.lease_token = g.token AND t.ended_wall = 0
), answered AS (
    INSERT INTO delivery_answers
    SELECT seq, (%(answer_headers)b::bytea[])[place], (%(answer_body)b::bytea[])[place] FROM given WHERE is_answered
    ON CONFLICT (seq) DO UPDATE SET answer_headers = excluded.answer_headers, answer_body = excluded.answer_body
)
UPDATE deliveries d SET state = g.state, resting = g.resting, attempts = attempts + g.counts::int,
    not_before = g.not_before, ripe = g.not_before <= g.age, updated_wall = g.wall, lease_until = 0,
    settled_token = lease_token, dead_reason = g.dead_reason, detail = g.detail, status = g.status,
    reference = CASE g.reference WHEN '' THEN d.reference ELSE g.reference END, keep_until = g.keep_until
FROM given g WHERE d.seq = g.seq"""
_ANSWER = """
INSERT INTO delivery_answers VALUES (%(seq)s, %(answer_headers)s, %(answer_body)s)
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
    values = [_begin_values(beginning) for beginning in beginnings]
    if len(values) == 1:
        row = await (await connection.execute(_BEGIN, {**values[0], "kept": ATTEMPTS_KEPT})).fetchone()
        begun = {} if row is None else {0: int(row[0])}
    else:
        arrays = _in_arrays(_BEGUN_FIELDS, values)
        begun = dict(await (await connection.execute(_BEGIN_ALL, arrays, prepare=False)).fetchall())
    for place, (delivery, call_id, _) in enumerate(beginnings if again else ()):
        before = await row_of(connection, _BEGUN, (*_held(delivery), call_id)) if place not in begun else None
        if before is not None:
            begun[place] = int(before["n"])
    return [begun.get(place) for place in range(len(beginnings))]


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
    settled: list[bool | ValueError] = []
    written: list[dict[str, object]] = []
    for ending, row in _both(endings, rows):
        if row is None:
            before = again and await row_of(connection, _SETTLED, _held(ending.delivery)) is not None
            if not before:
                await connection.execute(_END, (*_end_of(ending), True, *_held(ending.delivery)))
            settled.append(before)
        elif ending.settlement.state not in FOLLOWS[row["state"]]:
            wrong = f"a delivery that is {row['state']} does not become {ending.settlement.state}"
            settled.append(ValueError(wrong))
        else:
            written.append(_settled_values(ending, row, retention))
            settled.append(True)
    await _write(connection, written)
    for ours, (ending, row) in zip(settled, _both(endings, rows), strict=True):
        if ours is True and ending.then is not None:
            await delivery_accept.accept(connection, ending.then, ending.now, None, again=again)
        key = order_key_of(row) if ours is True and row is not None else None
        if key is not None:
            await let_next_go(connection, key)
    return settled


def _both(endings: Sequence[Ending], rows: Sequence[Row | None]) -> list[tuple[Ending, Row | None]]:
    return list(zip(endings, rows, strict=True))


async def _held_rows(connection: Connection, endings: Sequence[Ending]) -> list[Row | None]:
    """The row of each, which is locked; None where its lease is lost."""
    held = [_held(ending.delivery) for ending in endings]
    if len(held) == 1:
        return [await row_of(connection, _OURS, held[0])]
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(_OURS_ALL, tuple(map(list, zip(*held, strict=True))), prepare=False)
        rows = {row["place"]: row for row in await cursor.fetchall()}
    return [rows.get(place) for place in range(len(held))]


async def _write(connection: Connection, written: Sequence[dict[str, object]]) -> None:
    """Settle rows that are locked."""
    if len(written) > 1:
        values = _in_arrays(_SETTLED_FIELDS, written)
        values |= {name: [one[name] for one in written] for name in ("answer_headers", "answer_body")}
        await connection.execute(_SETTLE_ALL, values, prepare=False)
        return
    async with connection.pipeline():
        for values in written:
            for query in (_END_OURS, _SETTLE, *([_ANSWER] if values["is_answered"] else [])):
                await connection.execute(query, values)


def _settled_values(ending: Ending, row: Row, retention: DeliveryRetention) -> dict[str, object]:
    delivery, settlement, now, _ = ending
    names = _SETTLED_FIELDS.keys() - {"seq", "token", "age", "wall", "keep_until", "is_answered"}
    values: dict[str, object] = {name: getattr(settlement, name) for name in names}
    answer = {"answer_headers": settlement.answer_headers, "answer_body": settlement.answer_body}
    return {
        **values, **answer, "is_answered": any(answer.values()), "seq": row["seq"], "token": delivery.lease_token,
        "age": now.least, "wall": now.wall, "keep_until": _keep_until(settlement, row["keep_s"], now, retention),
    }  # fmt: skip


def _end_of(ending: Ending) -> tuple[object, ...]:
    settlement = ending.settlement
    return ending.now.wall, settlement.outcome, settlement.status, settlement.problem


def _in_arrays(fields: Mapping[str, type], rows: Sequence[Mapping[str, object]]) -> dict[str, object]:
    """Each field of the rows as one list, of values of its type."""
    values: dict[str, object] = {name: [kind(row[name]) for row in rows] for name, kind in fields.items()}
    return values | {"kept": ATTEMPTS_KEPT}


def _held(delivery: Delivery) -> tuple[str, int]:
    return delivery.new.id, delivery.lease_token


def _begin_values(beginning: Beginning) -> dict[str, object]:
    delivery, call_id, now = beginning
    held = {"id": delivery.new.id, "token": delivery.lease_token}
    return {**held, "age": now.least, "wall": now.wall, "call_id": call_id}


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
