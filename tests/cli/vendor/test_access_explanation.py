"""Tests of tidegate.cli.vendor.access_explanation, through the commands that show it."""

import json
from pathlib import Path

import pytest

from tests.cli.proxy.post_office import said
from tidegate.cli.vendor.access_explanation import access_section, words_of
from tidegate.openapi.document import Document
from tidegate.plan.planning import plan_vendor
from tidegate.proxy.config import Config
from tidegate.vendor.search_path import find_vendor
from tidegate.vendor.vendor_file import load_vendor

RULES = """\
tokens: [{app: shop, token: 'env:A'}, {app: agent, token: 'env:B'}, {app: free, token: 'env:C'}]
apps:
  shop: {allow: {stripe: ['GetCustomers*']}, calls: {minute: 60}, urgency: 4}
  agent: {approve: writes, approve_within: 8h}
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "tidegate.yaml").write_text(RULES)
    return tmp_path


def test_explain_says_what_each_app_may_do_with_an_operation(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out, _ = said(capsys, "explain", "stripe", "PostRefunds", "--json")
    assert json.loads(out)["operations"]["PostRefunds"]["apps"] == {
        "agent": "waits for approval, for 8h at most",
        "free": "may call it",
        "shop": "may not call it",
    }
    out, _ = said(capsys, "explain", "stripe", "GetCustomers")
    assert "may call it; 60 a minute; no more urgent than u=4" in out


def test_the_blueprint_has_a_section_where_an_app_has_rules(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out, _ = said(capsys, "blueprint", "stripe")
    assert "## Who may call" in out
    assert "| agent | everything | every write | no bound |" in out
    assert "| shop | `GetCustomers*` | nothing | 60 a minute |" in out
    (home / "tidegate.yaml").write_text("tokens: [{app: shop, token: 'env:A'}]\n")
    assert "## Who may call" not in said(capsys, "blueprint", "stripe")[0]


def test_the_words_are_those_of_the_rules_that_a_proxy_makes() -> None:
    loaded = load_vendor(find_vendor("stripe"))
    plans = plan_vendor(loaded, Document.load(loaded.document_path))
    config = Config.model_validate_json('{"apps": {"local": {"approve": {"stripe": ["PostRefunds"]}, "allow": {}}}}')
    assert words_of(config, plans["PostRefunds"]) == {"local": "may not call it"}
    assert "| local | nothing | `PostRefunds` | no bound |" in access_section(config, "stripe", plans)
    assert access_section(Config(), "stripe", plans) == ""


def test_check_tells_a_list_that_means_nothing(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (home / "tidegate.yaml").write_text("apps: {local: {allow: {stripe: [PostRefund]}}}\n")
    out, err = said(capsys, "check", "tidegate.yaml", code=1)
    assert "apps.local.allow.stripe: stripe has no operation PostRefund; did you mean PostRefunds?" in out + err
