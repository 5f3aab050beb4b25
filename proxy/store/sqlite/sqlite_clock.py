"""The last reading of the store's clock in SQLite: one row, over which each later one is written."""

import sqlite3

from tidegate.proxy.policies.resilience.store_time import SavedClock
from tidegate.proxy.store.records import BODY_KEPT_BYTES_MAX

PROBE_BYTES = BODY_KEPT_BYTES_MAX // 16
"""So much is written to find out whether the store takes records again: more pages than an ordinary record has."""

SCHEMA = """
CREATE TABLE IF NOT EXISTS store_clock (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    least REAL NOT NULL, most REAL NOT NULL, boot TEXT NOT NULL, uptime REAL NOT NULL, wall REAL NOT NULL,
    probe BLOB NOT NULL
);
"""


def load_clock(connection: sqlite3.Connection) -> SavedClock | None:
    """The last reading; None where there is none yet."""
    row = connection.execute("SELECT least, most, boot, uptime, wall FROM store_clock").fetchone()
    return None if row is None else SavedClock(*row)


def save_clock(connection: sqlite3.Connection, reading: SavedClock, probe_bytes: int = 0) -> None:
    """Write a reading down, with so many bytes that mean nothing."""
    values = (*reading, probe_bytes)
    connection.execute("INSERT OR REPLACE INTO store_clock VALUES (1, ?, ?, ?, ?, ?, zeroblob(?))", values)
