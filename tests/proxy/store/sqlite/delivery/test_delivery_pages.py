"""Tests of tidegate.proxy.store.sqlite.delivery.delivery_pages: a page costs the same however many there are."""

import sqlite3
from dataclasses import replace

import pytest

from tests.proxy.store.delivering import FIRST
from tests.proxy.store.places import NOW, at
from tests.proxy.store.sqlite.delivery.cost import cost, fill
from tidegate.proxy.store.deliveries import PAGE_MAX, DeliveryFilter
from tidegate.proxy.store.sqlite.delivery.delivery_pages import LOOKED_AT_MAX, depths, next_due, page

MANY = 20_000


@pytest.mark.parametrize(
    "wanted",
    [
        DeliveryFilter(), DeliveryFilter(app="rare"), DeliveryFilter(states=("dead",)),
        DeliveryFilter(box="outbox", states=("queued",)), DeliveryFilter(states=("queued", "dead")),
    ],
)  # fmt: skip
def test_a_page_costs_the_same_however_many_there_are(connection: sqlite3.Connection, wanted: DeliveryFilter) -> None:
    fill(connection, 5, replace(FIRST, app="rare"))
    connection.execute("UPDATE deliveries SET state = 'dead', dead_reason = 'rejected'")
    fill(connection, MANY, FIRST, first=5)
    for after in ("", "6"):
        found, steps = cost(connection, lambda after=after: page(connection, wanted, after, 20))  # type: ignore[misc]  # lambda
        assert len(found.deliveries) >= (5 if wanted != DeliveryFilter(box="outbox", states=("queued",)) else 0)
        assert steps < 60_000


def test_a_search_through_very_many_goes_on_page_by_page(connection: sqlite3.Connection) -> None:
    fill(connection, 1, replace(FIRST, order_key="needle"))
    fill(connection, MANY, FIRST, first=1)
    wanted = DeliveryFilter(text="needle")
    first = page(connection, wanted, "", 20)
    assert (list(first.deliveries), first.next) == ([], str(MANY + 2 - LOOKED_AT_MAX))
    second = page(connection, wanted, first.next, 20)
    third = page(connection, wanted, second.next, 20)
    assert [one.new.id for one in third.deliveries] == ["d0"]
    assert third.next == ""


def test_a_page_has_a_bounded_size(connection: sqlite3.Connection) -> None:
    fill(connection, PAGE_MAX + 1, FIRST)
    assert len(page(connection, DeliveryFilter(), "", 10**6).deliveries) == PAGE_MAX
    assert len(page(connection, DeliveryFilter(), "", 0).deliveries) == 1


def test_the_depths_and_the_next_moment_cost_the_same_however_many_there_are(connection: sqlite3.Connection) -> None:
    fill(connection, MANY, replace(FIRST, not_before=50.0))
    found, steps = cost(connection, lambda: depths(connection))
    assert [(depth.rows, depth.oldest_wall) for depth in found] == [(MANY, NOW)]
    assert steps < 200
    due, steps = cost(connection, lambda: next_due(connection, "outbox", at(20)))
    assert due == 30.0
    assert steps < 200
