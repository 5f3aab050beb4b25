"""Tests of tidegate.proxy.policies.delivery.backfill_decision."""

import pytest

from tidegate.proxy.policies.delivery.backfill_decision import missed_events


@pytest.mark.parametrize(
    ("came_s", "missed"),
    [
        ([], []),
        ([1.0, 2.0], []),
        ([None, 2.0], [0]),
        ([None, None, 3.0, None, 5.0, None], [3, 1, 0]),
        ([1.0, None], []),
        ([None, None], []),
        ([None, 5.0, None, 10.0], [0]),
        ([None, 11.0, None, 12.0], []),
    ],
)
def test_what_is_newer_than_the_oldest_one_that_came_lately_and_not_known_was_missed(
    came_s: list[float | None], missed: list[int]
) -> None:
    assert missed_events(came_s, 10.0) == missed
