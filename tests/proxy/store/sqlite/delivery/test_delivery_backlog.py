"""Tests of tidegate.proxy.store.sqlite.delivery.delivery_backlog."""

import sqlite3

import pytest

from tests.proxy.store.delivering import FIRST, ROOM, new
from tests.proxy.store.places import at
from tidegate.proxy.policies.delivery.backlog import COUNTED_FOR_S, BacklogBounds, BacklogFull
from tidegate.proxy.store.sqlite.delivery.delivery_accept import Offer, accept
from tidegate.proxy.store.sqlite.delivery.delivery_backlog import SqliteBacklog


@pytest.mark.parametrize(
    ("bounds", "age_s", "full"),
    [
        (BacklogBounds(rows=3), 0.0, None), (BacklogBounds(rows=2), 0.0, BacklogFull("rows")),
        (BacklogBounds(bytes=55), 0.0, None), (BacklogBounds(bytes=54), 0.0, BacklogFull("bytes")),
        (BacklogBounds(age_s=0.5), 0.5, None), (BacklogBounds(age_s=0.4), 0.5, BacklogFull("age")),
    ],
)  # fmt: skip
def test_a_bound_is_what_may_wait(
    connection: sqlite3.Connection, bounds: BacklogBounds, age_s: float, full: BacklogFull | None
) -> None:
    backlog = SqliteBacklog()
    for number in range(2):
        accept(connection, Offer(new(number), at(), ROOM), backlog)
    assert backlog.full(connection, new(2), 17, at(age_s), bounds) == full
    assert backlog.takes("outbox", 17, at(age_s), bounds) == (full is None)


def test_a_count_that_is_too_old_says_nothing(connection: sqlite3.Connection) -> None:
    backlog = SqliteBacklog()
    assert not backlog.takes("outbox", 1, at(), ROOM)
    assert backlog.full(connection, FIRST, 1, at(), ROOM) is None
    assert backlog.takes("outbox", 1, at(), ROOM)
    assert not backlog.takes("inbox", 1, at(), ROOM)
    assert not backlog.takes("outbox", 1, at(COUNTED_FOR_S), ROOM)
    assert backlog.takes("outbox", 1, at(COUNTED_FOR_S), None), "what no bound is for needs no count"


def test_what_it_takes_counts(connection: sqlite3.Connection) -> None:
    backlog, bounds = SqliteBacklog(), BacklogBounds(rows=2)
    backlog.full(connection, FIRST, 1, at(), bounds)
    assert [backlog.takes("outbox", 1, at(), bounds) for _ in range(3)] == [True, True, False]
