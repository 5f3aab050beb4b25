"""The order of an order key, where several proxies change it: whoever does so holds the key's lock until it commits.

Without the lock one could let go of a key while another, which it does not see yet, is written down as waiting for it.
See tidegate.proxy.store.sqlite.delivery.delivery_order.
"""

from tidegate.proxy.policies.resilience.store_time import StoreTime
from tidegate.proxy.store.postgres.delivery.delivery_rows import Row, row_of
from tidegate.proxy.store.postgres.postgres_connections import Connection

OF_KEY = "box = %s AND app = %s AND vendor = %s AND order_key = %s"
OrderKey = tuple[str, str, str, str]
"""Box, app, vendor and order key."""

_LOCK = """
SELECT pg_advisory_xact_lock(hashtextextended(
    concat_ws(chr(1), current_schema(), %s::text, %s::text, %s::text, %s::text), 0))"""
_FIRST = f"SELECT seq FROM deliveries WHERE {OF_KEY} AND holds ORDER BY seq LIMIT 1"
_LET_GO = f"UPDATE deliveries SET blocked = false WHERE {OF_KEY} AND blocked AND seq <= %s"
_HOLD_BACK = f"UPDATE deliveries SET blocked = true WHERE {OF_KEY} AND due AND seq > %s"
_CANCEL = f"""
UPDATE deliveries SET state = 'cancelled', resting = 'cancelled', blocked = false, updated_wall = %s,
    keep_until = %s + keep_s, detail = 'A later one took its place.'
WHERE {OF_KEY} AND holds AND unsent AND seq < %s
    AND (box = 'inbox' OR operation = (SELECT operation FROM deliveries WHERE seq = %s))"""


def order_key_of(row: Row) -> OrderKey | None:
    """The order key of a delivery's row; None where it has no order."""
    return (row["box"], row["app"], row["vendor"], row["order_key"]) if row["order_key"] else None


async def lock_order(connection: Connection, key: OrderKey) -> None:
    """Let nobody else change the order of this key until the transaction ends."""
    await connection.execute(_LOCK, key)


async def is_held(connection: Connection, key: OrderKey, seq: int | None = None) -> bool:
    """Whether one that was accepted before `seq` (None: any at all) holds the key, whose lock we have."""
    first = await row_of(connection, _FIRST, key)
    return first is not None and (seq is None or first["seq"] < seq)


async def let_next_go(connection: Connection, key: OrderKey) -> None:
    """Let those go that nobody holds any more. To be called whenever one leaves its key, or may be passed."""
    await lock_order(connection, key)
    first = await row_of(connection, _FIRST, key)
    await connection.execute(_LET_GO, (*key, first["seq"] if first is not None else 2**62))


async def hold_back(connection: Connection, key: OrderKey, seq: int) -> None:
    """Let those wait that were accepted after `seq`, which is live again and holds the key."""
    await connection.execute(_HOLD_BACK, (*key, seq))


async def cancel_older(connection: Connection, key: OrderKey, seq: int, now: StoreTime) -> None:
    """Cancel those of the key that were accepted before `seq` and never sent, because that one takes their place.

    A write takes the place of those of its own operation alone: another operation's says something else.
    """
    await connection.execute(_CANCEL, (now.wall, now.least, *key, seq, seq))
    await let_next_go(connection, key)
