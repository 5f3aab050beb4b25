"""What a method takes and sends follows from the document, and what no method can be written for says why."""

import pytest

from tests.tidegate.scaffold.conftest import COFFEE, PARCELS, shapes_of
from tidegate.scaffold.call_shape import CallShape, Unshaped, shaped


def call(name: str, document: object = PARCELS) -> CallShape:
    loaded, shapes = shapes_of(document)
    return shapes.of(loaded.operations[name])


def test_path_body_and_page_become_arguments() -> None:
    made = call("ListParcels")
    assert [(one.name, one.wire, one.place, one.type) for one in made.arguments] == [
        ("depot_id", "depotId", "path", "str"),
        ("cursor", "cursor", "page", "str | None"),
        ("limit", "limit", "page", "str | None"),
    ]
    sent = call("SendParcel")
    assert [one.wire for one in sent.of("body")] == ["weight"], "the least that the document asks for"
    assert (sent.body, sent.whole) == ("json", False)
    assert call("OpenDepot").body == "form"


def test_a_key_and_a_version_are_the_proxys_matter() -> None:
    assert [one.wire for one in call("SendParcel").of("header")] == []


def test_the_objects_of_a_path_know_what_is_around_them() -> None:
    depot, parcel = call("GetParcel").objects
    assert (depot.argument, depot.state, depot.around) == ("depot_id", "a depots exists", ())
    assert (parcel.argument, parcel.around) == ("parcel_id", (("depotId", "depot_id"),))


def test_the_first_sentence_of_the_summary_is_plain_text() -> None:
    assert call("ListParcels").says == "List all parcels"
    assert call("GetParcel").says == "GET /depots/{depotId}/parcels/{parcelId}"


def test_a_body_that_is_no_object_is_one_argument() -> None:
    made = call("order/put", COFFEE)
    assert [(one.name, one.type) for one in made.of("body")] == [("content", "Sequence[object]")]
    assert made.whole


def test_a_list_in_the_query_is_one_argument() -> None:
    [one] = call("PrintLabel").of("query")
    assert (one.wire, one.type) == ("of", "Sequence[object]")


def test_what_no_method_can_be_written_for_says_why() -> None:
    loaded, shapes = shapes_of(PARCELS)
    with pytest.raises(Unshaped, match="its body is multipart/form-data"):
        shapes.of(loaded.operations["UploadLabel"])
    assert shaped(shapes, loaded.operations["UploadLabel"]) is None
