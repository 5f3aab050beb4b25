"""The JSON Schema and the reference page describe every field of the vendor file."""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.tidegate.files import VENDOR
from tidegate.configfile.field_tables import models_of
from tidegate.configfile.units import parse_duration
from tidegate.configfile.yaml_places import read_places
from tidegate.vendor.vendor import Vendor
from tidegate.vendor.vendor_schema import vendor_reference, vendor_schema


@cache
def blocks() -> dict[str, Any]:
    schema = vendor_schema()
    return {"Vendor": schema, **schema["$defs"]}


def test_every_field_is_described() -> None:
    for model in models_of(Vendor):
        for name, field in blocks()[model.__name__]["properties"].items():
            assert field.get("description"), f"{model.__name__}.{name} says nothing about itself"


def test_unknown_keys_are_refused_by_the_schema_too() -> None:
    for model in models_of(Vendor):
        assert blocks()[model.__name__]["additionalProperties"] is False


def test_defaults_are_as_one_would_write_them() -> None:
    assert blocks()["Timeouts"]["properties"]["connect"]["default"] == "3s"
    assert blocks()["Retry"]["properties"]["budget"]["default"] == "10%"
    assert "default" not in blocks()["Vendor"]["properties"]["owner"]
    for block in blocks().values():
        for field in block.get("properties", {}).values():
            if field.get("pattern", "").endswith("(ms|s|m|h|d)$") and "default" in field:
                assert parse_duration(field["default"]) >= 0
            if "pattern" in field and "default" in field:
                assert re.search(field["pattern"], field["default"])


def test_it_is_json_and_every_reference_leads_somewhere() -> None:
    schema = vendor_schema()
    for name in re.findall(r'"#/\$defs/(\w+)"', json.dumps(schema)):
        assert name in schema["$defs"]


def test_the_schema_knows_every_key_of_the_example() -> None:
    data = read_places(VENDOR).data
    assert set(data) <= set(blocks()["Vendor"]["properties"])
    assert set(data["facts"]) <= set(blocks()["Facts"]["properties"])


@pytest.mark.parametrize("model", models_of(Vendor), ids=lambda model: model.__name__)
def test_the_reference_page_names_every_field(root: Path, model: type[Vendor]) -> None:
    page = (root / "docs" / "vendor-file.md").read_text(encoding="utf-8")
    for name in model.model_fields:
        assert f"| `{name}` |" in page


def test_the_reference_page_is_the_one_that_the_model_makes(root: Path) -> None:
    page = (root / "docs" / "vendor-file.md").read_text(encoding="utf-8")
    assert page == vendor_reference(), "run: tidegate schema --reference > docs/vendor-file.md"
