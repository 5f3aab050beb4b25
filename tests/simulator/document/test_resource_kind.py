"""A kind counts its ids where they are numbers, or where the vendor file says so."""

from tests.simulator.small_vendor import TEXT, SmallVendor, collection, fields, listed
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


def test_an_object_whose_word_means_no_form_has_the_default_one() -> None:
    named = [{"$ref": f"#/components/schemas/{name}"} for name in ("Dog", "Other")]
    told = {"propertyName": "type", "mapping": {"dog": "Dog", "puppy": "Dog"}, "defaultMapping": "Other"}
    animal = {"oneOf": named, "discriminator": told}
    shared = {"id": {**TEXT, "readOnly": True}, "type": TEXT, "name": TEXT}
    schemas = {"Dog": fields("bark", **shared, bark=TEXT), "Other": fields(**shared, extra=TEXT)}
    vendor = SmallVendor(collection(animal, listed(animal), animal), schemas)
    for sent in (
        {"name": "a", "extra": "x"},
        {"name": "a", "type": "cow", "extra": "x"},
        {"type": "puppy", "bark": "w"},
    ):
        made = vendor.made("/pets", sent)
        assert made.items() >= sent.items()
        assert vendor.read(f"/pets/{made['id']}") == made
