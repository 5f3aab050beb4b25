"""Tests of tidegate.proxy.policies.delivery.backlog."""

from tidegate.proxy.policies.delivery.backlog import COUNTED_FOR_S, Backlog, BacklogBounds, BacklogFull
from tidegate.proxy.policies.resilience.store_time import StoreTime


def at(age_s: float) -> StoreTime:
    return StoreTime(age_s, age_s, age_s)


def test_what_was_accepted_since_the_count_counts_and_a_bound_that_is_reached_is_named() -> None:
    backlog = Backlog()
    waiting = backlog.counted("outbox", at(10.0), 1, 20, 4.0)
    backlog.took("outbox", 5)
    backlog.took("inbox", 1000)
    assert backlog.fresh("outbox", at(10.0)) is waiting
    assert waiting.broken(5, at(10.0), BacklogBounds(rows=3, bytes=30, age_s=6.0)) is None
    assert waiting.broken(5, at(10.0), BacklogBounds(rows=2)) == BacklogFull("rows")
    assert waiting.broken(5, at(10.0), BacklogBounds(bytes=29)) == BacklogFull("bytes")
    assert waiting.broken(5, at(10.5), BacklogBounds(age_s=6.0)) == BacklogFull("age")


def test_a_count_is_good_for_a_while_and_an_empty_box_is_not_old() -> None:
    backlog = Backlog()
    assert backlog.fresh("outbox", at(0.0)) is None
    waiting = backlog.counted("outbox", at(5.0), 0, 0, None)
    assert waiting.broken(1, at(5.0), BacklogBounds(age_s=0.0)) is None
    assert backlog.fresh("outbox", at(5.0 + COUNTED_FOR_S)) is None
    assert backlog.fresh("outbox", at(4.9)) is None, "a clock that went back"
