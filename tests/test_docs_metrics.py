"""What docs/metrics.md says is true: every metric stands there with its labels, and its examples work."""

import re
from pathlib import Path

from tests.proxy.desk.port.test_metrics_page import busy
from tests.proxy.telemetry.overview.test_overview import made
from tests.test_docs import ROOT, blocks
from tidegate.proxy.config import load_config
from tidegate.proxy.desk.port.metrics_page import OPENMETRICS, metrics_page
from tidegate.proxy.telemetry.metrics import VendorState
from tidegate.proxy.telemetry.otlp.metric_points import DOTTED

PAGE = ROOT / "docs" / "metrics.md"
TEXT = PAGE.read_text(encoding="utf-8")
ROWS = re.findall(r"^\| (`tidegate_[^|]+) \| ([^|]+) \| ", TEXT, re.MULTILINE)


def test_every_metric_that_the_proxy_names_is_listed_and_no_other() -> None:
    sources = "".join(file.read_text(encoding="utf-8") for file in (ROOT / "proxy").rglob("*.py"))
    named = set(re.findall(r'"(tidegate_[a-z_]+)"', sources))
    listed = [name for names, _ in ROWS for name in re.findall(r"`(\w+)`", names)]
    assert named == set(listed)
    assert len(listed) == len(set(listed))


def test_the_labels_of_what_a_busy_proxy_shows_are_those_that_are_listed() -> None:
    words = [(re.findall(r"`(\w+)`", names), set(re.findall(r"`(\w+)`", labels))) for names, labels in ROWS]
    listed = {name: labels for names, labels in words for name in names}
    for family in busy().registry.collect():
        for sample in family.samples:
            assert sample.labels.keys() - {"le"} <= listed.get(family.name, set(DOTTED)), family.name


def test_every_attribute_and_every_part_of_the_overview_is_explained() -> None:
    assert all(f"`{name}`" in TEXT for name in DOTTED.values())
    _, overview = made(stripe=VendorState())
    vendors = overview.document()["vendors"]
    assert isinstance(vendors, dict)
    for name, part in vendors["stripe"].items():
        shown = [f"costs.{each}" for each in part] if name == "costs" else [name]
        assert all(f"`{each}`" in TEXT for each in shown), name


def test_the_examples_work(tmp_path: Path) -> None:
    [yaml] = blocks(PAGE, "yaml")
    (tmp_path / "tidegate.yaml").write_text(yaml)
    telemetry = load_config(tmp_path / "tidegate.yaml").telemetry
    assert (telemetry.metrics_every, telemetry.app_labels) == (60.0, 100)
    [curl] = blocks(PAGE, "bash")
    accept = re.search(r"Accept: ([^']+)'", curl)
    assert accept is not None
    assert metrics_page(busy(), accept[1]).content_type == OPENMETRICS
