"""Objects are made, changed, deleted and found again; each change leaves an event and an effect."""

from typing import Any

import pytest

from tests.simulator.conftest import Play, Played
from tests.simulator.small_vendor import SWITCH, TEXT, SmallVendor, fields, operation
from tidegate.openapi.document import Document
from tidegate.simulator.answer.errors import VendorError


async def test_what_was_made_can_be_retrieved(vendor: Played) -> None:
    made = (await vendor.ask("POST", "/v1/customers", "email=a@x.example&metadata[k]=v"))[1]
    assert made["id"].startswith("cus_")
    assert (made["object"], made["email"], made["metadata"]) == ("customer", "a@x.example", {"k": "v"})
    assert made["created"] == int(vendor.world.wall())
    assert (await vendor.ask("GET", f"/v1/customers/{made['id']}")) == (200, made)


async def test_fields_that_were_not_given_are_there_as_null_or_default(vendor: Played) -> None:
    made = (await vendor.ask("POST", "/v1/customers", "shipping[name]=A&shipping[address][line1]=L"))[1]
    assert (made["phone"], made["balance"], made["livemode"]) == (None, 0, False)
    assert made["shipping"]["address"] == {
        "city": None, "country": None, "line1": "L", "line2": None, "postal_code": None, "state": None
    }  # fmt: skip


async def test_every_field_of_the_schema_is_answered(vendor: Played) -> None:
    for path, form in (("/v1/customers", "name=A"), ("/v1/payment_intents", "amount=5&currency=eur")):
        made = (await vendor.ask("POST", path, form))[1]
        assert set(made) == set(vendor.simulator.resource_operations.kinds[made["object"]].fields)


async def test_a_change_merges_metadata_and_an_empty_text_unsets(vendor: Played) -> None:
    made = (await vendor.ask("POST", "/v1/customers", "name=A&phone=1&metadata[a]=1&metadata[b]=2"))[1]
    path = f"/v1/customers/{made['id']}"
    changed = (await vendor.ask("POST", path, "phone=&metadata[a]=&metadata[c]=3"))[1]
    assert (changed["name"], changed["phone"], changed["metadata"]) == ("A", None, {"b": "2", "c": "3"})
    assert (await vendor.ask("POST", path, "metadata="))[1]["metadata"] == {}


async def test_a_deleted_customer_leaves_a_trace_but_no_place_in_lists(vendor: Played) -> None:
    made = (await vendor.ask("POST", "/v1/customers", "name=A"))[1]
    path = f"/v1/customers/{made['id']}"
    trace = {"id": made["id"], "object": "customer", "deleted": True}
    assert await vendor.ask("DELETE", path) == (200, trace)
    assert await vendor.ask("GET", path) == (200, trace)
    assert (await vendor.ask("GET", "/v1/customers"))[1]["data"] == []
    assert (await vendor.ask("DELETE", path))[0] == 404
    assert (await vendor.ask("POST", path, "name=B"))[0] == 404


async def test_an_unknown_id_is_404_in_a_path_and_400_in_a_parameter(vendor: Played) -> None:
    status, refused = await vendor.ask("GET", "/v1/payment_intents/pi_none")
    assert (status, refused["error"]["code"], refused["error"]["param"]) == (404, "resource_missing", "intent")
    assert "'pi_none'" in refused["error"]["message"]
    for field in ("customer=cus_none", "payment_method=pm_none"):
        status, refused = await vendor.ask("POST", "/v1/payment_intents", f"amount=5&currency=eur&{field}")
        assert (status, refused["error"]["code"]) == (400, "resource_missing")
        assert refused["error"]["param"] == field.partition("=")[0]


async def test_a_change_is_an_event_that_holds_the_object_as_it_was_then(vendor: Played) -> None:
    made = (await vendor.ask("POST", "/v1/customers", "name=A", Idempotency_Key="k"))[1]
    await vendor.ask("POST", f"/v1/customers/{made['id']}", "name=B")
    updated, created = (await vendor.ask("GET", "/v1/events"))[1]["data"]
    assert (created["type"], created["data"]["object"]["name"]) == ("customer.created", "A")
    assert created["request"]["idempotency_key"] == "k"
    assert updated["data"]["object"]["name"] == "B"
    assert updated["data"]["previous_attributes"] == {"name": "A"}
    assert (await vendor.ask("GET", f"/v1/events/{updated['id']}")) == (200, updated)


async def test_each_change_is_an_effect_in_the_journal_with_its_intent(vendor: Played) -> None:
    await vendor.pay("o7")
    effects = vendor.simulator.journal.entries[-1].effects
    assert [(effect["kind"], effect["intent"], effect["amount"]) for effect in effects] == [
        ("payment_intent.created", "o7", 1099),
        ("payment_intent.succeeded", "o7", 1099),
    ]
    assert len({effect["id"] for effect in effects}) == 1


async def test_a_change_without_an_event_of_its_own_is_an_effect_all_the_same(vendor: Played) -> None:
    payment = (await vendor.ask("POST", "/v1/payment_intents", "amount=5&currency=eur"))[1]
    await vendor.ask("POST", f"/v1/payment_intents/{payment['id']}", "amount=6")
    assert vendor.simulator.journal.entries[-1].effects[0]["kind"] == "payment_intent.updated"
    assert len((await vendor.ask("GET", "/v1/events"))[1]["data"]) == 1


async def test_requests_without_a_key_make_an_object_each(vendor: Played) -> None:
    made = [(await vendor.ask("POST", "/v1/customers", "name=A"))[1]["id"] for _ in range(3)]
    assert len(set(made)) == 3


async def test_ids_do_not_depend_on_what_others_asked_before(play: Play, vendor: Played) -> None:
    other = await play()
    await other.pay("first", Idempotency_Key="someone else")
    mine = [(await one.pay("o1", Idempotency_Key="mine"))[1]["id"] for one in (vendor, other)]
    assert mine[0] == mine[1]


def boxes() -> Document:
    """A vendor with JSON bodies, numbers as ids, and an answer without a body."""
    box = {
        "type": "object",
        "properties": {"id": {"type": "integer"}, "size": {"type": "integer"}, "label": {"type": "string"}},
        "required": ["size", "label"],
    }
    body = {"content": {"application/json": {"schema": box}}}
    some = {"content": {"application/json": {"schema": {"type": "array", "items": box}}}}
    told = {"requestBody": body, "responses": {"201": body}}
    return Document(
        {
            "openapi": "3.0.3",
            "paths": {
                "/boxes": {"get": {"responses": {"200": some}}, "post": told},
                "/boxes/{box}": {
                    "get": {"responses": {"200": body}},
                    "delete": {"responses": {"204": {"description": "Gone."}}},
                },
            },
        }
    )


async def test_any_other_vendor_keeps_what_it_is_given(play: Play) -> None:
    vendor = await play(served=boxes())
    async with vendor.client.post(vendor.url + "/boxes", json={"size": 3, "label": "A"}) as answer:
        made = await answer.json()
        assert (answer.status, made["size"], made["label"]) == (201, 3, "A")
    assert await vendor.ask("GET", f"/boxes/{made['id']}") == (200, made)
    async with vendor.client.get(vendor.url + "/boxes") as answer:
        assert (answer.status, await answer.json()) == (200, [made])
    async with vendor.client.delete(f"{vendor.url}/boxes/{made['id']}") as answer:
        assert (answer.status, await answer.read()) == (204, b"")
    assert (await vendor.ask("GET", f"/boxes/{made['id']}"))[0] == 404
    assert [effect["kind"] for entry in vendor.simulator.journal.entries for effect in entry.effects] == [
        "boxes.created",
        "boxes.deleted",
    ]


@pytest.mark.parametrize(("refusals", "status"), [((), 404), ((404,), 404), ((400,), 200), ((400, "4XX"), 404)])
def test_what_is_below_an_object_that_is_not_there_is_not_there(refusals: tuple[Any, ...], status: int) -> None:
    user, named = fields("id", id=TEXT), {"name": "id", "in": "path", "required": True, "schema": TEXT}
    ping = operation(fields(ok=SWITCH), None, named)
    ping["responses"] |= {str(code): {"description": ""} for code in refusals}
    vendor = SmallVendor({
        "/users": {"post": operation(user, fields(id=TEXT), status=201)},
        "/users/{id}": {"get": operation(user, None, named)},
        "/users/{id}/ping": {"post": ping},
    })  # fmt: skip
    vendor.made("/users", {"id": "u1"})
    assert vendor.ask("POST", "/users/u1/ping").status == 200
    if status == 200:
        assert vendor.ask("POST", "/users/nobody/ping").status == 200
        return
    with pytest.raises(VendorError):
        vendor.ask("POST", "/users/nobody/ping")
