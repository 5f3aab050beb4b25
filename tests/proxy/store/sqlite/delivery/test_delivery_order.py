"""Tests of tidegate.proxy.store.sqlite.delivery.delivery_order: one step of a key costs the same however many wait."""

import sqlite3
from dataclasses import replace

from tests.proxy.store.delivering import FIRST
from tests.proxy.store.sqlite.delivery.cost import cost, fill
from tidegate.proxy.store.sqlite.delivery.delivery_order import is_held, let_next_go

KEY = ("outbox", "shop", "stripe", "o")


def test_the_next_of_a_key_costs_the_same_however_many_wait(connection: sqlite3.Connection) -> None:
    fill(connection, 20_000, replace(FIRST, order_key="o"))
    connection.execute("UPDATE deliveries SET state = 'done' WHERE seq = 1")
    _, steps = cost(connection, lambda: let_next_go(connection, KEY))
    assert steps < 500
    free = connection.execute("SELECT seq FROM deliveries WHERE due ORDER BY seq").fetchall()
    assert [row[0] for row in free] == [2]
    held, steps = cost(connection, lambda: is_held(connection, KEY, 20_000))
    assert held
    assert steps < 200
    assert not is_held(connection, KEY, 2)


def test_all_that_wait_go_where_nobody_holds_the_key(connection: sqlite3.Connection) -> None:
    fill(connection, 3, replace(FIRST, order_key="o", order="skip", skip_after=0))
    let_next_go(connection, KEY)
    assert connection.execute("SELECT count(*) FROM deliveries WHERE due").fetchone()[0] == 3
    assert not is_held(connection, KEY)
