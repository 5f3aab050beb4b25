"""Tests of tidegate.proxy.store.sqlite.sqlite_clock: one row, over which each later reading is written."""

import sqlite3

from tidegate.proxy.policies.resilience.store_time import SavedClock
from tidegate.proxy.store.sqlite.sqlite_clock import PROBE_BYTES, SCHEMA, load_clock, save_clock


def test_the_last_reading_stays_and_a_probe_leaves_nothing_behind() -> None:
    connection = sqlite3.connect(":memory:")
    connection.executescript(SCHEMA)
    assert load_clock(connection) is None
    for uptime, probe in ((1.0, PROBE_BYTES), (2.0, 0)):
        save_clock(connection, SavedClock(10.0, 20.0, "b", uptime, 30.0), probe)
        assert load_clock(connection) == SavedClock(10.0, 20.0, "b", uptime, 30.0)
        assert connection.execute("SELECT length(probe) FROM store_clock").fetchall() == [(probe,)]
    connection.close()
