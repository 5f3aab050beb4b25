"""What the dashboards show are figures that the proxy has, asked for in words that Prometheus reads."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.tidegate.files import put
from tests.tidegate.monitoring.test_alerts_by_promtool import promtool
from tidegate.monitoring.dashboard import overview_dashboard, vendor_dashboard
from tidegate.vendor.vendor_file import load_vendor


@pytest.fixture(params=["overview", "vendor"])
def made(request: pytest.FixtureRequest, tmp_path: Path) -> dict[str, Any]:
    vendor = load_vendor(put(tmp_path / "shop")).vendor
    text = vendor_dashboard(vendor) if request.param == "vendor" else overview_dashboard([vendor])
    whole: dict[str, Any] = json.loads(text)
    return whole


def queries(made: dict[str, Any]) -> list[str]:
    return [target["expr"] for panel in made["panels"] for target in panel.get("targets", ())]


def test_every_panel_has_a_query_and_a_place_of_its_own(made: dict[str, Any]) -> None:
    panels = [panel for panel in made["panels"] if panel["type"] == "timeseries"]
    assert len(panels) >= 10
    assert all(panel["targets"] and panel["title"] for panel in panels)
    places = [(panel["gridPos"]["x"], panel["gridPos"]["y"]) for panel in made["panels"]]
    assert len(places) == len(set(places))


def test_the_metrics_are_the_proxy_s(made: dict[str, Any], root: Path) -> None:
    known = "".join(file.read_text(encoding="utf-8") for file in (root / "proxy").rglob("*.py"))
    for query in queries(made):
        for metric in re.findall(r"tidegate_\w+", query):
            assert f'"{re.sub("_(total|bucket)$", "", metric)}"' in known


def test_prometheus_reads_every_query(made: dict[str, Any], tmp_path: Path) -> None:
    rules = [
        {"record": f"panel:{n}", "expr": query.replace("$__rate_interval", "5m")}
        for n, query in enumerate(queries(made))
    ]
    (tmp_path / "rules.yml").write_text(json.dumps({"groups": [{"name": "panels", "rules": rules}]}))
    assert f"{len(rules)} rules found" in promtool("check", "rules", str(tmp_path / "rules.yml"))
