"""Alert rules follow from the file: thresholds, severity, and metrics that the proxy really has."""

import re
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from tests.tidegate.files import put
from tidegate.monitoring.alert_rules import alert_rules, alerts_of
from tidegate.monitoring.proxy_alerts import STORE
from tidegate.vendor.vendor import Vendor
from tidegate.vendor.vendor_file import load_vendor


@pytest.fixture
def vendor(tmp_path: Path) -> Vendor:
    return load_vendor(put(tmp_path)).vendor


def groups_of(*vendors: Vendor) -> list[dict[str, Any]]:
    groups: list[dict[str, Any]] = YAML(typ="safe").load(alert_rules(vendors))["groups"]
    return groups


def test_the_rule_file_is_yaml_that_prometheus_would_read(vendor: Vendor) -> None:
    group, own = groups_of(vendor)
    assert (group["name"], own["name"]) == ("tidegate-shop", "tidegate")
    names = [rule["alert"] for rule in group["rules"]]
    assert len(names) == len(set(names))
    for rule in group["rules"]:
        assert re.search(r'vendor=~?"shop[|"]', rule["expr"])
        assert rule["labels"]["owner"] == "shop-team"
        assert rule["annotations"]["runbook"] == "shop"
        assert rule["annotations"]["description"].startswith("- ")
    for rule in [*group["rules"], *own["rules"]]:
        assert rule["expr"].count("(") == rule["expr"].count(")")
        assert re.fullmatch(r"\d+m", rule["for"])


def test_a_runbook_that_has_an_address_is_led_to(vendor: Vendor) -> None:
    assert vendor.policy.alerts is not None
    alerts = vendor.policy.alerts.model_copy(update={"runbook": "https://wiki.example/shop"})
    led = vendor.model_copy(update={"policy": vendor.policy.model_copy(update={"alerts": alerts})})
    group, _ = groups_of(led)
    assert {rule["annotations"]["runbook_url"] for rule in group["rules"]} == {"https://wiki.example/shop"}


def test_what_no_vendor_causes_is_there_once_for_all(vendor: Vendor) -> None:
    other = vendor.model_copy(update={"vendor": "other"})
    rules = [rule for group in groups_of(vendor, other) for rule in group["rules"]]
    assert [rule["labels"] for rule in rules if rule["alert"] == STORE.name] == [{"severity": "critical"}]


def test_thresholds_are_those_of_the_file(vendor: Vendor) -> None:
    alerts = {alert.name: alert.expression for alert in alerts_of(vendor)}
    assert alerts["TidegateErrors"].endswith("> 0.05")
    assert alerts["TidegateSlow"].endswith("> 5")
    assert alerts["TidegateQuota80"].endswith(">= 0.8")
    assert alerts["TidegateQuota95"].endswith(">= 0.95")


@pytest.mark.parametrize(("criticality", "severity"), [("high", "critical"), ("medium", "warning"), ("low", "info")])
def test_severity_follows_criticality(vendor: Vendor, criticality: str, severity: str) -> None:
    alerts = {alert.name: alert for alert in alerts_of(vendor.model_copy(update={"criticality": criticality}))}
    assert alerts["TidegateBreakerOpen"].severity == severity
    assert alerts["TidegateQuota95"].severity == severity
    assert alerts["TidegateQuota80"].severity == "info"


def test_every_alert_says_what_it_means_and_what_to_do(vendor: Vendor) -> None:
    for alert in alerts_of(vendor):
        assert alert.means.endswith(".")
        assert alert.steps


def test_the_metrics_are_the_proxy_s(vendor: Vendor, root: Path) -> None:
    made = "".join(file.read_text(encoding="utf-8") for file in (root / "proxy").rglob("*.py"))
    for alert in alerts_of(vendor):
        for metric in re.findall(r"tidegate_\w+", alert.expression):
            assert f'"{re.sub("_(total|bucket)$", "", metric)}"' in made
