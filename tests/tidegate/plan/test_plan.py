"""A plan holds numbers, with one origin for each."""

from dataclasses import fields
from pathlib import Path

from tests.tidegate.files import put
from tidegate.openapi.document import Document
from tidegate.plan.plan import OperationPlan
from tidegate.plan.planning import plan_vendor
from tidegate.vendor.vendor_file import load_vendor

IDENTITY = {"vendor", "operation", "method", "template", "origins"}


def test_every_value_has_an_origin(tmp_path: Path) -> None:
    loaded = load_vendor(put(tmp_path))
    for plan in plan_vendor(loaded, Document.load(loaded.document_path)).values():
        assert set(plan.origins) == {field.name for field in fields(OperationPlan)} - IDENTITY


def test_every_time_ends_in_its_unit() -> None:
    times = {field.name for field in fields(OperationPlan) if field.type is float}
    assert {name for name in times if not name.endswith("_s")} == {"retry_budget"}
