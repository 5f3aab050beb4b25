"""`tidegate schema` prints the JSON Schema, or the reference page, and nothing else."""

import json

import typer
from typer.testing import CliRunner, Result

from tidegate.cli.vendor.schema import schema
from tidegate.vendor.vendor_schema import vendor_reference, vendor_schema


def run(*arguments: str) -> Result:
    app = typer.Typer()
    app.command()(schema)
    return CliRunner().invoke(app, arguments)


def test_the_schema_is_one_json_document() -> None:
    result = run()
    assert result.exit_code == 0
    assert json.loads(result.stdout) == vendor_schema()


def test_its_fields_stand_in_the_order_of_the_file() -> None:
    assert list(json.loads(run().stdout)["properties"])[:3] == ["vendor", "purpose", "owner"]


def test_the_reference_page_is_markdown() -> None:
    assert run("--reference").stdout == vendor_reference()
