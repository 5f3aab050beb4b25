"""Tests of tidegate.proxy.store.sqlite.delivery.delivery_sweep."""

import sqlite3
from dataclasses import replace

import pytest

from tests.proxy.store.delivering import FIRST
from tests.proxy.store.places import at
from tests.proxy.store.sqlite.delivery.cost import cost, fill
from tidegate.proxy.policies.delivery.delivery import Settlement
from tidegate.proxy.store.deliveries import DEFAULT_RETENTION, HandMade
from tidegate.proxy.store.sqlite.delivery.delivery_by_hand import act
from tidegate.proxy.store.sqlite.delivery.delivery_claim import SqliteClaim, lease
from tidegate.proxy.store.sqlite.delivery.delivery_settle import begin_attempt, settle
from tidegate.proxy.store.sqlite.delivery.delivery_sweep import sweep

TABLES = (
    "deliveries", "delivery_bodies", "delivery_answers", "delivery_attempts", "delivery_former_keys",
)  # fmt: skip


def test_what_stands_beside_a_delivery_goes_with_it(connection: sqlite3.Connection) -> None:
    fill(connection, 1, FIRST)
    for settlement in (Settlement("parked", answer_body=b"x"), Settlement("done")):
        [one] = lease(connection, SqliteClaim("outbox", at(), 60.0, 1, None, 1), "")
        begin_attempt(connection, one, "c", at())
        assert settle(connection, one, settlement, at(), DEFAULT_RETENTION)
        act(connection, "d0", HandMade("redo", "ann", key="new"), at(), DEFAULT_RETENTION)
    assert [count(connection, table) for table in TABLES] == [1, 1, 1, 2, 1]
    assert sweep(connection, at(3600)) == 1
    assert [count(connection, table) for table in TABLES] == [0] * 5


@pytest.mark.parametrize("state", ["queued", "done"])
def test_looking_for_what_is_over_costs_the_same_however_much_is_kept(
    connection: sqlite3.Connection, state: str
) -> None:
    fill(connection, 20_000, replace(FIRST, keep_s=1e9))
    connection.execute("UPDATE deliveries SET state = ?, keep_until = 1e9", (state,))
    gone, steps = cost(connection, lambda: sweep(connection, at(3600)))
    assert gone == 0
    assert steps < 200


def count(connection: sqlite3.Connection, table: str) -> int:
    return int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])
