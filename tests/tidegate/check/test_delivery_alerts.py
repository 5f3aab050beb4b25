"""Tests of tidegate.check.delivery_alerts."""

import re

from tidegate.check.delivery_alerts import STORE, delivery_alerts
from tidegate.cli import called


def test_what_waits_for_a_person_raises_an_alert_at_once() -> None:
    alerts = {alert.name: alert for alert in delivery_alerts("stripe", 900.0, "critical")}
    assert alerts["TidegateDeadLetter"].lasts == alerts["TidegateDeliveryParked"].lasts == "0m"
    assert alerts["TidegateDeliveryLate"].expression.endswith("> 900")
    assert all('vendor="stripe"' in alert.expression for alert in alerts.values())
    assert {alert.severity for alert in alerts.values()} == {"critical"}


def test_every_command_that_a_runbook_names_is_one() -> None:
    steps = [step for alert in (*delivery_alerts("stripe", 900.0, "info"), STORE) for step in alert.steps]
    commands = [words.split() for step in steps for words in re.findall(r"tidegate ((?:outbox|dead) [a-z]+)", step)]
    assert len(commands) >= 6
    assert all(called(words) is not None for words in commands)


def test_the_store_s_alert_is_for_all_vendors() -> None:
    assert STORE.expression == "min(tidegate_store_ready) == 0"
    assert "vendor" not in STORE.expression
