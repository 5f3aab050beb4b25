"""Tests of tidegate.proxy.store.sqlite.delivery.delivery_settle."""

import sqlite3

from tests.proxy.store.delivering import FIRST
from tests.proxy.store.places import at
from tests.proxy.store.sqlite.delivery.cost import cost, fill
from tidegate.proxy.policies.delivery.delivery import Settlement
from tidegate.proxy.store.deliveries import DEFAULT_RETENTION
from tidegate.proxy.store.sqlite.delivery.delivery_claim import SqliteClaim, lease
from tidegate.proxy.store.sqlite.delivery.delivery_rows import find_attempts
from tidegate.proxy.store.sqlite.delivery.delivery_settle import ATTEMPTS_KEPT, begin_attempt, settle

CLAIM = SqliteClaim("outbox", at(), 60.0, 1, None, 1)


def test_of_very_many_attempts_the_last_are_kept(connection: sqlite3.Connection) -> None:
    fill(connection, 1, FIRST)
    for number in range(ATTEMPTS_KEPT + 5):
        [one] = lease(connection, CLAIM, "")
        assert begin_attempt(connection, one, f"c{number}", at()) == number + 1
        assert settle(connection, one, Settlement("waiting", counts=False), at(), DEFAULT_RETENTION)
    attempts = find_attempts(connection, "d0")
    assert [attempt.n for attempt in attempts] == list(range(6, ATTEMPTS_KEPT + 6))
    assert attempts[-1].call_id == f"c{ATTEMPTS_KEPT + 4}"


def test_a_try_costs_the_same_however_many_wait(connection: sqlite3.Connection) -> None:
    fill(connection, 20_000, FIRST)
    [one] = lease(connection, CLAIM, "")
    begun, steps = cost(connection, lambda: begin_attempt(connection, one, "c", at()))
    assert begun == 1
    assert steps < 1200
    settled, steps = cost(connection, lambda: settle(connection, one, Settlement("done"), at(), DEFAULT_RETENTION))
    assert settled
    assert steps < 1200
