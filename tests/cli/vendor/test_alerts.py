"""`tidegate alerts` writes one rule file for all vendors of a folder, or for those that are named."""

from pathlib import Path

import pytest
import typer
from ruamel.yaml import YAML
from typer.testing import CliRunner, Result

from tests.tidegate.files import put
from tidegate.cli.vendor.alerts import alerts
from tidegate.problems import UsageError


def run(*arguments: object) -> Result:
    app = typer.Typer()
    app.command()(alerts)
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def groups_of(text: str) -> list[str]:
    return [group["name"] for group in YAML(typ="safe").load(text)["groups"]]


def test_the_vendors_of_this_folder_are_meant_where_none_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path / "adapters" / "shop")
    put(tmp_path / "adapters" / "bakery", ("vendor: shop", "vendor: bakery"))
    monkeypatch.chdir(tmp_path)
    assert groups_of(run().stdout) == ["tidegate-bakery", "tidegate-shop", "tidegate"]
    assert run("-o", "rules.yml").stdout == ""
    assert (tmp_path / "rules.yml").read_text() == run().stdout


def test_those_that_are_named_may_ship_with_tidegate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert groups_of(run("stripe", "github").stdout) == ["tidegate-github", "tidegate-stripe", "tidegate"]


def test_the_prometheus_operator_gets_the_same_rules_as_a_resource(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    resource = YAML(typ="safe").load(run("stripe", "--kubernetes").stdout)
    assert (resource["kind"], resource["metadata"]["name"]) == ("PrometheusRule", "tidegate")
    assert resource["spec"] == YAML(typ="safe").load(run("stripe").stdout)


def test_nothing_to_watch_and_a_broken_file_write_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert isinstance(run().exception, UsageError)
    broken = put(tmp_path / "shop", ("owner: shop-team\n", ""))
    assert run(broken, "-o", tmp_path / "rules.yml").exit_code == 1
    assert not (tmp_path / "rules.yml").exists()
