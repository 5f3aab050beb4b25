"""What a proxy's page of metrics showed, minute by minute, as a test that promtool plays against the alert rules."""

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.debian_tools import run_tool
from tidegate.monitoring.alert_rules import alert_rules
from tidegate.vendor.vendor import Vendor

STEP = "1m"
"""Between two pages. Rules are evaluated as often."""
FIRING = 'group by (alertname) (ALERTS{alertstate="firing"})'

UP = 'up{job="tidegate",instance="proxy:8081"}'
"""What Prometheus itself says of each time that it asks."""

Page = Mapping[str, str]
"""Series → value, as the page has them."""


def page_of(text: str) -> Page:
    """The samples of a page in Prometheus' text format."""
    lines = (line for line in text.splitlines() if line and not line.startswith("#"))
    return dict(line.rsplit(" ", 1) for line in lines)


def judge(folder: Path, vendor: Vendor, pages: Sequence[Page], firing: Sequence[tuple[int, frozenset[str]]]) -> None:
    """Let promtool play the pages. `firing` has the alerts that are to fire, and no others, at certain minutes."""
    rules = alert_rules([vendor])
    used = {"up", *re.findall(r"tidegate_\w+", rules)}
    pages = [{**page, UP: "1" if page else "0"} for page in pages]
    names = sorted({name for page in pages for name in page if name.partition("{")[0] in used})
    series = [{"series": name, "values": " ".join(_values([page.get(name) for page in pages]))} for name in names]
    expected = [
        {
            "expr": FIRING,
            "eval_time": f"{minute}m",
            "exp_samples": [{"labels": f'{{alertname="{name}"}}', "value": 1} for name in sorted(alerts)],
        }
        for minute, alerts in firing
    ]
    whole: dict[str, Any] = {
        "rule_files": ["rules.yml"],
        "evaluation_interval": STEP,
        "tests": [{"interval": STEP, "input_series": series, "promql_expr_test": expected}],
    }
    (folder / "rules.yml").write_text(rules)
    (folder / "story.yml").write_text(json.dumps(whole))
    run_tool("promtool", "test", "rules", folder / "story.yml")


def _values(found: Sequence[str | None]) -> list[str]:
    """A series that is not on a page any more is stale at once, as Prometheus has it."""
    words, shown = [], False
    for value in found:
        words.append(value if value is not None else "stale" if shown else "_")
        shown = value is not None
    return words
