"""Thresholds of alerts have no defaults: nobody else knows what is bad here."""

import pytest
from pydantic import ValidationError

from tidegate.policy.alerting.alerts import Alerts

WRITTEN = {"errors": "5%", "slow_p99": "5s", "runbook": "shop"}


def test_thresholds_are_read_in_their_units() -> None:
    alerts = Alerts.model_validate(WRITTEN)
    assert (alerts.errors, alerts.slow_p99, alerts.runbook) == (0.05, 5.0, "shop")


@pytest.mark.parametrize("key", WRITTEN)
def test_each_must_be_written(key: str) -> None:
    with pytest.raises(ValidationError, match="Field required"):
        Alerts.model_validate({name: value for name, value in WRITTEN.items() if name != key})
