"""Tests of tidegate.proxy.store.postgres.delivery.delivery_pages."""

import pytest

from tests.proxy.store.delivering import accepted, new
from tidegate.proxy.store.deliveries import DeliveryFilter, NoSuchPage
from tidegate.proxy.store.postgres.delivery import delivery_pages as module
from tidegate.proxy.store.postgres.postgres_store import PostgresStore


async def test_a_search_through_very_many_goes_on_page_by_page(
    store: PostgresStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LOOKED_AT_MAX", 4)
    monkeypatch.setattr(module, "_SLICE", 2)
    await accepted(store.deliveries, new(0, order_key="needle"), *(new(n) for n in range(1, 9)))
    wanted = DeliveryFilter(text="needle")
    first = await store.deliveries.page(wanted, limit=1)
    assert list(first.deliveries) == []
    assert first.next
    second = await store.deliveries.page(wanted, after=first.next, limit=1)
    third = await store.deliveries.page(wanted, after=second.next, limit=1)
    assert [one.new.id for one in third.deliveries] == ["d0"]
    assert third.next == ""


async def test_a_page_after_none_is_no_trouble_of_the_store(store: PostgresStore) -> None:
    with pytest.raises(NoSuchPage):
        await store.deliveries.page(DeliveryFilter(), after="7x")
