"""Tests of tidegate.proxy.policies.delivery.backfill_decision."""

import pytest

from tidegate.proxy.policies.delivery.backfill_decision import missed_events


@pytest.mark.parametrize(
    ("known", "missed"),
    [
        ([], []),
        ([True, True], []),
        ([False, True], [0]),
        ([False, False, True, False, True, False], [3, 1, 0]),
        ([True, False], []),
        ([False, False], []),
    ],
)
def test_what_is_newer_than_the_oldest_known_one_and_not_known_was_missed(known: list[bool], missed: list[int]) -> None:
    assert missed_events(known) == missed
