"""The blueprint names every operation, every alert and every problem, from the same plans that run."""

import re
from pathlib import Path

import pytest

from tests.tidegate.files import put
from tidegate.blueprint.blueprint import blueprint
from tidegate.blueprint.joined_rows import table
from tidegate.monitoring.alert_rules import alerts_of
from tidegate.openapi.document import Document
from tidegate.problems import PROBLEMS
from tidegate.vendor.search_path import shipped_vendors
from tidegate.vendor.vendor_file import LoadedVendor, load_vendor


def page(folder: Path, *changes: tuple[str, str]) -> tuple[LoadedVendor, str]:
    loaded = load_vendor(put(folder, *changes))
    return loaded, blueprint(loaded, Document.load(loaded.document_path)).markdown


def section(text: str, title: str) -> str:
    return text.split(f"## {title}\n")[1].split("\n## ", maxsplit=1)[0]


def test_it_says_what_the_vendor_is_for_and_who_owns_it(tmp_path: Path) -> None:
    _, text = page(tmp_path)
    assert text.startswith(
        "# shop: blueprint\n\nSells things. It is of medium criticality, and shop-team answers for it."
    )
    assert "| Owner | shop-team |" in text


@pytest.mark.parametrize("title", ["Operations", "Failure modes"])
def test_every_operation_is_in_both_tables(tmp_path: Path, title: str) -> None:
    _, text = page(tmp_path)
    for name in ("GetOrders", "PostOrders", "GetOrder", "PutOrder", "DeleteOrder", "PostOrderPay", "unlisted writes"):
        assert f"`{name}`" in section(text, title)


def test_the_failure_modes_say_what_happens_to_reads_and_to_writes(tmp_path: Path) -> None:
    _, text = page(tmp_path, ("{idempotency: vendor-key}", "{idempotency: vendor-key, unavailable: {fail: no way}}"))
    lines = [line for line in section(text, "Failure modes").splitlines() if line.startswith("| `")]
    rows = {name: line for line in lines for name in re.findall(r"`(\w[\w ]*)`", line.split(" | ")[0])}
    assert "outcome-unknown" in rows["PostOrders"]
    assert "same key" in rows["PostOrders"]
    assert "fails, because no way" in rows["PostOrders"]
    assert "outcome-unknown" not in rows["GetOrders"]
    assert "not sent again" in rows["unlisted writes"]


def test_unlisted_operations_are_left_out_where_they_are_refused(tmp_path: Path) -> None:
    _, text = page(tmp_path, ("policy:\n", "policy:\n  unlisted: refuse\n"))
    assert "unlisted" not in section(text, "Operations")


def test_every_alert_has_its_chapter_in_the_runbook(tmp_path: Path) -> None:
    loaded, text = page(tmp_path)
    for alert in alerts_of(loaded.vendor):
        assert f"### {alert.name} (" in section(text, "Runbook")
        assert f"alert: {alert.name}\n" in section(text, "Alert rules")


def test_every_problem_that_a_call_can_meet_is_explained(tmp_path: Path) -> None:
    _, text = page(tmp_path)
    seen = section(text, "What the app sees")
    # Not in this version, or about the request's form and not about the vendor.
    aside = {"contract-broken", "vendor-rate-limited", "not-found", "misdirected", "bad-request"}
    assert {name for name in PROBLEMS if f"`{name}` {PROBLEMS[name].status}" in seen} == set(PROBLEMS) - aside


def test_reads_that_are_set_apart_have_a_table_and_their_fallback_is_told(tmp_path: Path) -> None:
    assert "## Reads" not in page(tmp_path)[1]
    entry = (
        "Post*: {idempotency: vendor-key}",
        """Post*: {idempotency: vendor-key}
  GetOrder: {cache: {fresh: 2s, stale_if_error: 10m, despite: [no-store]}, hedge: {after: p95}, unavailable: cache}
  GetOrders: {coalesce: app, unavailable: {static: {status: 200}}}""",
    )
    text = page(tmp_path, entry)[1]
    reads, modes = section(text, "Reads"), section(text, "Failure modes")
    assert "| `GetOrder` | 2s | 10m | by app | `no-store` | p95 |" in reads
    assert "| `GetOrders` | no | no | by app | nothing | off |" in reads
    assert "the last answer, up to 10m after it went stale; then fails |" in modes
    assert "a static 200 |" in modes


def test_no_secret_s_value_can_be_in_it_only_its_reference(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOP_KEY", "sk_live_4242")
    _, text = page(tmp_path)
    assert "`env:SHOP_KEY`" in text
    assert "sk_live_4242" not in text


REQUIRED = {
    "integration architecture": ("Architecture", "flowchart LR"),
    "summary with risks": ("Risks", "| Risk |"),
    "adapter interface": ("Adapter interface", "The gateway is `http"),
    "failure-mode strategy": ("Failure modes", "Vendor away"),
    "call by call": ("Calls", "| Call | Request |"),
    "timeouts": ("Operations", "Connect / first byte / idle / attempt"),
    "retries: attempts, formula, jitter range": ("Timeouts, retries and limits", "| Jitter range |"),
    "retry formula": ("Timeouts, retries and limits", "min("),
    "limits": ("Timeouts, retries and limits", "| Limits |"),
    "security controls": ("Security controls", "| Who may call |"),
    "secret lifecycle": ("The secret's life", "| Changed |"),
    "secret's end": ("The secret's life", "| Ended |"),
    "monitoring signals": ("Monitoring signals", "tidegate_calls_total"),
    "alerts": ("Alert rules", "alert: TidegateBreakerOpen"),
    "SLO impact": ("SLO impact", "| Error budget |"),
    "runbook pointers": ("Runbook", "Runbook `"),
    "runbook chapters": ("Runbook", "### TidegateBreakerOpen"),
    "anti-patterns checked": ("Anti-patterns checked", "| State |"),
    "checklist by priority": ("Implementation checklist", "### P0: before the first call"),
}
"""What a blueprint has to have: its section, and words that stand there."""


@pytest.mark.parametrize("vendor", sorted(shipped_vendors()))
def test_every_shipped_vendors_blueprint_has_what_is_required(vendor: str) -> None:
    loaded = load_vendor(shipped_vendors()[vendor])
    made = blueprint(loaded, Document.load(loaded.document_path))
    missing = [what for what, (title, words) in REQUIRED.items() if words not in section(made.markdown, title)]
    assert missing == []
    html = made.html()
    for title, _ in REQUIRED.values():
        assert f"<h2>{title}</h2>" in html, title
    assert "<svg " in html
    assert "mermaid" not in html


def test_a_bar_in_a_cell_does_not_break_the_table() -> None:
    assert table(("a",), [("x|y",)]).splitlines()[-1] == "| x\\|y |"
