"""Tests of tidegate.monitoring.alert."""

from tidegate.monitoring.alert import Alert


def test_two_alerts_of_one_rule_are_equal() -> None:
    rule = ("A", "up == 0", "1m", "info", "It is down.", ("Look.",))
    assert Alert(*rule) == Alert(*rule)
