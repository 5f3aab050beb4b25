"""`tidegate dashboards` writes a folder that Grafana takes as it is."""

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from tests.tidegate.files import put
from tidegate.cli.vendor.dashboards import dashboards
from tidegate.problems import UsageError


def run(*arguments: object) -> Result:
    app = typer.Typer()
    app.command()(dashboards)
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_there_is_one_for_the_proxy_and_one_for_each_vendor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    put(tmp_path / "adapters" / "shop")
    assert run().exit_code == 0
    made = {path.name: json.loads(path.read_text()) for path in (tmp_path / "dashboards").iterdir()}
    assert {name: one["uid"] for name, one in made.items()} == {
        "tidegate.json": "tidegate",
        "shop.json": "tidegate-shop",
    }


def test_a_folder_that_cannot_be_made_is_wrong_usage(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    error = run(put(tmp_path / "shop"), "-o", tmp_path / "file").exception
    assert isinstance(error, UsageError)
    assert "cannot be made" in str(error)
