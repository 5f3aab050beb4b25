"""Rows of PostgreSQL as deliveries and attempts."""

from collections.abc import Mapping, Sequence
from typing import Any

from psycopg.rows import dict_row

from tidegate.proxy.policies.delivery.delivery import Delivery, DeliveryAttempt
from tidegate.proxy.store.postgres.postgres_connections import Connection
from tidegate.proxy.store.stored_delivery import DELIVERY_COLUMNS, attempt_of, delivery_of

NARROW = ", ".join(f"d.{column}" for column in DELIVERY_COLUMNS)
"""The columns of a delivery without its bodies."""
FULL = f"""
SELECT {NARROW}, b.headers, b.body, coalesce(a.answer_headers, '') AS answer_headers,
    coalesce(a.answer_body, '') AS answer_body
FROM deliveries d JOIN delivery_bodies b ON b.seq = d.seq LEFT JOIN delivery_answers a ON a.seq = d.seq """
"""Everything of a delivery; a WHERE is to follow."""
PLAIN = f"""
SELECT {NARROW}, ''::bytea AS headers, ''::bytea AS body, ''::bytea AS answer_headers, ''::bytea AS answer_body
FROM deliveries d """
"""The same without bodies."""

Row = dict[str, Any]
Values = Sequence[object] | Mapping[str, object]


async def rows_of(connection: Connection, query: str, values: Values = ()) -> list[Row]:
    """The rows of a query, by the names of their columns."""
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(query, values)
        return await cursor.fetchall()


async def row_of(connection: Connection, query: str, values: Values = ()) -> Row | None:
    """The first row of a query; None where it has none."""
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(query, values)
        return await cursor.fetchone()


async def find_delivery(connection: Connection, delivery_id: str) -> Delivery | None:
    """The delivery of an id, with its bodies."""
    row = await row_of(connection, FULL + "WHERE d.id = %s", (delivery_id,))
    return None if row is None else delivery_of(row)


_BY_KEY = "WHERE d.box = %s AND d.app = %s AND d.vendor = %s AND d.operation = %s AND d.key = %s"
_BY_FORMER_KEY = """WHERE d.seq = (SELECT seq FROM delivery_former_keys
    WHERE box = %s AND app = %s AND vendor = %s AND operation = %s AND key = %s)"""


async def find_by_key(connection: Connection, key: tuple[str, str, str, str, str]) -> Delivery | None:
    """The delivery of box, app, vendor, operation and key; also by a key that it had before a redo."""
    for where in (_BY_KEY, _BY_FORMER_KEY):
        row = await row_of(connection, FULL + where, key)
        if row is not None:
            return delivery_of(row)
    return None


async def find_attempts(connection: Connection, delivery_id: str) -> list[DeliveryAttempt]:
    """The attempts of a delivery, the first first."""
    query = "SELECT t.* FROM delivery_attempts t JOIN deliveries d ON d.seq = t.seq WHERE d.id = %s ORDER BY t.n"
    return [attempt_of(delivery_id, row) for row in await rows_of(connection, query, (delivery_id,))]
