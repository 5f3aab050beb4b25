"""The burn rates of an error budget: four pairs of windows, and rates that use up the same share in each objective."""

import re

import pytest

from tidegate.monitoring.slo_alerts import BURN_WINDOWS, recording_rules, slo_alerts
from tidegate.policy.alerting.slo import Slo

SLO = Slo.model_validate({"availability": "99.9%", "latency": "1s"})


def test_the_rates_are_those_of_the_workbook_for_thirty_days() -> None:
    assert [pair.share * SLO.window / pair.long_s for pair in BURN_WINDOWS] == pytest.approx([14.4, 6.0, 3.0, 1.0])


def test_an_alert_asks_both_windows_for_the_rate_times_the_budget() -> None:
    first = next(slo_alerts("shop", SLO, "critical"))
    assert first.expression == (
        'tidegate:slo_errors:ratio_rate1h{vendor="shop"} > 0.0144'
        ' and tidegate:slo_errors:ratio_rate5m{vendor="shop"} > 0.0144'
    )
    assert (first.name, first.severity) == ("TidegateBudgetErrors1h", "critical")


def test_only_the_fast_ones_wake_somebody() -> None:
    severities = {alert.name: alert.severity for alert in slo_alerts("shop", SLO, "critical")}
    assert [severities[f"TidegateBudgetSlow{span}"] for span in ("1h", "6h", "1d", "3d")] == [
        "critical", "critical", "info", "info",
    ]  # fmt: skip


def test_every_figure_that_an_alert_reads_is_recorded() -> None:
    for slo in (SLO, Slo.model_validate({"availability": "99%"})):
        read = {
            name
            for alert in slo_alerts("shop", slo, "low")
            for name in re.findall(r"tidegate:\w+:\w+", alert.expression)
        }
        assert read == {record.name for record in recording_rules("shop", slo)}
