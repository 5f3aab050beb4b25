"""Pages that list what the code knows list all of it, and nothing else."""

import re
from pathlib import Path
from typing import get_args

from tests.tidegate.files import put
from tests.tidegate.monitoring.test_token_alerts import REFRESH
from tidegate.monitoring.alert_rules import alerts_of
from tidegate.proxy.audit.audited import AUDITED
from tidegate.proxy.desk.delivery_query import FILTERS, PAGING
from tidegate.proxy.policies.delivery.delivery import MAY, ByHand, DeadReason
from tidegate.proxy.telemetry.delivery_metrics import DeliveryMetrics
from tidegate.proxy.telemetry.series.app_labels import AppLabels
from tidegate.vendor.vendor_file import load_vendor

ROOT = Path(__file__).parent.parent


def test_the_page_on_dead_letters_lists_every_reason_action_filter_and_metric() -> None:
    text = (ROOT / "docs" / "dead-letters.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `?(\w+)`? \|", text, re.MULTILINE)
    assert {*get_args(DeadReason), *get_args(ByHand)} <= set(rows)
    assert all(f"`{name}`" in text for name in (*FILTERS, *PAGING))
    shown = DeliveryMetrics().collect(AppLabels())
    families = {family.name + ("_total" if family.type == "counter" else "") for family in shown}
    assert {row for row in rows if row.startswith("tidegate_")} == families
    for action, states in MAY.items():
        (listed,) = re.findall(rf"^\| {action} \| ([^|]+) \|", text, re.MULTILINE)
        assert set(listed.split(", ")) == states


def test_the_page_on_the_audit_log_lists_every_kind_and_what_it_means() -> None:
    text = (ROOT / "docs" / "audit.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `([a-z.]+)` \| (.+)\. \|$", text, re.MULTILINE))
    assert rows == {kind: means[0].upper() + means[1:] for kind, means in AUDITED.items()}


def test_the_page_on_alerts_has_a_section_for_each(tmp_path: Path) -> None:
    text = (ROOT / "docs" / "alerts.md").read_text(encoding="utf-8")
    headings = re.findall(r"^### (.+)$", text, re.MULTILINE)
    named = {re.findall(r"`(\w+)`", heading)[0] for heading in headings}
    assert len(named) == len(headings)
    objective = ("policy:\n", "policy:\n  slo: {availability: 99.9%, latency: 1s}\n  drift: {sample: 1/s}\n")
    vendor = load_vendor(put(tmp_path, ("    rotate_every: 90d\n", REFRESH), objective)).vendor
    alerts = {re.sub(r"(Budget[A-Z][a-z]+|Quota|Sunset).*", r"\1", alert.name) for alert in alerts_of(vendor)}
    assert {re.sub(r"(Budget[A-Z][a-z]+|Quota|Sunset).*", r"\1", name) for name in named} == alerts
