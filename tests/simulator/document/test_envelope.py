"""An object, or a list of objects, is found in its envelope by the document's own schemas, whatever that is called."""

from typing import Any

import pytest

from tests.simulator.small_vendor import SWITCH, TEXT, WHOLE, SmallVendor, collection, fields, listed
from tidegate.simulator.document.envelope import list_at, object_at, request_fields
from tidegate.simulator.document.operation_places import list_in_request, request_at

PET = fields("id", "name", id={**TEXT, "readOnly": True}, name=TEXT, age=WHOLE)
BODY = fields("name", name=TEXT, age=WHOLE)
THING = fields("type", "id", type=TEXT, id=TEXT, attributes=fields("name", name=TEXT, age=WHOLE, size=TEXT))
CLUSTER = fields(kind=TEXT, metadata=fields(name=TEXT, labels={"type": "object"}), spec=fields(name=TEXT, age=WHOLE))
PLAIN = SmallVendor({}).document


def at(body: Any, *names: str) -> Any:
    for name in names:
        body = body[name]
    return body


STYLES: dict[str, tuple[Any, Any, Any, Any, tuple[str, ...], tuple[str, ...], tuple[str, ...]]] = {
    "one in another": (
        fields(response=fields("user", user=PET)), fields(response=fields(users=listed(PET))), BODY,
        {"name": "Ada"}, ("response", "user"), ("response", "users"), ("name",),
    ),
    "beside lists of errors": (
        fields(result=PET, success=SWITCH, errors=listed(fields(code=WHOLE)), messages=listed(TEXT)),
        fields(errors=listed(fields(code=WHOLE)), result=listed(PET), result_info=fields(count=WHOLE)), BODY,
        {"name": "Ada"}, ("result",), ("result",), ("name",),
    ),
    "in the request too": (
        fields(item=PET), fields(items=listed(PET)), fields(item=BODY),
        {"item": {"name": "Ada"}}, ("item",), ("items",), ("name",),
    ),
    "JSON:API": (
        fields(data=THING, included=listed(THING)), fields(data=listed(THING), included=listed(THING)),
        fields(data=fields(type=TEXT, attributes=fields(name=TEXT, age=WHOLE, size=TEXT))),
        {"data": {"type": "pets", "attributes": {"name": "Ada"}}}, ("data",), ("data",), ("attributes", "name"),
    ),
    "HAL": (
        PET, fields(_embedded=fields(pets=listed(PET)), page=fields(size=WHOLE, totalElements=WHOLE)), BODY,
        {"name": "Ada"}, (), ("_embedded", "pets"), ("name",),
    ),
    "an id of the answer's own": (
        fields("id", "result", jsonrpc=TEXT, id=WHOLE, result=PET), fields(id=WHOLE, result=listed(PET)), BODY,
        {"name": "Ada"}, ("result",), ("result",), ("name",),
    ),
    "a word that says nothing": (
        fields(zebra=PET, trace=TEXT), fields(zebras=listed(PET), trace=TEXT), BODY,
        {"name": "Ada"}, ("zebra",), ("zebras",), ("name",),
    ),
    "beside another object": (
        fields(member=PET, team=fields(id=TEXT, title=TEXT)),
        fields(members=listed(PET), teams=listed(fields(id=TEXT, title=TEXT))), BODY,
        {"name": "Ada"}, ("member",), ("members",), ("name",),
    ),
}  # fmt: skip


@pytest.mark.parametrize("style", STYLES)
def test_what_is_made_is_read_and_listed_in_every_style(style: str) -> None:
    one, page, body, sent, place, lists, name = STYLES[style]
    vendor = SmallVendor(collection(one, page, body))
    made = vendor.made("/pets", sent)
    thing = at(made, *place)
    assert at(thing, *name) == "Ada"
    assert at(vendor.read(f"/pets/{thing['id']}"), *place) == thing
    assert at(vendor.read("/pets"), *lists) == [thing]


def test_parts_that_requests_have_as_well_are_no_envelope() -> None:
    vendor = SmallVendor(collection(CLUSTER, fields(items=listed(CLUSTER)), CLUSTER, item="/{name}"))
    sent = {"metadata": {"name": "web"}, "spec": {"name": "x", "age": 2}}
    made = vendor.made("/pets", sent)
    assert {name: made[name] for name in sent} == sent
    assert vendor.read("/pets/web") == made
    assert vendor.read("/pets")["items"] == [made]


def test_each_item_of_a_list_may_have_an_envelope() -> None:
    one = fields("customer", customer=PET, card=fields(last4=TEXT))
    vendor = SmallVendor(collection(one, fields(list=listed(one), next_offset=TEXT), BODY, path="/customers"))
    made = vendor.made("/customers", {"name": "Ada"})
    assert [item["customer"] for item in vendor.read("/customers")["list"]] == [made["customer"]]


def test_a_list_of_objects_that_are_not_alike_is_passed_over() -> None:
    like = frozenset({"id", "name"})
    page = fields(included=listed(PET), rows=listed(fields(id=TEXT, name=TEXT)), tags=listed(TEXT))
    assert list_at(PLAIN, page, "pets", like=like) == ("rows",)
    assert list_at(PLAIN, fields(id=TEXT, lines=listed(fields(sku=TEXT))), "pets", like=like) is None


def test_an_object_without_other_evidence_stands_where_it_is() -> None:
    settings = fields(theme=TEXT, limits=fields(most=WHOLE))
    assert object_at(PLAIN, settings, "settings")[0] == ()
    assert object_at(PLAIN, fields(data=fields(theme=TEXT)), "settings")[0] == ("data",)
    assert object_at(PLAIN, fields(sys=fields(id=TEXT), fields=fields(name=TEXT)), "x")[0] == ()


def test_the_fields_of_a_request_are_found_in_its_envelope() -> None:
    names = frozenset({"id", "name"})
    assert request_at(PLAIN, fields(order=fields(name=TEXT)), names) == ("order",)
    assert request_at(PLAIN, fields(name=fields(name=TEXT)), names) == ()
    assert request_fields(PLAIN, fields(data=fields(name=TEXT, age=WHOLE), meta=fields(a=TEXT))) == [
        frozenset({"data"}), frozenset({"name", "age"}),
    ]  # fmt: skip
    assert list_in_request(PLAIN, fields(inputs=listed(fields(name=TEXT))), names) == ("inputs",)
    assert list_in_request(PLAIN, listed(fields(name=TEXT)), names) == ()
    assert list_in_request(PLAIN, fields(name=TEXT, tags=listed(fields(name=TEXT))), names) is None


def test_envelopes_that_hold_each_other_end() -> None:
    schemas = {"a": fields(data={"$ref": "#/components/schemas/a"})}
    document = SmallVendor({}, schemas).document
    place, _ = object_at(document, schemas["a"], "x")
    assert len(place) <= 4
    assert list_at(document, schemas["a"], "x") is None


def test_an_object_with_an_id_is_no_page_whatever_lists_and_addresses_it_has() -> None:
    issue = fields("id", id=WHOLE, url=TEXT, count=WHOLE, labels=listed(TEXT))
    assert list_at(PLAIN, issue, "issues") is None
    assert list_at(PLAIN, fields(url=TEXT, count=WHOLE, labels=listed(TEXT)), "issues") == ("labels",)


def test_a_wrapper_with_the_id_is_opened_whatever_stands_beside_it() -> None:
    shown = fields(data=PET, status=TEXT, service=TEXT)
    told = fields(data=fields("id", id=TEXT), status=TEXT, service=TEXT)
    paths = collection(shown, fields(data=listed(PET)), fields("name", name=TEXT, age=WHOLE, status=TEXT))
    paths["/pets"]["post"]["responses"]["201"]["content"]["application/json"]["schema"] = told
    vendor = SmallVendor(paths)
    made = vendor.made("/pets", {"name": "Ada"})["data"]["id"]
    assert vendor.read(f"/pets/{made}")["data"]["name"] == "Ada"
