"""`tidegate blueprint` prints the page, or writes it whole."""

import os
import subprocess
from pathlib import Path

import pytest
import typer
from ruamel.yaml import YAML
from typer.testing import CliRunner, Result

from tests.tidegate.files import put
from tidegate.cli.vendor.blueprint import blueprint
from tidegate.problems import UsageError


def run(*arguments: object) -> Result:
    app = typer.Typer()
    app.command()(blueprint)
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return put(tmp_path / "shop")


def test_it_is_printed(file: Path) -> None:
    result = run(file)
    assert result.exit_code == 0
    assert result.stdout.startswith("# shop: blueprint\n")
    assert result.stdout.endswith("\n")


def test_it_is_written_whole_and_nothing_else_is_left(file: Path, tmp_path: Path) -> None:
    out = tmp_path / "out" / "shop.md"
    out.parent.mkdir()
    out.write_text("old")
    result = run(file, "-o", out)
    assert result.exit_code == 0
    assert result.stdout == ""
    assert out.read_text() == run(file).stdout
    assert list(out.parent.iterdir()) == [out]
    assert out.stat().st_mode & 0o400


def test_it_is_a_page_of_html_where_that_is_asked(file: Path, tmp_path: Path) -> None:
    assert run(file, "--html").stdout.startswith("<!doctype html>")
    assert run(file, "-o", tmp_path / "shop.html").exit_code == 0
    assert (tmp_path / "shop.html").read_text() == run(file, "--html").stdout


def test_a_place_that_cannot_be_written_is_wrong_usage_and_leaves_nothing(file: Path, tmp_path: Path) -> None:
    error = run(file, "-o", tmp_path / "nowhere" / "shop.md").exception
    assert isinstance(error, UsageError)
    assert "cannot be written" in str(error)
    (tmp_path / "folder").mkdir()
    assert isinstance(run(file, "-o", tmp_path / "folder").exception, UsageError)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["folder", "shop"]


def test_a_broken_file_has_no_blueprint(tmp_path: Path) -> None:
    out = tmp_path / "shop.md"
    result = run(put(tmp_path, ("owner: shop-team\n", "")), "-o", out)
    assert result.exit_code == 1
    assert "[TG005]" in result.stderr
    assert not out.exists()


def test_the_alert_rules_are_a_file_of_their_own(file: Path, tmp_path: Path) -> None:
    rules = tmp_path / "shop.rules.yaml"
    result = run(file, "--alerts", rules)
    assert (result.exit_code, result.stdout) == (0, "")
    group, own = YAML(typ="safe").load(rules)["groups"]
    assert (group["name"], own["name"]) == ("tidegate-shop", "tidegate")
    assert {rule["alert"] for rule in group["rules"]} >= {"TidegateBreakerOpen", "TidegateOutcomeUnknown"}
    assert run(file, "--alerts", "-").stdout == rules.read_text()
    both = run(file, "--alerts", rules, "-o", tmp_path / "shop.md")
    assert (both.exit_code, (tmp_path / "shop.md").read_text()) == (0, run(file).stdout)
    with pytest.raises(UsageError, match="cannot be written"):
        raise run(file, "--alerts", tmp_path / "no" / "x.yaml").exception or AssertionError


def test_a_pipe_is_written_to_and_stays_a_pipe(file: Path, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with subprocess.Popen(["cat", str(pipe)], stdout=subprocess.PIPE, text=True) as reader:
        assert run(file, "-o", pipe).exit_code == 0
        assert reader.communicate(timeout=60)[0] == run(file).stdout
    assert pipe.is_fifo()
