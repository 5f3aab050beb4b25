"""Tests of tidegate.monitoring.secret_alerts."""

from pathlib import Path

from tests.tidegate.files import put
from tidegate.monitoring.secret_alerts import secret_alerts
from tidegate.vendor.vendor_file import load_vendor


def test_what_is_due_is_told_before_it_is_reached(tmp_path: Path) -> None:
    vendor = load_vendor(put(tmp_path)).vendor
    alerts = {alert.name: alert for alert in secret_alerts(vendor, "info")}
    assert alerts["TidegateSecretDue"].expression.endswith(f"< {9 * 86_400}")
    assert "90d" in alerts["TidegateSecretDue"].means
    assert alerts["TidegateSecretSourceAway"].severity == "info"
    assert alerts["TidegateSecretFellBack"].severity == "critical"


def test_where_nobody_said_how_old_it_may_become_nothing_is_due(tmp_path: Path) -> None:
    vendor = load_vendor(put(tmp_path)).vendor
    auth = vendor.facts.auth.model_copy(update={"rotate_every": None})
    vendor = vendor.model_copy(update={"facts": vendor.facts.model_copy(update={"auth": auth})})
    assert "TidegateSecretDue" not in {alert.name for alert in secret_alerts(vendor, "info")}
