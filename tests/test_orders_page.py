"""What docs/orders.md says of the order flow is what the code and the shipped files say."""

import re
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from tidegate.chaos.play.order_config import configuration

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "docs" / "orders.md").read_text(encoding="utf-8")
WAREHOUSE = YAML(typ="safe").load(ROOT / "adapters" / "warehouse" / "vendor.yaml")


def blocks() -> list[Any]:
    found = re.findall(r"^```yaml\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    return [YAML(typ="safe").load(block) for block in found]


def test_the_policy_on_the_page_is_the_shipped_one() -> None:
    shown = blocks()[1]["operations"]
    assert shown == WAREHOUSE["operations"]
    breaker = WAREHOUSE["policy"]["breaker"]
    assert (breaker["calls"], breaker["failures"], breaker["window"], breaker["open_max"]) == (3, "40%", "5s", "5s")
    assert "after three calls of which 40 % failed within 5 s" in PAGE
    assert WAREHOUSE["policy"]["retry"]["attempts"] == 1


def test_the_inbox_on_the_page_is_the_one_that_is_played() -> None:
    shown, played = blocks()[0], configuration({"shopify": "http://s", "warehouse": "http://w", "app": "http://a"})
    source = played["inbox"]["sources"]["shopify"]
    assert shown["inbox"]["sources"]["shopify"] == {**source, "events": [*source["events"]]}
    (webhooks,), (of_play,) = ([app["webhooks"] for app in part["apps"].values()] for part in (shown, played))
    assert {**webhooks, "url": ""} == {**of_play, "url": ""}


def test_the_stages_on_the_page_are_those_that_the_app_writes() -> None:
    app = (ROOT / "chaos" / "apps" / "order_app.py").read_text(encoding="utf-8")
    written = set(re.findall(r'_Ending\("([a-z ]+)"', app)) | set(re.findall(r'"stage": "([a-z ]+)"', app))
    [row] = re.findall(r"^\| stage \| `stage`: ([^|]+) \|", PAGE, re.MULTILINE)
    assert set(re.findall(r"`([a-z ]+)`", row)) == written


def test_the_statuses_on_the_page_are_those_that_the_app_answers() -> None:
    app = (ROOT / "chaos" / "apps" / "order_app.py").read_text(encoding="utf-8")
    answered = {"200", *re.findall(r'_Ending\("[a-z ]+", (\d{3})', app), *re.findall(r"Response\(status=(\d{3})", app)}
    shown = set(re.findall(r"^\| (\d{3})", PAGE, re.MULTILINE))
    assert shown == answered - {"413"}
