"""Tests of tidegate.proxy.store.sqlite.delivery.delivery_insert."""

import sqlite3

import pytest

from tests.proxy.store.delivering import FIRST, new
from tidegate.proxy.store.sqlite.delivery.delivery_insert import NewRow, insert
from tidegate.proxy.store.sqlite.delivery.delivery_pages import depths
from tidegate.proxy.store.sqlite.delivery.delivery_rows import find_by_key, find_delivery


def row(number: int, **changes: object) -> NewRow:
    one = new(number, **changes)
    return one, 5.0, len(one.headers) + len(one.body), False


@pytest.mark.parametrize("count", [0, 1, 3, 64, 85, 130])
def test_however_many_come_each_is_there_with_its_body_and_its_number(
    connection: sqlite3.Connection, count: int
) -> None:
    rows = [
        row(number, body=f"{number:03}".encode() * (1 if number % 40 else 9000), box=("outbox", "inbox")[number % 2])
        for number in range(count)
    ]
    statements: list[str] = []
    connection.set_trace_callback(statements.append)
    assert insert(connection, rows) == list(range(1, count + 1))
    connection.set_trace_callback(None)
    assert len(statements) <= 25
    for one, *_ in rows:
        found = find_delivery(connection, one.id)
        assert found is not None
        assert (found.new, found.state, found.resting, found.ever_sent) == (one, "queued", "queued", False)
    assert sum(depth.rows for depth in depths(connection)) == count


@pytest.mark.parametrize(
    ("state", "ever_sent", "alarms"), [("queued", 0, 0), ("unknown", 1, 0), ("parked", 0, 1)]
)  # fmt: skip
def test_it_begins_as_its_state_says(connection: sqlite3.Connection, state: str, ever_sent: int, alarms: int) -> None:
    insert(connection, [row(1, state=state, not_before=7.0)])
    (found,) = connection.execute("SELECT * FROM deliveries").fetchall()
    assert [found[name] for name in ("state", "resting", "first_state", "ever_sent")] == [state] * 3 + [ever_sent]
    assert [found[name] for name in ("not_before", "first_not_before", "ripe", "blocked")] == [7.0, 7.0, 0, 0]
    assert [found[name] for name in ("accepted", "accepted_wall", "updated_wall")] == [5.0] + [FIRST.accepted_wall] * 2
    assert len(connection.execute("SELECT * FROM delivery_alarms").fetchall()) == alarms


def test_what_is_known_is_left_out_and_the_others_are_as_if_alone(connection: sqlite3.Connection) -> None:
    insert(connection, [row(0)])
    seqs = insert(connection, [row(1), row(9, key="k0"), row(1, key="x"), row(2, key="x"), row(3, key="k1"), row(4)])
    assert [seq > 0 for seq in seqs] == [True, False, False, True, False, True]
    for table in ("deliveries", "delivery_bodies"):
        assert len(connection.execute(f"SELECT * FROM {table}").fetchall()) == 4
    (depth,) = depths(connection)
    assert (depth.rows, depth.bytes) == (4, 4 * row(0)[2])
    found = find_by_key(connection, ("outbox", "shop", "stripe", "PostRefunds", "x"))
    assert found is not None
    assert found.new.id == "d2"


def test_a_number_is_never_given_twice(connection: sqlite3.Connection) -> None:
    (first,) = insert(connection, [row(1)])
    connection.execute("DELETE FROM deliveries")
    (second,) = insert(connection, [row(1)])
    assert second > first
