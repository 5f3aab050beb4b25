"""The alerts about ends."""

from pathlib import Path

from tests.tidegate.files import put
from tidegate.monitoring.sunset_alerts import DAYS, sunset_alerts
from tidegate.vendor.vendor_file import load_vendor


def test_there_is_one_for_each_of_90_30_7_and_1_days_and_they_do_not_overlap(tmp_path: Path) -> None:
    vendor = load_vendor(put(tmp_path)).vendor
    alerts = {alert.name: alert for alert in sunset_alerts(vendor, "warning")}
    assert sorted(alerts) == sorted(f"TidegateSunset{days}" for days, _ in DAYS)
    assert alerts["TidegateSunset1"].expression.endswith("<= 1")
    assert alerts["TidegateSunset7"].expression.endswith("<= 7 > 1")
    assert (alerts["TidegateSunset7"].severity, alerts["TidegateSunset1"].severity) == ("warning", "critical")
    assert "tidegate deprecations" in alerts["TidegateSunset90"].steps[0]
