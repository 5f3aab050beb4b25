"""Each parameter of a list narrows it, orders it, or is named as one that does neither."""

from typing import Any

import pytest

from tests.simulator.small_vendor import SWITCH, TEXT, WHOLE, SmallVendor, collection, fields, listed, query
from tidegate.simulator.document.list_parameters import ListFilter, list_parameters
from tidegate.simulator.storage.list_conditions import ordered_by

STATUS = {"type": "string", "enum": ["active", "off"]}
MOMENT = {"type": "string", "format": "date-time"}
PET = fields(
    "id", id=TEXT, status=STATUS, qty=WHOLE, flag=SWITCH, tags=listed(TEXT), created_at=MOMENT, updated_at=MOMENT,
    owner=fields(name=TEXT),
)  # fmt: skip


def parameters(*params: dict[str, Any]) -> Any:
    vendor = SmallVendor(collection(PET, listed(PET), PET, *params))
    shape = vendor.operation("GET", "/pets")
    return list_parameters(vendor.document, vendor.document.operations[shape.id], vendor.kind("pets"))


@pytest.mark.parametrize(
    ("param", "field", "test"),
    [
        (query("status"), "status", "is"),
        (query("statuses", type="array", items=TEXT), "status", "is"),
        (query("filter[status]"), "status", "is"),
        (query("min_qty", type="integer"), "qty", "gte"),
        (query("qty_lt", type="integer"), "qty", "lt"),
        (query("created_after", **MOMENT), "created_at", "gt"),
        (query("before", **MOMENT), "created_at", "lt"),
        (query("tags", type="array", items=TEXT), "tags", "is"),
        (query("flag", type="boolean"), "flag", "is"),
        (query("owner.name"), "owner.name", "is"),
        (query("owner[name]"), "owner.name", "is"),
        (query("search"), "*", "like"),
    ],
)
def test_a_parameter_narrows_by_the_field_that_it_names(param: dict[str, Any], field: str, test: str) -> None:
    found = parameters(param).filters[param["name"]]
    assert (found.field, found.test) == (field, test)


def test_the_description_tells_which_moment_is_meant() -> None:
    param = {**query("since", **MOMENT), "description": "Only what was last updated after this."}
    assert parameters(param).filters["since"].field == "updated_at"


@pytest.mark.parametrize(
    ("told", "test"), [("Created on or after the time.", "gte"), ("Inclusive.", "gte"), ("Created after it.", "gt")]
)
def test_the_description_tells_whether_the_bound_itself_is_meant(told: str, test: str) -> None:
    param = {**query("created_after", **MOMENT), "description": told}
    assert parameters(param).filters["created_after"].test == test


def test_a_group_is_read_by_its_parts() -> None:
    group = {**query("filter", type="object", properties={"status": TEXT}), "style": "deepObject"}
    assert parameters(group).filters["filter[status]"].field == "status"


def test_a_word_of_the_parameter_that_the_field_has_not_stands_for_all() -> None:
    found: ListFilter = parameters(query("status", type="string", enum=["active", "off", "everything"])).filters[
        "status"
    ]
    assert "everything" in found.everything
    assert "off" not in found.everything


def test_all_of_them_is_no_choice_where_the_field_may_be_any_text() -> None:
    narrowing = parameters(query("tags", enum=["new", "all"], type="string")).filters["tags"]
    assert narrowing.everything == {"all"}


def test_orders_and_directions_are_told_apart() -> None:
    words = {"type": "string", "enum": ["asc", "desc"]}
    found = parameters(query("sort"), query("order", **words), query("colour"), query("expand"))
    assert (found.sorts, dict(found.directions), found.others) == (("sort",), {"sort": "", "order": ""}, ("colour",))


@pytest.mark.parametrize(
    ("word", "by"),
    [
        ("qty", ("qty", False)),
        ("-qty", ("qty", True)),
        ("qty:desc", ("qty", True)),
        ("qty_asc", ("qty", False)),
        ("created", ("created_at", False)),
        ("-owner.name", ("owner.name", True)),
        ("colour", None),
    ],
)
def test_a_word_orders_by_a_field(word: str, by: Any) -> None:
    vendor = SmallVendor(collection(PET, listed(PET), PET))
    assert ordered_by(vendor.document, vendor.kind("pets"), word) == by


def test_fields_of_the_part_that_has_all_of_them_are_found() -> None:
    thing = fields("id", id=TEXT, attributes=fields(title=TEXT))
    vendor = SmallVendor(collection(thing, listed(thing), thing, query("filter[title]"), query("sort")))
    assert vendor.operation("GET", "/pets").parameters.filters["filter[title]"].field == "attributes.title"
    assert ordered_by(vendor.document, vendor.kind("pets"), "-title") == ("attributes.title", True)


def test_a_selector_of_labels_is_one_where_objects_have_labels() -> None:
    selectors = (query("labelSelector"), query("listOptions.fieldSelector"))
    about = fields(name=TEXT, labels={"type": "object", "additionalProperties": TEXT})
    for pet, found in (
        (fields("id", id=TEXT, metadata=about), {"labelSelector": "metadata.labels", "listOptions.fieldSelector": ""}),
        (fields("id", id=TEXT, labels=about), {"labelSelector": "labels", "listOptions.fieldSelector": ""}),
        (PET, {"listOptions.fieldSelector": ""}),
    ):
        vendor = SmallVendor(collection(pet, listed(pet), pet, *selectors))
        read = vendor.operation("GET", "/pets").parameters
        assert read.selectors == found
        assert read.others == tuple(name for name in ("labelSelector",) if name not in found)
