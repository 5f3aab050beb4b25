"""What every dialect is made from: the limit that is scarcest, whole units, and a vendor that says nothing."""

from dataclasses import replace

import pytest

from tidegate.simulator.door.limit_dialect import DIALECTS, LimitDialect, LimitStanding, dialect, scarcest, whole_s

CALLS = LimitStanding("core", "requests", 100.0, 50.0, 10.0, 0.0, 60.0, 1.0)


def test_the_scarcest_limit_is_the_one_with_the_smallest_share_left() -> None:
    small = replace(CALLS, name="search", limit=10.0, remaining=4.0)
    assert scarcest([CALLS, small]) is small
    assert scarcest([CALLS, replace(small, reported=False)]) is CALLS
    assert scarcest([CALLS], "tokens") is None


@pytest.mark.parametrize(("remaining", "left"), [(3.0, 3), (2.9999999, 3), (2.9, 2), (0.0, 0)])
def test_only_whole_units_are_left_and_a_rounding_error_takes_none_away(remaining: float, left: int) -> None:
    assert replace(CALLS, remaining=remaining).left == left


@pytest.mark.parametrize(("next_in_s", "written"), [(0.0, "1"), (0.2, "1"), (6.0, "6"), (6.1, "7")])
def test_a_pause_is_whole_seconds_and_never_none(next_in_s: float, written: str) -> None:
    assert whole_s(replace(CALLS, next_in_s=next_in_s)) == written


def test_a_vendor_without_a_dialect_says_nothing() -> None:
    silent = LimitDialect()
    assert (silent.headers([CALLS], 0.0), silent.body_members([CALLS]), silent.refusal([CALLS], CALLS)) == (
        {},
        {},
        None,
    )


def test_a_dialect_registers_itself_under_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(DIALECTS, "slack", raising=False)

    @dialect("slack")
    class Another(LimitDialect):
        """A dialect of this test."""

    assert type(DIALECTS["slack"]) is Another
