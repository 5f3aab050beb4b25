"""No alert without a story here."""

import re
from pathlib import Path

from tests.tidegate.files import put
from tests.tidegate.monitoring.test_runbook import OBJECTIVE
from tests.tidegate.monitoring.test_token_alerts import REFRESH
from tidegate.monitoring.alert_rules import alerts_of
from tidegate.vendor.vendor_file import load_vendor


def test_every_alert_is_played(tmp_path: Path) -> None:
    """Those of budgets are named by what they count and over how long, in one story."""
    stories = "".join(file.read_text(encoding="utf-8") for file in Path(__file__).parent.glob("test_*_alerts.py"))
    named = set(re.findall(r'"(Tidegate\w+)"', stories))
    vendor = load_vendor(put(tmp_path, ("    rotate_every: 90d\n", REFRESH), OBJECTIVE)).vendor
    budgets = {f"TidegateBudget{kind}{span}" for kind in ("Errors", "Slow") for span in ("1h", "6h", "1d", "3d")}
    assert 'f"TidegateBudget{kind}{span}" for kind in ("Errors", "Slow")' in stories
    assert {alert.name for alert in alerts_of(vendor)} == named | budgets
