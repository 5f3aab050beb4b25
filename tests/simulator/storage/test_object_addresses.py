"""An object tells its own address where it has a field for it, and the answer that made it leads there."""

from typing import Any

import pytest

from tests.simulator.small_vendor import TEXT, SmallVendor, collection, fields, listed, operation
from tidegate.simulator.answer.errors import VendorError

OWN = {**TEXT, "readOnly": True}


@pytest.mark.parametrize(
    ("link", "place", "address"),
    [
        ({"_links": fields("self", self=fields(href=TEXT))}, ("_links", "self", "href"), "/pets/{id}"),
        (
            {"links": fields(self={"type": "string", "format": "uri"})},
            ("links", "self"),
            "http://vendor.test/pets/{id}",
        ),
        ({"selfLink": OWN}, ("selfLink",), "/pets/{id}"),
        ({"meta": fields(location={**TEXT, "format": "uri"})}, ("meta", "location"), "http://vendor.test/pets/{id}"),
    ],
)
def test_an_object_leads_to_itself(link: dict[str, Any], place: tuple[str, ...], address: str) -> None:
    pet = fields("id", *link, id=OWN, name=TEXT, **link)
    made: Any = SmallVendor(collection(pet, listed(pet), fields(name=TEXT))).made("/pets?dry=1", {"name": "Ada"})
    wanted = address.replace("{id}", made["id"])
    for name in place:
        made = made[name]
    assert made == wanted


def test_what_was_made_is_found_where_location_leads() -> None:
    card = fields("id", id=OWN)
    answer = operation(card, fields(), status=201)
    answer["responses"]["201"]["headers"] = {"Location": {"schema": TEXT}}
    vendor = SmallVendor({
        "/boards/{b}/cards": {"post": answer},
        "/cards/{id}": {"get": operation(card)},
        "/Pets": {"post": answer},
        "/Pets('{id}')": {"get": operation(card)},
    })  # fmt: skip
    for path in ("/boards/1/cards?x=y", "/Pets"):
        made = vendor.ask("POST", path, {})
        assert vendor.read(made.headers["Location"]) == made.body


@pytest.mark.parametrize("number", [{"type": "integer"}, {"type": "string", "format": "uuid"}])
@pytest.mark.parametrize("leads", ["link", "location"])
def test_an_object_without_an_id_of_its_own_is_read_where_it_leads(leads: str, number: dict[str, Any]) -> None:
    links = {"_links": fields(self=fields(href=TEXT))} if leads == "link" else {}
    person = fields(name=TEXT, **links)
    paths = collection(person, listed(person), fields(name=TEXT), path="/people")
    named = {"name": "id", "in": "path", "required": True, "schema": number}
    paths["/people/{id}"]["parameters"] = [named]
    if leads == "location":
        paths["/people"]["post"]["responses"]["201"]["headers"] = {"Location": {"schema": TEXT}}
    vendor = SmallVendor(paths)
    made = [vendor.ask("POST", "/people", {"name": name}) for name in ("Ada", "Bob")]
    places = [one.headers.get("Location") or one.body["_links"]["self"]["href"] for one in made]
    assert [vendor.read(place) for place in places] == [one.body for one in made]
    with pytest.raises(VendorError):
        vendor.read(f"/people/{'7' if number == {'type': 'integer'} else '6f1b5e2c-0000-4000-8000-000000000000'}")
    vendor.ask("DELETE", places[0])
    assert vendor.read("/people") == [made[1].body]
