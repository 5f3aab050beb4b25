"""An object is made of what was sent, of the path around it, and of what the vendor gives each."""

import pytest

from tests.simulator.small_vendor import TEXT, WHOLE, SmallVendor, collection, fields, listed, operation, query
from tidegate.simulator.answer.errors import VendorError

OWN = {**TEXT, "readOnly": True}
PROJECT = fields("id", id=OWN, name=TEXT)
TASK = fields("id", "project", id=OWN, title=TEXT, project={**fields("id", id=TEXT, name=TEXT), "readOnly": True})


def test_what_is_made_below_an_object_tells_of_it() -> None:
    tasks = collection(TASK, listed(TASK), fields(title=TEXT), path="/projects/{project_id}/tasks")
    vendor = SmallVendor(
        {**collection(PROJECT, listed(PROJECT), PROJECT, path="/projects", item="/{project_id}"), **tasks}
    )
    project = vendor.made("/projects", {"name": "Plan"})
    assert vendor.made(f"/projects/{project['id']}/tasks", {"title": "t"})["project"] == project


def test_a_sample_below_an_object_tells_of_it_too() -> None:
    order = fields("id", id=OWN, userId=TEXT)
    vendor = SmallVendor({"/users/{uid}/orders": {"post": operation(order, fields(), status=201)}})
    assert vendor.made("/users/u1/orders", {})["userId"] == "u1"


def test_put_makes_what_is_not_there_and_says_so_where_the_document_does() -> None:
    pet = fields("id", id=OWN, name=TEXT)
    paths = collection(pet, listed(pet), pet)
    paths["/pets/{id}"]["put"]["responses"]["201"] = paths["/pets/{id}"]["put"]["responses"]["200"]
    vendor = SmallVendor(paths)
    assert [vendor.ask("PUT", "/pets/p1", {"name": name}).status for name in "ab"] == [201, 200]
    assert vendor.read("/pets/p1") == {"id": "p1", "name": "b"}


def test_an_id_that_is_there_already_is_a_conflict() -> None:
    pet = fields("id", id=TEXT, name=TEXT)
    vendor = SmallVendor(collection(pet, listed(pet), pet))
    vendor.made("/pets", {"id": "p1"})
    with pytest.raises(VendorError) as refused:
        vendor.made("/pets", {"id": "p1"})
    assert refused.value.status == 409


CAT = fields("id", "kind", "skill", id=OWN, kind=TEXT, name=TEXT, skill={**TEXT, "enum": ["lazy", "keen"]})
DOG = fields("id", "kind", "pack", id=OWN, kind=TEXT, name=TEXT, pack={"type": "integer"})
FORMS = {"oneOf": [{"$ref": "#/components/schemas/Cat"}, {"$ref": "#/components/schemas/Dog"}]}
TOLD = {"discriminator": {"propertyName": "kind", "mapping": {
    "cat": "#/components/schemas/Cat", "dog": "#/components/schemas/Dog",
}}}  # fmt: skip


SHORT = {"discriminator": {"propertyName": "kind", "mapping": {"cat": "Cat", "dog": "Dog"}}}


@pytest.mark.parametrize("told", [TOLD, SHORT, {"discriminator": {"propertyName": "kind"}}, {}])
def test_an_object_has_the_form_that_was_sent(told: dict[str, object]) -> None:
    pet = {**FORMS, **told}
    vendor = SmallVendor(collection(pet, listed(pet), pet), {"Cat": CAT, "Dog": DOG})
    rex = vendor.made("/pets", {"kind": "dog", "pack": 3, "name": "Rex"})
    tom = vendor.made("/pets", {"kind": "cat", "skill": "keen", "name": "Tom"})
    assert rex == {"id": rex["id"], "kind": "dog", "pack": 3, "name": "Rex"}
    assert tom == {"id": tom["id"], "kind": "cat", "skill": "keen", "name": "Tom"}
    assert vendor.read("/pets") == [tom, rex]
    at = f"/pets/{rex['id']}"
    assert vendor.ask("PATCH", at, {"kind": "dog", "pack": 4}).body == {**rex, "pack": 4}
    assert vendor.ask("PUT", at, {"kind": "cat", "skill": "lazy"}).body == {
        "id": rex["id"], "kind": "cat", "skill": "lazy",
    } == vendor.read(at)  # fmt: skip


def test_words_of_its_own_tell_a_form_in_an_envelope_too() -> None:
    card = fields("id", "type", id=OWN, type={**TEXT, "enum": ["card"]}, last4=TEXT)
    bank = fields("id", "type", id=OWN, type={**TEXT, "enum": ["bank"]}, iban=TEXT, note=TEXT)
    one = {"oneOf": [card, bank]}
    paths = collection(fields("data", data=one), fields("data", data=listed(one)), one, path="/methods")
    vendor = SmallVendor(paths)
    made = vendor.made("/methods", {"type": "bank", "iban": "DE1"})["data"]
    assert (made["type"], made["iban"]) == ("bank", "DE1")
    assert "last4" not in made
    assert vendor.read(f"/methods/{made['id']}") == {"data": made}
    assert vendor.read("/methods") == {"data": [made]}


def test_an_object_has_the_form_that_its_conditions_ask_for() -> None:
    kinds = [("card", "number"), ("bank", "iban"), ("cash", "till")]
    way = {**fields("id", "kind", id=OWN, kind={**TEXT, "enum": [kind for kind, _ in kinds]}, note=TEXT), "allOf": [
        {"if": {"properties": {"kind": {"const": kind}}}, "then": fields(field, **{field: TEXT})}
        for kind, field in kinds
    ]}  # fmt: skip
    vendor = SmallVendor(collection(way, listed(way), way))
    made = vendor.made("/pets", {"kind": "bank", "iban": "DE1", "note": "x"})
    assert made == {"id": made["id"], "kind": "bank", "note": "x", "iban": "DE1"} == vendor.read(f"/pets/{made['id']}")
    at = f"/pets/{made['id']}"
    assert vendor.ask("PATCH", at, {"kind": "cash", "till": "3"}).body == {
        "id": made["id"], "kind": "cash", "note": "x", "till": "3",
    } == vendor.read(at)  # fmt: skip


def test_what_depends_on_a_field_is_kept() -> None:
    paid = {**fields("id", id=OWN, card=TEXT), "dependentSchemas": {"card": fields("billing", billing=TEXT)}}
    vendor = SmallVendor(collection(paid, listed(paid), paid))
    made = vendor.made("/pets", {"card": "4", "billing": "x"})
    assert (made["card"], made["billing"]) == ("4", "x")
    assert vendor.read(f"/pets/{made['id']}") == made


HEIR = {"allOf": [{"$ref": "#/components/schemas/Pet"}]}


@pytest.mark.parametrize("told", [TOLD["discriminator"], SHORT["discriminator"], {"propertyName": "kind"}])
def test_an_object_is_an_heir_of_the_schema_that_has_the_discriminator(told: dict[str, object]) -> None:
    pet = {**fields("kind", id=OWN, kind=TEXT, name=TEXT), "discriminator": told}
    cat = {"allOf": [*HEIR["allOf"], fields("skill", skill=TEXT)]}
    dog = {"allOf": [*HEIR["allOf"], fields("pack", pack={"type": "integer"})]}
    one = {"$ref": "#/components/schemas/Pet"}
    vendor = SmallVendor(collection(one, listed(one), one), {"Pet": pet, "Cat": cat, "Dog": dog})
    word = "dog" if "mapping" in told else "Dog"
    rex = vendor.made("/pets", {"kind": word, "pack": 3, "name": "Rex"})
    assert rex == {"id": rex["id"], "kind": word, "pack": 3, "name": "Rex"} == vendor.read(f"/pets/{rex['id']}")
    other = vendor.made("/pets", {"kind": "wolf", "pack": 4, "name": "Isegrim"})
    assert (other["kind"], other["pack"]) == ("wolf", 4)


def test_a_member_has_the_id_that_the_path_and_the_request_call_alike() -> None:
    member = fields("id", id=WHOLE, level=WHOLE)
    vendor = SmallVendor({
        "/projects/{id}/members": {
            "get": operation(listed(member)),
            "post": operation(member, fields("user_id", user_id=WHOLE, level=WHOLE), status=201),
        },
        "/projects/{id}/members/{user_id}": {"get": operation(member), "delete": operation(status=204)},
    })  # fmt: skip
    made = [vendor.made(f"/projects/{project}/members", {"user_id": 7, "level": project}) for project in (5, 6)]
    assert made == [{"id": 7, "level": 5}, {"id": 7, "level": 6}]
    vendor.ask("DELETE", "/projects/5/members/7")
    assert vendor.read("/projects/5/members") == []
    assert vendor.read("/projects/6/members/7") == {"id": 7, "level": 6}


def test_a_parameter_of_the_query_names_what_is_made() -> None:
    job = fields(name=TEXT, title=TEXT)
    paths = collection(job, listed(job), fields(title=TEXT), path="/jobs", item="/{job}")
    paths["/jobs"]["post"]["parameters"] = [query("jobId")]
    paths["/jobs:batchGet"] = {"get": operation(fields(jobs=listed(job)), None, query("names", **listed(TEXT)))}
    vendor = SmallVendor(paths)
    made = vendor.made("/jobs?jobId=j1", {"title": "A"})
    assert made == {"name": "j1", "title": "A"}
    assert vendor.read("/jobs/j1") == made
    assert vendor.made("/jobs", {"title": "B"})["name"] not in ("", "j1")
    with pytest.raises(VendorError):
        vendor.made("/jobs?jobId=j1", {})
    assert vendor.read("/jobs:batchGet?names=j1") == {"jobs": [made]}
