"""A kind counts its ids where they are numbers, or where the vendor file says so."""

from tidegate.simulator.document.resource_kind import ResourceKind
from tidegate.vendor.resource_facts import ObjectFacts


def test_numbers_count_and_other_ids_do_not() -> None:
    assert ResourceKind("issues", ("issues", "{}"), id_field="number").numbered
    assert not ResourceKind("issues", ("issues", "{}"), id_field="id").numbered


def test_the_vendor_file_decides() -> None:
    assert ResourceKind("x", ("x", "{}"), id_field="id", facts=ObjectFacts(numbered=True)).numbered
    assert not ResourceKind("x", ("x", "{}"), id_field="number", facts=ObjectFacts(numbered=False)).numbered
