"""Tests of tidegate.proxy.store.postgres.postgres_late_work."""

import pytest

from tidegate.proxy.store.postgres import postgres_late_work as module
from tidegate.proxy.store.postgres.postgres_late_work import LateWork


def test_a_call_is_taken_back_until_its_lease_is_over() -> None:
    late = LateWork[str]()
    late.take_back("c1", 35.0)
    late.forget(34.0)
    assert late.taken_back == ("c1",)
    assert late.is_taken_back("c1")
    late.forget(35.0)
    assert not late.is_taken_back("c1")


def test_what_waits_is_bounded_by_calls_and_by_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CALLS_MAX", 2)
    monkeypatch.setattr(module, "BYTES_MAX", 10)
    late = LateWork[str]()
    for number in range(3):
        late.take_back(f"c{number}", 1.0)
        late.settle(f"c{number}", f"end {number}", 1)
    assert late.taken_back == ("c1", "c2"), "the oldest will be unknown"
    assert late.unsettled == (("c0", "end 0"), ("c1", "end 1"))
    late.settled("c0")
    late.settle("c3", "too large", 10)
    late.settle("c1", "told twice", 1)
    late.settle("c4", "fits", 9)
    assert late.unsettled == (("c1", "end 1"), ("c4", "fits"))


def test_what_waits_is_given_by_so_many_and_so_many_bytes() -> None:
    late = LateWork[str]()
    assert late.some(2, 10) == []
    for number, size in enumerate((50, 4, 4, 4)):
        late.settle(f"c{number}", "end", size)
    assert [call_id for call_id, _ in late.some(2, 10)] == ["c0"], "one alone may have more"
    late.settled("c0")
    assert [call_id for call_id, _ in late.some(9, 10)] == ["c1", "c2"]
    assert [call_id for call_id, _ in late.some(1, 10)] == ["c1"]
