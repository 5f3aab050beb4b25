"""`tidegate explain` shows the pipeline and every effective value with its origin."""

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from tests.tidegate.files import put
from tidegate.cli.vendor.explain import explain
from tidegate.plan.plan_words import value_names
from tidegate.problems import UsageError


def run(*arguments: object) -> Result:
    app = typer.Typer()
    app.command()(explain)
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return put(tmp_path)


def test_an_overview_has_a_line_for_each_operation(file: Path) -> None:
    result = run(file)
    assert result.exit_code == 0
    shown = [line.split()[0] for line in result.stdout.splitlines()[1:]]
    assert shown == ["GetOrders", "PostOrders", "GetOrder", "PutOrder", "DeleteOrder", "PostOrderPay", "unlisted"]


def test_an_operation_shows_its_stages_and_every_value_with_its_origin(file: Path) -> None:
    lines = run(file, "PostOrders").stdout.splitlines()
    assert lines[0] == "PostOrders: POST /orders"
    shown = {line.split()[0]: line.split()[1:] for line in lines[1:] if line.split()}
    assert shown["attempt_s"] == ["12s", "vendor.yaml:17"]
    assert shown["budget_s"] == ["30s", "default"]
    assert shown["retry_budget"] == ["10%", "default"]
    assert set(value_names()) <= set(shown)
    assert {"idempotency", "retry", "breaker", "limiter"} <= set(shown)


def test_json_has_base_units_and_the_same_origins(file: Path) -> None:
    shown = json.loads(run(file, "PostOrders", "--json").stdout)
    operation = shown["operations"]["PostOrders"]
    assert operation["values"]["attempt_s"] == {"value": 12.0, "origin": "vendor.yaml:17"}
    assert operation["values"]["limits"]["value"][0]["rate"] == "100/s"
    assert operation["pipeline"][0]["stage"] == "deadline"
    assert len(json.loads(run(file, "--json").stdout)["operations"]) == 7


def test_a_slip_of_the_pen_is_wrong_usage_with_a_hint(file: Path) -> None:
    error = run(file, "PostOrder").exception
    assert isinstance(error, UsageError)
    assert "did you mean PostOrders?" in str(error)
    assert isinstance(run("nobody").exception, UsageError)


def test_a_broken_file_is_told_and_fails(tmp_path: Path) -> None:
    result = run(put(tmp_path, ("owner: shop-team\n", "")))
    assert result.exit_code == 1
    assert "[TG005]" in result.stderr
    assert result.stdout == ""


def test_square_brackets_are_not_taken_for_markup(tmp_path: Path) -> None:
    path = put(
        tmp_path, ("{idempotency: vendor-key}", '{idempotency: vendor-key, unavailable: {fail: "[red]x[/red]"}}')
    )
    assert "[red]x[/red]" in run(path, "PostOrders").stdout
