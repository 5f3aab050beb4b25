"""Deliveries that have ended go when nobody needs them any longer."""

import sqlite3

from tidegate.proxy.policies.resilience.store_time import StoreTime
from tidegate.proxy.store.records import SWEEP_ROWS_MAX

_SWEEP = """
DELETE FROM deliveries WHERE seq IN
    (SELECT seq FROM deliveries WHERE NOT live AND keep_until <= ? ORDER BY keep_until LIMIT ?)"""


def sweep(connection: sqlite3.Connection, now: StoreTime) -> int:
    """See Deliveries.sweep: at most SWEEP_ROWS_MAX rows."""
    return connection.execute(_SWEEP, (now.least, SWEEP_ROWS_MAX)).rowcount
