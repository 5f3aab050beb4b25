"""Alarms: that a delivery became dead or parked is written down by a trigger, in the transaction that makes it so.

Whoever passes one on names it, because another proxy may have made one, or passed it on, meanwhile.
"""

from tidegate.proxy.store.deliveries import ALARMS_MAX, DeliveryAlarm
from tidegate.proxy.store.postgres.delivery.delivery_rows import PLAIN, rows_of
from tidegate.proxy.store.postgres.postgres_connections import Connection
from tidegate.proxy.store.stored_delivery import delivery_of

ALARM_TABLES = """
CREATE TABLE delivery_alarms (
    n bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    seq bigint NOT NULL REFERENCES deliveries (seq) ON DELETE CASCADE, alarm_state text NOT NULL,
    alarm_reason text NOT NULL
);
CREATE INDEX delivery_alarms_by_row ON delivery_alarms (seq);
CREATE FUNCTION note_delivery_alarm() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('INSERT INTO %I.delivery_alarms (seq, alarm_state, alarm_reason) VALUES ($1, $2, $3)',
        TG_TABLE_SCHEMA) USING new.seq, new.state, new.dead_reason;  -- whatever the search_path is
    RETURN NULL;
END $$;
CREATE TRIGGER deliveries_alarming AFTER UPDATE OF state ON deliveries FOR EACH ROW
    WHEN (new.state IN ('dead', 'parked') AND old.state <> new.state) EXECUTE FUNCTION note_delivery_alarm();
"""

_FIRST = f"""
SELECT n, alarm_state, alarm_reason, p.* FROM delivery_alarms JOIN ({PLAIN}) p USING (seq) ORDER BY n LIMIT %s"""


async def alarms(connection: Connection) -> list[DeliveryAlarm]:
    """See Deliveries.alarms."""
    rows = await rows_of(connection, _FIRST, (ALARMS_MAX,))
    return [DeliveryAlarm(row["n"], delivery_of(row), row["alarm_state"], row["alarm_reason"]) for row in rows]


async def forget(connection: Connection, numbers: list[int]) -> None:
    """Forget the alarms of these numbers."""
    await connection.execute("DELETE FROM delivery_alarms WHERE n = ANY(%s)", (numbers,))
