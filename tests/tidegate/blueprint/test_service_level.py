"""What an outage costs of a promise, and metrics that are the proxy's own."""

from pathlib import Path

from tests.tidegate.blueprint.made import shipped, shop
from tidegate.blueprint.service_level import SIGNALS, monitoring_signals, service_level
from tidegate.proxy.telemetry import metrics


def test_an_error_budget_and_what_an_outage_uses_of_it(tmp_path: Path) -> None:
    text = service_level(*shop(tmp_path))
    assert "| Objective | 99.9% over 30 days (usual; the file names none) |" in text
    assert "| Error budget | 43.2 minutes of full outage |" in text
    assert "uses up 12% of it" in text


def test_the_files_own_objective_counts(tmp_path: Path) -> None:
    changes = ("policy:\n", "policy:\n  slo: {availability: 99%, window: 7d}\n")
    text = service_level(*shop(tmp_path, changes))
    assert "| Objective | 99% over 7 days |" in text
    assert "| Error budget | 100.8 minutes of full outage |" in text


def test_retries_make_single_failures_rare_where_there_are_any() -> None:
    assert "1 in 100 becomes 1 in 1,000,000" in service_level(*shipped("stripe"))
    assert "nothing is tried again" in service_level(*shipped("warehouse"))


def test_every_signal_is_a_metric_of_the_proxys() -> None:
    source = Path(metrics.__file__).read_text()
    for name, _, _ in SIGNALS:
        assert f'"{name.removesuffix("_total")}"' in source, name


def test_every_alert_is_listed(tmp_path: Path) -> None:
    text = monitoring_signals(shop(tmp_path)[0])
    assert '`tidegate_calls_total{vendor="shop"}`' in text
    assert "| TidegateBreakerOpen |" in text
