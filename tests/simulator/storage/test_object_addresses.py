"""An object tells its own address where it has a field for it, and the answer that made it leads there."""

from typing import Any

import pytest

from tests.simulator.small_vendor import TEXT, SmallVendor, collection, fields, listed, operation

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
