"""`tidegate new` takes flags, asks at a terminal, and says all that is missing at once."""

import sys
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from tests.tidegate.scaffold.conftest import PARCELS, written
from tidegate.cli.vendor.new import new
from tidegate.problems import UsageError

FLAGS = ("--purpose", "Sends parcels.", "--downtime", "5m", "--sensitivity", "internal", "--criticality", "low")


def run(*arguments: object, typed: str = "") -> Result:
    app = typer.Typer()
    app.command()(new)
    return CliRunner().invoke(app, [str(argument) for argument in arguments], input=typed)


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    return written(tmp_path, PARCELS)


def test_flags_and_the_document_make_a_vendor(spec: Path, tmp_path: Path) -> None:
    result = run("parcels", "--spec", spec, "-o", tmp_path / "a", "--operation", "ListDepots", *FLAGS)
    assert result.exit_code == 0, result.exception
    assert "notice: to be decided: facts.auth.secret" in result.stdout
    assert "1 calls, 1 rehearsed with success" in result.stderr
    assert "criticality: low" in (tmp_path / "a" / "parcels" / "vendor.yaml").read_text()


def test_without_a_terminal_all_that_is_missing_is_said_at_once(spec: Path, tmp_path: Path) -> None:
    error = run("parcels", "--spec", spec, "-o", tmp_path / "a").exception
    assert isinstance(error, UsageError)
    for flag in ("--purpose:", "--downtime:", "--sensitivity:", "--criticality:"):
        assert flag in str(error)
    assert not (tmp_path / "a").exists()


def test_at_a_terminal_what_was_not_given_is_asked(spec: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tidegate.cli.vendor.new.at_terminal", lambda: True)
    typed = "ListDepots\n\n3/s\nnone\n\npublic\n\ndepot-team\neu\n"
    result = run("parcels", "--spec", spec, "-o", tmp_path / "a", "--purpose", "Sends.", typed=typed)
    assert result.exit_code == 0, result.exception
    file = (tmp_path / "a" / "parcels" / "vendor.yaml").read_text()
    for line in ("owner: depot-team", "region: eu", 'rate: "3/s"', "criticality: medium", "header: X-Parcel-Key"):
        assert line in file, line


@pytest.mark.parametrize(
    ("flags", "why"),
    [
        (["--downtime", "soon"], "--downtime: 'soon' is not a duration"),
        (["--sensitivity", "secret"], "--sensitivity secret: write public, internal, personal"),
        (["--limit", "many"], "--limit: "),
        (["--auth", "cookie"], "--auth cookie: write bearer"),
        (["--secret", "sk_live_1"], "--secret: "),
        (["--webhooks", "paper"], "--webhooks paper: write none, stripe"),
        (["--base-url", "ftp://x"], "--base-url ftp://x"),
        (["--operation", "GetParcels"], "did you mean GetParcel"),
    ],
)
def test_a_flag_that_cannot_be_used_says_what_would_be_right(
    flags: list[str], why: str, spec: Path, tmp_path: Path
) -> None:
    error = run("parcels", "--spec", spec, "-o", tmp_path / "a", *FLAGS, *flags).exception
    assert isinstance(error, UsageError), error
    assert why in str(error)
    assert not (tmp_path / "a" / "parcels").exists()


def test_names_documents_and_folders_that_cannot_be_used(spec: Path, tmp_path: Path) -> None:
    assert "no name of a vendor" in str(run("My Shop", "--spec", spec, *FLAGS).exception)
    assert "--spec" in str(run("shop", "--spec", tmp_path / "no.json", "-o", tmp_path, *FLAGS).exception)
    (tmp_path / "shop").mkdir()
    assert "nothing is overwritten" in str(run("shop", "--spec", spec, "-o", tmp_path, *FLAGS).exception)


def test_a_terminal_is_one_that_both_sides_see(monkeypatch: pytest.MonkeyPatch) -> None:
    from tidegate.cli.vendor.new import at_terminal

    monkeypatch.setattr(sys, "stdin", None)
    assert not at_terminal()
