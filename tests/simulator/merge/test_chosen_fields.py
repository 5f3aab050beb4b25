"""A read shows the fields that it names, its id, and what an answer always has."""

from typing import Any

import pytest

from tests.simulator.small_vendor import TEXT, WHOLE, SmallVendor, collection, fields, listed, query
from tidegate.simulator.merge.chosen_fields import FieldChoice, words_of

PET = fields("id", "kind", id={**TEXT, "readOnly": True}, kind=TEXT, name=TEXT, qty=WHOLE)
SENT = {"kind": "cat", "name": "Ada", "qty": 1}


def vendor(pet: Any, name: str, **schema: Any) -> SmallVendor:
    paths = collection(pet, fields("data", "total", data=listed(pet), total=WHOLE), pet, query(name, **schema))
    paths["/pets/{id}"]["get"]["parameters"] = [query(name, **schema)]
    return SmallVendor(paths)


@pytest.mark.parametrize("name", ["fields", "select", "$select", "_fields"])
def test_a_read_shows_what_it_names(name: str) -> None:
    pets, asked = vendor(PET, name), name.replace("$", "%24")
    made = pets.made("/pets", SENT)
    small = {"id": made["id"], "kind": "cat", "qty": 1}
    assert pets.read(f"/pets/{made['id']}?{asked}=qty") == small
    assert pets.read(f"/pets?{asked}=qty,id") == {"data": [small], "total": 1}
    assert pets.read(f"/pets/{made['id']}") == made


@pytest.mark.parametrize("asked", ["*", "qty,nothing", "name(first)", ""])
def test_all_is_shown_where_a_word_is_no_field(asked: str) -> None:
    pets = vendor(PET, "fields")
    made = pets.made("/pets", SENT)
    assert pets.read(f"/pets/{made['id']}?fields={asked}") == made


def test_a_part_that_has_all_fields_is_shown_with_those_named() -> None:
    pet = fields("id", id={**TEXT, "readOnly": True}, attributes=fields(name=TEXT, qty=WHOLE), note=TEXT)
    pets = vendor(pet, "fields[pets]")
    made = pets.made("/pets", {"attributes": {"name": "Ada", "qty": 1}, "note": "n"})
    found = pets.read("/pets?fields%5Bpets%5D=qty")["data"]
    assert found == [{"id": made["id"], "attributes": {"qty": 1}}]


def test_words_may_be_a_list_and_lead_into_parts() -> None:
    assert words_of(("fields",), {"fields": ["a", "b.c"]}) == FieldChoice(("a", "b.c"))
    assert words_of(("fields", "exclude"), {"fields": "*", "exclude": "a,b"}) == FieldChoice((), ("a", "b"))
    assert not words_of(("fields",), {"other": "a"})


EXTENSION = "urn:acme:2.0:User"
USER = fields(
    "id", id={**TEXT, "readOnly": True}, userName=TEXT, name=fields("kind", kind=TEXT, first=TEXT, last=TEXT),
    mails=listed(fields(type=TEXT, value=TEXT)), **{EXTENSION: fields(unit=TEXT, boss=TEXT)},
)  # fmt: skip
ADA = {
    "userName": "ada", "name": {"kind": "k", "first": "A", "last": "B"}, "mails": [{"type": "t", "value": "v"}],
    EXTENSION: {"unit": "u", "boss": "b"},
}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "asked", "shown"),
    [
        ("fields", "name.first", {"name": {"kind": "k", "first": "A"}}),
        ("%24select", "userName,name/last", {"userName": "ada", "name": {"kind": "k", "last": "B"}}),
        ("fields", "name,name.first", {"name": ADA["name"]}),
        ("fields", "mails.value", {"mails": [{"value": "v"}]}),
        ("attributes", "USERNAME", {"userName": "ada"}),
        ("attributes", "urn:acme:2.0:Core:userName", {"userName": "ada"}),
        ("attributes", f"{EXTENSION}:unit", {EXTENSION: {"unit": "u"}}),
        ("attributes", EXTENSION, {EXTENSION: ADA[EXTENSION]}),
        ("excludedAttributes", f"id,mails,{EXTENSION}", {"userName": "ada", "name": ADA["name"]}),
        ("exclude", "mails.type,name.kind,name.last", {
            **ADA, "mails": [{"value": "v"}], "name": {"kind": "k", "first": "A"},
        }),
        ("exclude", "nothing", ADA),
    ],
)  # fmt: skip
def test_fields_inside_are_named_and_others_left_out(name: str, asked: str, shown: dict[str, Any]) -> None:
    users = vendor(USER, name.replace("%24", "$"))
    made = users.made("/pets", ADA)
    assert users.read(f"/pets/{made['id']}?{name}={asked}") == {"id": made["id"], **shown}
    assert users.read(f"/pets?{name}={asked}")["data"] == [{"id": made["id"], **shown}]
