"""What a simulated vendor remembers beside its objects."""

from tidegate.simulator.storage.store_counters import StoreCounters


def test_a_kind_that_was_never_numbered_begins_with_nothing_and_no_two_stores_share_a_memory() -> None:
    one, other = StoreCounters(), StoreCounters()
    one.gone.add(("order", "7"))
    one.numbers["order", "shop"] += 1
    assert (one.numbers["order", "other"], other.gone, other.numbers["order", "shop"]) == (0, set(), 0)
