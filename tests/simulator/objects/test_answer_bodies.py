"""An answer is the stored object in the operation's own envelope and schema, or a sample of it."""

import json
from typing import Any

import pytest

from tests.simulator.conftest import Play, facts
from tests.simulator.houses import Street
from tests.simulator.small_vendor import TEXT, SmallVendor, collection, fields, listed, operation, query
from tidegate.openapi.document import Document
from tidegate.simulator.objects.operation_request import OperationRequest


def test_an_object_is_shown_in_its_envelope() -> None:
    street = Street()
    home = street.ask("POST /houses").body["id"]
    made = street.ask("POST /houses/{house}/rooms", {"colour": "blue"}, house=home)
    assert (made.status, made.body) == (201, {"room": {"number": 1, "house": home, "colour": "blue"}})


def test_an_answer_of_another_schema_has_what_fits_of_the_object() -> None:
    street = Street()
    home = street.ask("POST /houses").body["id"]
    shown = street.ask("PUT /houses/{id}/brief", {"title": "T", "colour": "blue"}, id=home).body
    assert shown["title"] == "T"
    assert "colour" not in shown


@pytest.mark.parametrize(
    ("media", "body"),
    [
        ({}, {}),
        ({"example": {"a": 1}}, {"a": 1}),
        ({"schema": {"type": "object", "required": ["a"], "properties": {"a": {"const": 2}}}}, {"a": 2}),
    ],
)
@pytest.mark.parametrize("status", ["200", "2XX", "default"])
async def test_json_is_json_whatever_the_document_says_of_it(
    play: Play, status: str, media: dict[str, Any], body: Any
) -> None:
    answers = {status: {"description": "", "content": {"application/json": media}}}
    document = Document({"openapi": "3.1.0", "paths": {"/pulse": {"post": {"responses": answers}}}})
    vendor = await play(facts(), served=document)
    assert await vendor.ask("POST", "/pulse") == (200, body)


def _answers(schema: dict[str, Any]) -> dict[str, Any]:
    return {"200": {"description": "", "content": {"application/json": {"schema": schema}}}}


@pytest.mark.parametrize("value", [{"type": "object"}, {"type": "integer"}, {"type": "array", "items": {}}, {}])
async def test_a_map_is_given_no_id_that_its_values_cannot_be(play: Play, value: dict[str, Any]) -> None:
    asked = {"parameters": [{"name": "language", "in": "path", "required": True, "schema": {"type": "string"}}]}
    counts = {"type": "object", "additionalProperties": value}
    document = Document(
        {"openapi": "3.1.0", "paths": {"/counts/{language}": {"get": {**asked, "responses": _answers(counts)}}}}
    )
    vendor = await play(facts(), served=document)
    status, body = await vendor.ask("GET", "/counts/ada")
    assert (status, list(document.schemas.validator(counts, of="answer").errors(body))) == (200, [])


async def test_an_id_inside_a_part_of_an_object_has_the_type_of_its_field(play: Play) -> None:
    part = {"type": "object", "required": ["id"], "properties": {"id": {"type": "integer"}}}
    goal = {"type": "object", "required": ["identifier"], "properties": {"identifier": part}}
    asked = {"parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}]}
    responses = _answers({"type": "object", "required": ["goal"], "properties": {"goal": goal}})
    document = Document({"openapi": "3.1.0", "paths": {"/Goals/{id}": {"get": {**asked, "responses": responses}}}})
    vendor = await play(facts(), served=document)
    assert await vendor.ask("GET", "/Goals/3") == (200, {"goal": {"identifier": {"id": 3}}})


async def test_an_answer_that_repeats_what_was_said_has_what_else_it_must_have(play: Play) -> None:
    logs = {"anyOf": [{"type": "object"}, {"type": "null"}]}
    message = {"type": "object", "required": ["content", "refusal"],
               "properties": {"content": {"type": "string"}, "refusal": {"type": ["string", "null"]}}}  # fmt: skip
    choice = {"type": "object", "required": ["message", "logs"], "properties": {"message": message, "logs": logs}}
    whole = {"type": "object", "required": ["id", "choices"],
             "properties": {"id": {"type": "string"}, "choices": {"type": "array", "items": choice}}}  # fmt: skip
    talk = {"kept": True, "answer": {"choices": [{"message": {"content": "{text}"}}]}}
    post = {"operationId": "talk", "requestBody": {"content": {"application/json": {"schema": {"type": "object"}}}},
            "responses": _answers(whole)}  # fmt: skip
    paths = {"/talks": {"post": post}, "/talks/{id}": {"get": {"responses": _answers(whole)}}}
    vendor = await play(facts(conversations={"talk": talk}), served=Document({"openapi": "3.1.0", "paths": paths}))
    _, made = await vendor.ask("POST", "/talks", '{"messages": ["hi"]}', Content_Type="application/json")
    (answered,) = made["choices"]
    assert answered["message"]["content"] == "You said: hi"
    assert {"logs", "message"} == answered.keys()
    assert (await vendor.ask("GET", f"/talks/{made['id']}"))[1] == made


def test_addresses_of_pages_have_the_form_that_the_documents_own_example_has() -> None:
    pet = fields("id", id=TEXT)
    link = {**TEXT, "format": "uri", "nullable": True}
    listing = operation(
        fields("pets", pets=listed(pet), next_page_uri=link),
        None,
        query("Page", type="integer"),
        query("PageSize", type="integer"),
    )
    paths = {
        **collection(pet, listed(pet), fields()),
        "/pets": {"post": operation(pet, fields(), status=201), "get": listing},
    }
    told = {}
    for example in ("/pets?Page=1", "https://api.test/pets?Page=1"):
        listing["responses"]["200"]["content"]["application/json"]["example"] = {"pets": [], "next_page_uri": example}
        vendor = SmallVendor(paths)
        for _ in range(2):
            vendor.made("/pets", {})
        listing_asked = vendor.operation("GET", "/pets")
        told[example] = vendor.service.carry_out(
            listing_asked, {}, {"PageSize": 1}, OperationRequest("n", 1, path="/pets", base="http://v")
        ).body["next_page_uri"]
    assert [*told.values()] == ["/pets?PageSize=1&Page=2", "http://v/pets?PageSize=1&Page=2"]


CAT, DOG = ({"type": "object", "required": ["pet", name], "properties": {"pet": {"const": pet}, name: {}}}
            for pet, name in (("cat", "meow"), ("dog", "bark")))  # fmt: skip


async def test_a_sample_has_the_form_that_was_sent(play: Play) -> None:
    either = {"application/json": {"schema": {"oneOf": [CAT, DOG]}}}
    post = {"requestBody": {"content": either}, "responses": {"200": {"description": "", "content": either}}}
    vendor = await play(facts(), served=Document({"openapi": "3.1.0", "paths": {"/echo": {"post": post}}}))
    for sent in ({"pet": "dog", "bark": 1}, {"pet": "cat", "meow": 1}):
        asked = json.dumps(sent)
        assert await vendor.ask("POST", "/echo", asked, Content_Type="application/json") == (200, sent)
