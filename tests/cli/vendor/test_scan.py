"""`tidegate scan` prints four forms, keeps a baseline, and never calls clean what it did not look into."""

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from tidegate.cli.vendor.scan import scan
from tidegate.problems import UsageError


def run(*arguments: object) -> Result:
    app = typer.Typer()
    app.command()(scan)
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture
def app(tmp_path: Path) -> Path:
    folder = tmp_path / "app"
    folder.mkdir()
    (folder / "pay.py").write_text('import requests\nrequests.get("https://api.stripe.com/v1/charges")\n')
    return folder


def test_findings_leave_with_1_in_every_form(app: Path, tmp_path: Path) -> None:
    text = run(app)
    assert text.exit_code == 1
    assert "pay.py:2:14: error: api.stripe.com is stripe's own host [bypass-host]" in text.stdout
    assert run(app, "--format", "github").stdout.count("::error file=pay.py") == 1
    found = json.loads(run(app, "--format", "json").stdout)["findings"]
    assert [(one["rule_name"], one["level"]) for one in found] == [("no-timeout", "warning"), ("bypass-host", "error")]
    out = tmp_path / "out.sarif"
    assert run(app, "--format", "sarif", "-o", out).exit_code == 1
    assert json.loads(out.read_text())["version"] == "2.1.0"


def test_what_the_baseline_knows_does_not_fail(app: Path, tmp_path: Path) -> None:
    file = tmp_path / "known.json"
    assert run(app, "--write-baseline", file).exit_code == 0
    result = run(app, "--baseline", file)
    assert (result.exit_code, result.stdout) == (0, "1 files: nothing found; 2 known by the baseline\n")
    (app / "new.py").write_text("import requests\nrequests.get(u)\n")
    result = run(app, "--baseline", file)
    assert result.exit_code == 1
    assert "new.py:2:1" in result.stdout
    assert "pay.py" not in result.stdout


def test_a_baseline_takes_no_place_for_findings(app: Path, tmp_path: Path) -> None:
    result = run(app, "--write-baseline", tmp_path / "baseline", "-o", tmp_path / "found")
    assert isinstance(result.exception, UsageError)
    assert not (tmp_path / "baseline").exists()


def test_nothing_found_is_0_and_nothing_looked_into_is_2(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("x = 1\n")
    assert run(tmp_path).exit_code == 0
    (tmp_path / "bad.py").write_text("def (")
    result = run(tmp_path)
    assert result.exit_code == 2
    assert "inconclusive: 1 files were not looked into" in result.stderr
    (tmp_path / "empty").mkdir()
    assert run(tmp_path / "empty").exit_code == 2


def test_a_place_that_is_not_there_is_wrong_usage(tmp_path: Path) -> None:
    assert isinstance(run(tmp_path / "nowhere").exception, UsageError)
    assert isinstance(run(tmp_path, "--baseline", tmp_path / "none.json").exception, UsageError)
