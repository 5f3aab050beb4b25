"""`tidegate explain` shows what webhooks are verified by, and where each value came from."""

import json
from pathlib import Path

import pytest

from tests.cli.vendor.test_explain import run
from tests.tidegate.files import put
from tidegate.cli.vendor.webhook_explanation import webhook_values
from tidegate.vendor.vendor_file import load_vendor

BEGIN = "policy:\n"
DECLARED = """\
  webhooks:
    scheme:
      header: Acme-Signature
      ts_header: Acme-Time
      signed: "{ts}.{raw}"
    secrets: [env:ACME_WEBHOOK_SECRET]
    tolerance: 2m
    dedupe: {header: Acme-Id}
    backfill: "none, because it tries for a week"
"""
NAMED = DECLARED.partition("    scheme:")[0] + "    scheme: slack\n" + DECLARED[DECLARED.index("    secrets") :]


def test_a_declared_scheme_came_from_the_file_line_by_line(tmp_path: Path) -> None:
    path = put(tmp_path, (BEGIN, DECLARED + BEGIN))
    values = webhook_values(load_vendor(path))
    line = path.read_text(encoding="utf-8").splitlines().index("      header: Acme-Signature") + 1
    assert values["scheme.header"] == ("Acme-Signature", f"vendor.yaml:{line}")
    assert values["tolerance"] == ("2m", f"vendor.yaml:{line + 4}")
    assert values["dedupe"] == ({"header": "Acme-Id"}, f"vendor.yaml:{line + 5}")
    assert values["accepted"][1] == "default"


def test_a_known_scheme_is_written_out(tmp_path: Path) -> None:
    values = webhook_values(load_vendor(put(tmp_path, (BEGIN, NAMED + BEGIN))))
    assert values["scheme.signed"] == ("v0:{ts}:{raw}", "scheme slack")
    assert values["scheme.prefix"] == ("v0=", "scheme slack")


def test_secrets_are_not_shown(tmp_path: Path) -> None:
    assert "ACME_WEBHOOK_SECRET" not in str(webhook_values(load_vendor(put(tmp_path, (BEGIN, DECLARED + BEGIN)))))


@pytest.mark.parametrize("hooks", ["", "  webhooks: {timeout: 5s}\n"])
def test_without_a_scheme_there_is_nothing_to_show(tmp_path: Path, hooks: str) -> None:
    assert webhook_values(load_vendor(put(tmp_path, (BEGIN, hooks + BEGIN)))) == {}


def test_the_overview_shows_them_in_both_forms(tmp_path: Path) -> None:
    path = put(tmp_path, (BEGIN, DECLARED + BEGIN))
    told = run(path)
    assert told.exit_code == 0
    assert any(line.split()[:2] == ["scheme.header", "Acme-Signature"] for line in told.stdout.splitlines())
    shown = json.loads(run(path, "--json").stdout)["webhooks"]
    assert shown["scheme.signed"]["value"] == "{ts}.{raw}"
    assert "webhooks" not in json.loads(run(path, "PostOrders", "--json").stdout)
