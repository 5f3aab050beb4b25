"""Tests of tidegate.proxy.store.store_health."""

from tidegate.proxy.store.store_error import STORE_TROUBLES, StoreError
from tidegate.proxy.store.store_health import StoreHealth


def test_trouble_stays_until_a_write_has_worked_and_its_count_for_good() -> None:
    health = StoreHealth()
    health.failed(StoreError("store.db: full", "full"))
    health.failed(StoreError("store.db: locked", "locked"))
    assert health.trouble == "store.db: locked"
    health.works()
    assert health.trouble == ""
    assert health.errors == {**dict.fromkeys(STORE_TROUBLES, 0), "full": 1, "locked": 1}


def test_a_mistake_of_ours_is_no_trouble_of_the_stores() -> None:
    health = StoreHealth()
    health.failed(StoreError("store.db: no such table"))
    assert (health.trouble, sum(health.errors.values())) == ("", 0)
