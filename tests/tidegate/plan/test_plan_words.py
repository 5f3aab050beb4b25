"""Tests of tidegate.plan.plan_words."""

from pathlib import Path

from tests.tidegate.files import put
from tidegate.openapi.document import Document
from tidegate.plan.plan_words import value_names, written_value
from tidegate.plan.planning import plan_vendor
from tidegate.vendor.vendor_file import load_vendor


def test_every_value_of_a_plan_is_written_for_people(tmp_path: Path) -> None:
    loaded = load_vendor(put(tmp_path))
    plan = plan_vendor(loaded, Document.load(loaded.document_path))["PostOrders"]
    written = {name: written_value(name, getattr(plan, name)) for name in value_names()}
    assert all(written.values())
    assert (written["attempt_s"], written["retry_budget"]) == ("12s", "10%")
    assert "{" not in written["limits"]
