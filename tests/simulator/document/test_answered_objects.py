"""What a path's answers are about is told by what its requests hold."""

from typing import Any

import pytest

from tests.simulator.small_vendor import TEXT, WHOLE, SmallVendor, collection, fields, listed, operation
from tidegate.simulator.document.answered_objects import AnsweredObjects, makes_one
from tidegate.simulator.document.documented_answer import DocumentedAnswer
from tidegate.values.json_value import NOTHING

PET = fields(id=TEXT, name=TEXT)


def test_requests_tell_an_object_from_its_envelope() -> None:
    one = fields(id=TEXT, data=PET)
    model = SmallVendor(collection(one, listed(one), fields(name=TEXT))).operations.model
    objects = AnsweredObjects(model.document, model.paths, model.methods)
    assert objects.at(one, "pets", ("pets", "{}"), ("pets",)) == (("data",), PET)
    assert objects.at(one, "pets", ("other", "{}"))[0] == ()


def test_an_answer_is_about_the_items_of_its_list_or_about_one_object() -> None:
    model = SmallVendor({"/pets": {"get": operation(listed(PET))}}).operations.model
    objects = AnsweredObjects(model.document, model.paths, model.methods)
    assert list(objects.about(listed(PET), "pets")) == [PET]
    assert list(objects.about(fields(pet=PET), "pets")) == [PET]
    assert objects.fields(None) == {}


@pytest.mark.parametrize(
    ("schema", "is_one"),
    [
        (fields(id=WHOLE, number=WHOLE, labels=listed(fields(name=TEXT))), True),
        (fields(number=WHOLE, issues=listed(fields(id=WHOLE))), False),
        (listed(fields(id=WHOLE)), False),
        ({}, True),
    ],
)
def test_what_a_post_answers_with_an_id_is_one_object_and_no_page_of_what_it_holds(schema: Any, is_one: bool) -> None:
    answer = DocumentedAnswer(201, "application/json", schema, NOTHING, False, {}, {})
    assert makes_one(SmallVendor({}).document, answer, "issues") is is_one


def test_an_object_with_a_list_in_it_that_is_written_as_it_is_read_is_no_page() -> None:
    own = fields(theme=TEXT, count=WHOLE, tags=listed(TEXT))
    vendor = SmallVendor({"/settings": {"get": operation(own), "patch": operation(own, own)}})
    vendor.ask("PATCH", "/settings", {"theme": "dark", "tags": ["a"]})
    assert vendor.read("/settings") == {**vendor.read("/settings"), "theme": "dark", "tags": ["a"]}
    page = fields(count=WHOLE, pets=listed(PET))
    many = SmallVendor({"/x": {"get": operation(page), "put": operation(page, fields(pets=listed(PET)))}})
    assert not any(kind.single for kind in many.operations.kinds.values())
