"""A kind counts its ids where they are numbers, or where the vendor file says so."""

from tidegate.simulator.document.resource_kind import ResourceKind
from tidegate.values.json_value import NOTHING
from tidegate.vendor.resource_facts import ObjectFacts


def test_numbers_count_and_other_ids_do_not() -> None:
    assert ResourceKind("issues", ("issues", "{}"), id_field="number").numbered
    assert not ResourceKind("issues", ("issues", "{}"), id_field="id").numbered


def test_the_vendor_file_decides() -> None:
    assert ResourceKind("x", ("x", "{}"), id_field="id", facts=ObjectFacts(numbered=True)).numbered
    assert not ResourceKind("x", ("x", "{}"), id_field="number", facts=ObjectFacts(numbered=False)).numbered


def test_an_item_of_a_batch_names_its_object_by_the_id_or_by_the_one_field_that_ends_so() -> None:
    patterns = ResourceKind("patterns", ("patterns", "{}"), id_field="id", id_at=("id",))
    assert patterns.named_in({"id": 3, "pattern_id": 4}) == 3
    assert patterns.named_in({"pattern_id": 4, "version": "x"}) == 4
    assert patterns.named_in({"pattern_id": 4, "owner_id": 5}) is NOTHING
    assert patterns.named_in({"version": "x"}) is NOTHING
