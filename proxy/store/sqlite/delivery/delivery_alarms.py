"""Alarms: that a delivery became dead or parked is written down by a trigger, in the transaction that makes it so.

They are few. Whoever passes one on names it, because another proxy may have made one meanwhile.
"""

import json
import sqlite3

from tidegate.proxy.store.deliveries import ALARMS_MAX, DeliveryAlarm
from tidegate.proxy.store.sqlite.delivery.delivery_rows import PLAIN
from tidegate.proxy.store.stored_delivery import delivery_of

_FIRST = f"""
SELECT n, alarm_state, alarm_reason, p.* FROM delivery_alarms JOIN ({PLAIN}) p USING (seq) ORDER BY n LIMIT ?"""
_FORGET = "DELETE FROM delivery_alarms WHERE n IN (SELECT value FROM json_each(?))"


def alarms(connection: sqlite3.Connection) -> list[DeliveryAlarm]:
    """See Deliveries.alarms."""
    rows = connection.execute(_FIRST, (ALARMS_MAX,))
    return [DeliveryAlarm(row["n"], delivery_of(row), row["alarm_state"], row["alarm_reason"]) for row in rows]


def forget(connection: sqlite3.Connection, numbers: list[int]) -> None:
    """Forget the alarms of these numbers."""
    connection.execute(_FORGET, (json.dumps(numbers),))
