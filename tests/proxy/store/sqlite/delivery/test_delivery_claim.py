"""Tests of tidegate.proxy.store.sqlite.delivery.delivery_claim: a claim costs the same however many wait."""

import sqlite3
from dataclasses import replace

import pytest

from tests.proxy.store.delivering import FIRST, ids
from tests.proxy.store.places import at
from tests.proxy.store.sqlite.delivery.cost import cost, fill
from tidegate.proxy.store.sqlite.delivery.delivery_claim import RIPEN_MAX, SqliteClaim, lease, ripen

MANY = 20_000
CLAIM = SqliteClaim("outbox", at(1), 60.0, 16, None, 1)
STEPS_MAX = 20_000
"""A claim of 16 takes about 8,000 steps; one that reads 20,000 rows takes ten times as many."""


@pytest.mark.parametrize(
    "crowd",
    [
        pytest.param(FIRST, id="of one app"),
        pytest.param(replace(FIRST, order_key="o"), id="behind one order key"),
        pytest.param(replace(FIRST, not_before=1000.0), id="that wait for their time"),
        pytest.param(replace(FIRST, vendor="away"), id="for a vendor that is away"),
        pytest.param(replace(FIRST, priority=-1), id="of less priority"),
        pytest.param(replace(FIRST, box="inbox"), id="in the other box"),
    ],
)
def test_a_claim_costs_the_same_however_many_there_are(connection: sqlite3.Connection, crowd: object) -> None:
    assert isinstance(crowd, type(FIRST))
    fill(connection, MANY, crowd)
    fill(connection, 20, replace(FIRST, app="other", vendor="slack"), first=MANY)
    claim = CLAIM._replace(vendors=["stripe", "slack"]) if crowd.vendor == "away" else CLAIM
    ripen(connection, "outbox", at(1))
    leased, steps = cost(connection, lambda: lease(connection, claim, ""))
    assert len(leased) == 16
    assert sum(one.new.app == "other" for one in leased) >= 8
    assert steps < STEPS_MAX


def test_those_whose_time_has_come_are_looked_at_some_at_a_time(connection: sqlite3.Connection) -> None:
    fill(connection, RIPEN_MAX + 100, replace(FIRST, not_before=1.0))
    counts = []
    for _ in range(2):
        ripen(connection, "outbox", at(1))
        counts.append(connection.execute("SELECT count(*) FROM deliveries WHERE ripe = 1").fetchone()[0])
    assert counts == [RIPEN_MAX, RIPEN_MAX + 100]


def test_the_turn_begins_after_the_app_that_had_the_last_one(connection: sqlite3.Connection) -> None:
    for number, app in enumerate("abc"):
        fill(connection, 2, replace(FIRST, app=app), first=number * 2)
    claim = CLAIM._replace(limit=2)
    assert ids(lease(connection, claim, "a")) == ["d2", "d4"]
    assert ids(lease(connection, claim, "c")) == ["d0", "d3"]
