"""A kind counts its ids where they are numbers, or where the vendor file says so."""

from tidegate.simulator.document.kind import Kind
from tidegate.vendor.resource_facts import ObjectFacts


def test_numbers_count_and_other_ids_do_not() -> None:
    assert Kind("issues", ("issues", "{}"), id_field="number").numbered
    assert not Kind("issues", ("issues", "{}"), id_field="id").numbered


def test_the_vendor_file_decides() -> None:
    assert Kind("x", ("x", "{}"), id_field="id", facts=ObjectFacts(numbered=True)).numbered
    assert not Kind("x", ("x", "{}"), id_field="number", facts=ObjectFacts(numbered=False)).numbered
