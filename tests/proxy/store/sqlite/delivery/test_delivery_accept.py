"""Tests of tidegate.proxy.store.sqlite.delivery.delivery_accept."""

import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.proxy.store.delivering import FIRST, ROOM, new
from tests.proxy.store.places import at
from tests.proxy.store.sqlite.delivery.cost import cost, fill
from tidegate.proxy.policies.delivery.backlog import BacklogBounds, BacklogFull
from tidegate.proxy.store.deliveries import Accepted, Repeated
from tidegate.proxy.store.sqlite.delivery.delivery_accept import Offer, accept, accept_all
from tidegate.proxy.store.sqlite.delivery.delivery_backlog import SqliteBacklog
from tidegate.proxy.store.sqlite.delivery.delivery_tables import make_tables


def test_an_id_that_is_another_deliverys_is_a_mistake(connection: sqlite3.Connection) -> None:
    accept(connection, Offer(FIRST, at(), ROOM), SqliteBacklog())
    with pytest.raises(ValueError, match="the id d0 is another delivery's"):
        accept(connection, Offer(replace(FIRST, key="other"), at(), ROOM), SqliteBacklog())


@pytest.mark.parametrize("order_key", ["", "o"])
def test_it_costs_the_same_however_many_wait(connection: sqlite3.Connection, order_key: str) -> None:
    fill(connection, 20_000, replace(FIRST, order_key=order_key))
    answer, steps = cost(
        connection, lambda: accept(connection, Offer(new(30_000, order_key=order_key), at(), ROOM), SqliteBacklog())
    )
    assert answer == Accepted()
    assert steps < 1000


def test_what_waits_is_counted_once_a_second(connection: sqlite3.Connection) -> None:
    statements: list[str] = []
    backlog = SqliteBacklog()
    connection.set_trace_callback(statements.append)
    for tenth in range(25):
        accept(connection, Offer(new(tenth + 1), at(tenth / 10), ROOM), backlog)
    assert sum("AS oldest" in statement for statement in statements) == 3


def test_what_was_undone_with_its_transaction_refuses_nobody(connection: sqlite3.Connection) -> None:
    backlog, bounds = SqliteBacklog(), BacklogBounds(rows=2)
    accept(connection, Offer(FIRST, at(), bounds), backlog)
    connection.execute("BEGIN")
    accept(connection, Offer(new(1), at(), bounds), backlog)
    connection.execute("ROLLBACK")
    assert accept(connection, Offer(new(2), at(), bounds), backlog) == Accepted()
    assert accept(connection, Offer(new(3), at(), bounds), backlog) == BacklogFull("rows")


def test_a_key_from_before_a_redo_is_known_whoever_looks_first(connection: sqlite3.Connection) -> None:
    accept(connection, Offer(FIRST, at(), ROOM), SqliteBacklog())
    connection.execute("INSERT INTO delivery_former_keys SELECT box, app, vendor, operation, 'old', 1 FROM deliveries")
    assert isinstance(accept(connection, Offer(new(1, key="old"), at(), ROOM), SqliteBacklog()), Repeated)


def test_one_that_is_too_old_is_looked_up_again_at_once(connection: sqlite3.Connection) -> None:
    backlog, bounds = SqliteBacklog(), BacklogBounds(age_s=5.0)
    accept(connection, Offer(FIRST, at(), bounds), backlog)
    assert accept(connection, Offer(new(1), at(6), bounds), backlog) == BacklogFull("age")
    connection.execute("UPDATE deliveries SET state = 'done'")
    accept(connection, Offer(new(2), at(6), bounds), backlog)
    assert accept(connection, Offer(new(1), at(6), bounds), backlog) == Accepted()


OFFERS = st.lists(
    st.tuples(
        st.integers(0, 3),
        st.integers(0, 4),
        st.sampled_from(["", "", "", "o"]),
        st.sampled_from(["block", "latest-wins"]),
        st.sampled_from([0.0, 0.9, 1.2]),
        st.sampled_from([None, ROOM, ROOM, BacklogBounds(rows=2), BacklogBounds(bytes=70), BacklogBounds(age_s=1.0)]),
    ),
    max_size=12,
)


@given(OFFERS)
@settings(deadline=None, max_examples=150)
def test_several_at_once_are_accepted_each_as_if_alone(
    drawn: list[tuple[int, int, str, str, float, BacklogBounds | None]],
) -> None:
    offers = [
        Offer(new(number, key=f"k{key}", order_key=order_key, order=order, priority=key // 3), at(age_s), bounds)
        for number, key, order_key, order, age_s, bounds in drawn
    ]
    left = []
    for together in (True, False):
        with closing(sqlite3.connect(":memory:", isolation_level=None)) as file:
            file.row_factory = sqlite3.Row
            make_tables(file)
            backlog = SqliteBacklog()
            backlog.former_keys = False
            if together:
                answers = accept_all(file, offers, backlog)
            else:
                answers = [answer for offer in offers for answer in accept_all(file, [offer], backlog)]
            counts = file.execute("SELECT * FROM delivery_counts")
            rows = file.execute("SELECT * FROM deliveries JOIN delivery_bodies USING (seq) ORDER BY seq")
            left.append(([*map(repr, answers)], [*map(tuple, counts)], [tuple(row)[1:] for row in rows]))
    assert left[0] == left[1]
