"""Tests of tidegate.proxy.store.sqlite.delivery.delivery_overdue: so many at a time, and those of another life."""

import sqlite3
from dataclasses import replace

from tests.proxy.store.delivering import FIRST
from tests.proxy.store.places import at
from tests.proxy.store.sqlite.delivery.cost import fill
from tidegate.proxy.store.deliveries import DEFAULT_RETENTION
from tidegate.proxy.store.sqlite.delivery.delivery_overdue import (
    OVERDUE_MAX,
    end_leases_of_others,
    expire,
    take_back_leases,
)

COUNT = "SELECT count(*) FROM deliveries WHERE state = ?"


def test_a_bounded_number_expires_at_once(connection: sqlite3.Connection) -> None:
    fill(connection, OVERDUE_MAX + 1, replace(FIRST, deadline=1.0))
    for expected in (OVERDUE_MAX, OVERDUE_MAX + 1):
        expire(connection, "outbox", at(1), DEFAULT_RETENTION)
        assert connection.execute(COUNT, ("dead",)).fetchone()[0] == expected


def test_a_bounded_number_of_leases_is_taken_back_at_once(connection: sqlite3.Connection) -> None:
    fill(connection, OVERDUE_MAX + 1, FIRST)
    connection.execute("UPDATE deliveries SET state = 'leased', lease_until = 1, boot = 1")
    for expected in (OVERDUE_MAX, OVERDUE_MAX + 1):
        take_back_leases(connection, "outbox", at(1), DEFAULT_RETENTION)
        assert connection.execute(COUNT, ("queued",)).fetchone()[0] == expected


def test_only_the_leases_of_other_lives_are_over(connection: sqlite3.Connection) -> None:
    fill(connection, 2, FIRST)
    connection.execute("UPDATE deliveries SET state = 'leased', lease_until = 99, boot = seq")
    end_leases_of_others(connection, 2)
    assert [row[0] for row in connection.execute("SELECT lease_until FROM deliveries ORDER BY seq")] == [0.0, 99.0]
