"""Tests of tidegate.monitoring.delivery_alerts."""

import re

from tidegate.cli import called
from tidegate.monitoring.delivery_alerts import delivery_alerts


def test_what_waits_for_a_person_raises_an_alert_at_once() -> None:
    alerts = {alert.name: alert for alert in delivery_alerts("stripe", 900.0, "critical")}
    assert alerts["TidegateDeadLetter"].lasts == alerts["TidegateDeliveryParked"].lasts == "0m"
    assert alerts["TidegateDeliveryLate"].expression.endswith("> 900")
    assert all('vendor="stripe"' in alert.expression for alert in alerts.values())
    assert {alert.severity for alert in alerts.values()} == {"critical"}


def test_every_command_that_a_runbook_names_is_one() -> None:
    steps = [step for alert in delivery_alerts("stripe", 900.0, "info") for step in alert.steps]
    commands = [words.split() for step in steps for words in re.findall(r"tidegate ((?:outbox|dead) [a-z]+)", step)]
    assert len(commands) >= 6
    assert all(called(words) is not None for words in commands)
