"""Tests of tidegate.proxy.policies.credentials.rotation_age."""

import itertools

import pytest

from tidegate.monitoring import secret_alerts
from tidegate.proxy.policies.credentials.rotation_age import DUE_SHARE, Standing, standing, to_tell

DAY = 86_400.0


@pytest.mark.parametrize(
    ("days", "expected"), [(0, "young"), (80.9, "young"), (81, "due"), (89.9, "due"), (90, "over"), (400, "over")]
)
def test_a_tenth_of_its_time_before_it_is_over_it_is_due(days: float, expected: Standing) -> None:
    assert standing(days * DAY, 90 * DAY) == expected


def test_what_may_become_as_old_as_it_likes_stays_young() -> None:
    assert standing(1e9, None) == "young"


def test_each_step_is_told_once() -> None:
    steps: list[Standing] = ["young", "young", "due", "due", "over", "over", "young", "due"]
    told = [now for before, now in itertools.pairwise(steps) if to_tell(before, now)]
    assert told == ["due", "over", "due"]


def test_the_log_and_the_alert_tell_it_at_the_same_time() -> None:
    assert DUE_SHARE == secret_alerts.DUE_SHARE
