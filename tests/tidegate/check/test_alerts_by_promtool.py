"""The alert rules as Prometheus itself reads them, where there is promtool (of Debian's package `prometheus`)."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from tidegate.check.alert_rules import alert_rules
from tidegate.vendor.search_path import find_vendors
from tidegate.vendor.vendor_file import load_vendor

PROMTOOL = shutil.which("promtool")

pytestmark = pytest.mark.skipif(PROMTOOL is None, reason="there is no promtool on this machine")


def promtool(*words: str) -> str:
    assert PROMTOOL is not None
    done = subprocess.run([PROMTOOL, *words], check=False, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_rules_of_every_vendor_that_ships_are_rules(tmp_path: Path) -> None:
    files = []
    for name, path in find_vendors().items():
        files.append(tmp_path / f"{name}.rules.yaml")
        files[-1].write_text(alert_rules(load_vendor(path).vendor), encoding="utf-8")
    assert promtool("check", "rules", *map(str, files)).count("SUCCESS") == len(files)


def series(name: str, state: str, values: str, reason: str = "", box: str = "outbox") -> dict[str, str]:
    labels = f'box="{box}",app="shop",vendor="stripe",state="{state}",reason="{reason}"'
    return {"series": f"{name}{{{labels}}}", "values": values}


@pytest.mark.parametrize(
    ("made", "alert", "before_m", "after_m"),
    [
        (series("tidegate_deliveries", "dead", "0 0 1x20", "rejected"), "TidegateDeadLetter", 1, 2),
        (series("tidegate_deliveries", "parked", "0 0 2x20"), "TidegateDeliveryParked", 1, 2),
        (series("tidegate_delivery_oldest_seconds", "waiting", "0+60x40"), "TidegateDeliveryLate", 15, 18),
        (series("tidegate_delivery_oldest_seconds", "queued", "0+60x40", box="inbox"), "TidegateDeliveryLate", 15, 18),
        ({"series": "tidegate_store_ready", "values": "1 1 0x20"}, "TidegateStoreNotReady", 2, 4),
    ],
    ids=["dead", "parked", "late write", "late webhook", "store"],
)
def test_an_alert_about_deliveries_fires_when_it_must_and_not_before(
    tmp_path: Path, made: dict[str, str], alert: str, before_m: int, after_m: int
) -> None:
    (tmp_path / "stripe.rules.yaml").write_text(alert_rules(load_vendor(find_vendors()["stripe"]).vendor))
    rule = next(one for one in load_rules(tmp_path / "stripe.rules.yaml") if one["alert"] == alert)
    kept = {"TidegateDeadLetter": {"box": "outbox", "reason": "rejected"}, "TidegateDeliveryParked": {"box": "outbox"}}
    own = kept.get(alert, {})
    if alert == "TidegateDeliveryLate":
        own = {"box": "inbox" if "inbox" in made["series"] else "outbox", "app": "shop"}
    fires = {"exp_labels": {**rule["labels"], **own}, "exp_annotations": rule["annotations"]}
    story = {
        "rule_files": ["stripe.rules.yaml"],
        "evaluation_interval": "1m",
        "tests": [
            {
                "interval": "1m",
                "input_series": [made],
                "alert_rule_test": [
                    {"eval_time": f"{before_m}m", "alertname": alert, "exp_alerts": []},
                    {"eval_time": f"{after_m}m", "alertname": alert, "exp_alerts": [fires]},
                ],
            }
        ],
    }
    (tmp_path / "story.yaml").write_text(json.dumps(story))
    promtool("test", "rules", str(tmp_path / "story.yaml"))


def load_rules(path: Path) -> list[dict[str, Any]]:
    rules: list[dict[str, Any]] = YAML(typ="safe").load(path.read_text())["groups"][0]["rules"]
    return rules
