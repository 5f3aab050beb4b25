"""Prometheus, Alertmanager and Grafana accept what deploy/ has for them, and it is what the commands write today."""

import json
from pathlib import Path
from typing import Any

import pytest
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.cog.plugins import register_default_plugins
from grafana_foundation_sdk.models.dashboard import Dashboard
from ruamel.yaml import YAML

from tests.debian_tools import run_tool
from tidegate.monitoring.alert_rules import alert_rules
from tidegate.monitoring.dashboard import overview_dashboard, vendor_dashboard
from tidegate.vendor.search_path import find_vendor
from tidegate.vendor.vendor import Vendor
from tidegate.vendor.vendor_file import load_vendor

CURE = "run `make monitoring`"


@pytest.fixture(scope="module")
def stripe() -> Vendor:
    """The vendor of docker-compose.yml."""
    return load_vendor(find_vendor("stripe")).vendor


def test_the_rules_are_those_of_today(root: Path, stripe: Vendor) -> None:
    assert (root / "deploy/prometheus/rules.yml").read_text(encoding="utf-8") == alert_rules([stripe]), CURE


def test_the_dashboards_are_those_of_today(root: Path, stripe: Vendor) -> None:
    made = {"tidegate.json": overview_dashboard([stripe]), "stripe.json": vendor_dashboard(stripe)}
    folder = root / "deploy/grafana/dashboards"
    assert {file.name: file.read_text(encoding="utf-8") for file in folder.iterdir()} == made, CURE


def test_prometheus_accepts_its_configuration_and_rules(root: Path) -> None:
    assert "SUCCESS: 1 rule files found" in run_tool(
        "promtool", "check", "config", root / "deploy/prometheus/prometheus.yml"
    )


def test_alertmanager_accepts_its_configuration(root: Path) -> None:
    assert "SUCCESS" in run_tool("amtool", "check-config", root / "deploy/alertmanager/alertmanager.yml")


@pytest.mark.parametrize(("severity", "receiver"), [("critical", "on-call"), ("warning", "laptop"), ("info", "laptop")])
def test_what_is_critical_wakes_somebody(root: Path, severity: str, receiver: str) -> None:
    file = root / "deploy/alertmanager/alertmanager.yml"
    words = ("config", "routes", "test", "--config.file", file, f"severity={severity}", "alertname=TidegateErrors")
    assert run_tool("amtool", *words).splitlines()[0].startswith(receiver)


def test_what_is_kept_quiet_are_alerts_that_there_are(root: Path) -> None:
    rules = YAML(typ="safe").load(root / "deploy/prometheus/rules.yml")
    names = {rule["alert"] for group in rules["groups"] for rule in group["rules"] if "alert" in rule}
    for rule in YAML(typ="safe").load(root / "deploy/alertmanager/alertmanager.yml")["inhibit_rules"]:
        (source,), (target,) = rule["source_matchers"], rule["target_matchers"]
        quiet = [name.removesuffix(".+") for name in target.split('"')[1].split("|")]
        assert source.split('"')[1] in names
        assert all(any(name.startswith(one) for name in names) for one in quiet if one != "TidegateBudget")


def test_grafana_s_own_models_read_the_dashboards_and_know_all_that_is_in_them(root: Path) -> None:
    register_default_plugins()
    for file in (root / "deploy/grafana/dashboards").iterdir():
        whole: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        read: dict[str, Any] = json.loads(JSONEncoder().encode(Dashboard.from_json(whole)))
        for panel in read["panels"]:
            panel.get("fieldConfig", {}).get("defaults", {}).pop("custom", None)  # what it says of a panel without any
        assert read == whole
