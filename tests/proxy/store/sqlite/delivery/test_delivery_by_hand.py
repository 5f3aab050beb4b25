"""Tests of tidegate.proxy.store.sqlite.delivery.delivery_by_hand."""

import sqlite3

from tests.proxy.store.delivering import FIRST
from tests.proxy.store.places import at
from tests.proxy.store.sqlite.delivery.cost import fill
from tidegate.proxy.store.deliveries import DEFAULT_RETENTION, HandMade
from tidegate.proxy.store.sqlite.delivery.delivery_by_hand import act, audit_of
from tidegate.proxy.store.sqlite.delivery.delivery_sweep import sweep


def test_the_bytes_that_wait_follow_a_body_that_was_edited(connection: sqlite3.Connection) -> None:
    fill(connection, 1, FIRST)
    connection.execute("UPDATE deliveries SET state = 'dead'")
    changed = act(connection, "d0", HandMade("replay", "ann", body=b"x" * 100), at(), DEFAULT_RETENTION)
    assert changed is not None
    rows, size = connection.execute("SELECT rows, bytes FROM delivery_counts WHERE state = 'queued'").fetchone()
    assert (rows, size) == (1, 100 + len(FIRST.headers))


def test_a_line_about_what_a_person_did_outlives_the_delivery(connection: sqlite3.Connection) -> None:
    fill(connection, 1, FIRST)
    assert act(connection, "d0", HandMade("cancel", "ann"), at(), DEFAULT_RETENTION) is not None
    assert sweep(connection, at(1e9)) == 1
    assert len(audit_of(connection, "d0")) == 1
