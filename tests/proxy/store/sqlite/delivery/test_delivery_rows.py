"""Tests of tidegate.proxy.store.sqlite.delivery.delivery_rows."""

import sqlite3

from tests.proxy.store.delivering import FIRST, ROOM
from tests.proxy.store.places import NOW, at
from tidegate.proxy.policies.delivery.delivery import Delivery, DeliveryAttempt
from tidegate.proxy.store.sqlite.delivery.delivery_accept import Offer, accept
from tidegate.proxy.store.sqlite.delivery.delivery_backlog import SqliteBacklog
from tidegate.proxy.store.sqlite.delivery.delivery_rows import PLAIN, find_attempts, find_delivery
from tidegate.proxy.store.stored_delivery import delivery_of


def test_a_row_says_what_was_accepted(connection: sqlite3.Connection) -> None:
    accept(connection, Offer(FIRST, at(), ROOM), SqliteBacklog())
    assert find_delivery(connection, "d0") == Delivery(FIRST, "queued", 0, 0, 0.0, NOW, "queued", ever_sent=False)
    assert find_delivery(connection, "d1") is None


def test_a_plain_row_reads_no_body(connection: sqlite3.Connection) -> None:
    accept(connection, Offer(FIRST, at(), ROOM), SqliteBacklog())
    plan = connection.execute("EXPLAIN QUERY PLAN " + PLAIN + "WHERE d.id = 'd0'").fetchall()
    assert [row[3] for row in plan] == ["SEARCH d USING INDEX sqlite_autoindex_deliveries_1 (id=?)"]
    plain = delivery_of(connection.execute(PLAIN).fetchone())
    assert (plain.new.id, plain.new.headers, plain.new.body) == ("d0", b"", b"")


def test_a_late_attempt_is_told_from_others(connection: sqlite3.Connection) -> None:
    accept(connection, Offer(FIRST, at(), ROOM), SqliteBacklog())
    connection.execute("INSERT INTO delivery_attempts VALUES (1, 2, 1, 5, 6, 'done', 200, '', 'c2', 1, 5)")
    connection.execute("INSERT INTO delivery_attempts VALUES (1, 1, 1, 3, 0, '', 0, '', 'c1', 0, 3)")
    assert find_attempts(connection, "d0") == [
        DeliveryAttempt("d0", 1, 3.0, call_id="c1", began=3.0),
        DeliveryAttempt("d0", 2, 5.0, 6.0, "done", 200, "", "c2", late=True, began=5.0),
    ]
