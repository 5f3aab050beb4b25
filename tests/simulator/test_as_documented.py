"""Answers keep to the document where an outside judge looks: types, formats, alternatives, addresses, methods."""

from typing import Any

import pytest

from tests.simulator.conftest import Play, Played, facts
from tidegate.openapi.document import Document

PLAIN: dict[str, Any] = {"envelope": "", "ours": {}}
TEXT = {"type": "string"}


def _ref(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


def _answer(schema: Any, media: str = "application/json", status: str = "200", **beside: Any) -> dict[str, Any]:
    return {"responses": {status: {"description": "", "content": {media: {"schema": schema, **beside}}}}}


def _body(**properties: Any) -> dict[str, Any]:
    schema = {"type": "object", "properties": properties}
    return {"requestBody": {"content": {"application/x-www-form-urlencoded": {"schema": schema}}}}


def _query(*names: str, **schema: Any) -> list[dict[str, Any]]:
    return [{"name": name, "in": "query", "schema": schema or TEXT} for name in names]


SITE = {
    "type": "object",
    "properties": {
        "id": TEXT,
        "home": {"type": "string", "format": "uri"},
        "role": {"type": "string", "enum": ["main", "spare"]},
        "hidden": {"type": "array", "items": TEXT},
    },
    "required": ["id", "home", "role", "hidden"],
}
SITES = {
    "type": "object",
    "properties": {
        "sites": {"type": "array", "items": _ref("site")},
        "next_page_url": {"type": "string", "format": "uri", "nullable": True},
        "url": {"type": "string"},
    },
}
VIEW: dict[str, Any] = {"type": "object", "properties": {"id": TEXT, "view": TEXT}, "required": ["id", "view"]}
EITHER = {
    "oneOf": [_ref("own"), _ref("other")],
    "discriminator": {
        "propertyName": "view",
        "mapping": {"mine": "#/components/schemas/own", "yours": "#/components/schemas/other"},
    },
}
PATHS = {
    "/sites": {
        "get": {
            "parameters": [
                *_query("page", "per_page", type="integer"),
                *_query("hidden", type="array", items=TEXT),
                *_query("role", "home"),
            ],
            **_answer(SITES),
        },
        "post": {**_body(home=TEXT, mode={"type": "string", "enum": [""]}), **_answer(_ref("site"), status="201")},
    },
    "/sites/{id}": {"get": _answer(_ref("site"))},
    "/roles": {"post": {**_body(), **_answer({"type": "object", "properties": {"id": TEXT}}, status="201")}},
    "/roles/{id}": {"get": _answer({"type": "object", "properties": {"id": TEXT}})},
    "/views/{id}": {"get": _answer(EITHER), "put": _answer(EITHER)},
    "/pets": {
        "post": {
            "requestBody": {"content": {"application/xml": {"schema": _ref("pet")}}},
            **_answer(_ref("pet"), "application/xml", "201"),
        },
        "get": {
            "responses": {
                **_answer({"type": "array", "items": _ref("pet")}, "application/xml")["responses"],
                "406": {"description": ""},
            }
        },
    },
    "/pets/{id}": {"get": _answer(_ref("pet"), "application/xml")},
    "/log": {"get": _answer({"type": "array", "items": TEXT, "minItems": 2}, "application/x-ndjson", example=["a"])},
    "/motto": {"get": _answer(TEXT, "text/plain", example="Keep it simple.")},
}
SCHEMAS = {
    "site": SITE,
    "own": {**VIEW, "properties": {**VIEW["properties"], "plan": TEXT}, "required": ["id", "view", "plan"]},
    "other": VIEW,
    "pet": {"type": "object", "required": ["id"], "properties": {"id": TEXT, "name": TEXT}},
}


async def sites(play: Play, **changes: Any) -> Played:
    document = Document({"openapi": "3.0.3", "paths": PATHS, "components": {"schemas": SCHEMAS}}, "sites")
    words = {"errors": PLAIN, "versioning": None, "idempotency": None, **changes}
    return await play(facts(**words), served=document)


async def test_what_is_no_json_says_what_it_is(play: Play) -> None:
    vendor = await sites(play)
    async with vendor.client.get(f"{vendor.url}/motto") as answer:
        assert (answer.content_type, await answer.text()) == ("text/plain", "Keep it simple.")


async def test_what_is_sent_as_xml_is_kept_and_listed(play: Play) -> None:
    vendor = await sites(play)
    headers = {"Content-Type": "application/xml"}
    async with vendor.client.post(f"{vendor.url}/pets", data="<pet><id>p1</id><name>Rex</name></pet>",
                                  headers=headers) as answer:  # fmt: skip
        assert (answer.status, answer.content_type) == (201, "application/xml")
    for path in ("/pets/p1", "/pets"):
        async with vendor.client.get(vendor.url + path) as answer:
            assert "<id>p1</id><name>Rex</name>" in await answer.text()


async def test_who_takes_no_type_that_there_is_hears_so_where_the_document_says_it(play: Play) -> None:
    vendor = await sites(play)
    for accept, status in (("image/png", 406), ("text/*, application/xml;q=0.1", 200), ("", 200)):
        async with vendor.client.get(f"{vendor.url}/pets", headers={"Accept": accept}) as answer:
            assert answer.status == status
    async with vendor.client.get(f"{vendor.url}/motto", headers={"Accept": "image/png"}) as answer:
        assert answer.status == 200


async def test_lines_of_json_are_lines(play: Play) -> None:
    vendor = await sites(play)
    async with vendor.client.get(f"{vendor.url}/log") as answer:
        assert answer.content_type == "application/x-ndjson"
        assert (await answer.text()).count("\n") == 2


async def test_a_sent_value_without_the_answers_format_does_not_come_back(play: Play) -> None:
    vendor = await sites(play)
    _, made = await vendor.ask("POST", "/sites", "home=https://a.example/b")
    assert made["home"] == "https://a.example/b"
    status, made = await vendor.ask("POST", "/sites", "home=nowhere")
    assert status == 201
    assert made["home"].startswith("http")


async def test_a_field_with_a_few_words_holds_nobodys_id(play: Play) -> None:
    vendor = await sites(play)
    await vendor.ask("POST", "/roles")
    assert (await vendor.ask("POST", "/sites"))[1]["role"] in ("main", "spare")


async def test_a_list_in_an_object_is_narrowed_by_what_is_in_it(play: Play) -> None:
    vendor = await sites(play)
    await vendor.ask("POST", "/sites")
    status, body = await vendor.ask("GET", "/sites?hidden=home")
    assert (status, body["sites"]) == (200, [])


@pytest.mark.parametrize("relative", [False, True])
async def test_the_next_page_has_its_host_where_the_document_asks_for_it(play: Play, relative: bool) -> None:
    vendor = await sites(play, resources={"pages": {"relative": relative}})
    for _ in range(3):
        await vendor.ask("POST", "/sites")
    _, body = await vendor.ask("GET", "/sites?per_page=2")
    assert body["next_page_url"] == f"{'' if relative else vendor.url}/sites?per_page=2&page=2"
    assert body["url"].startswith("/sites")


async def test_an_alternative_has_its_discriminators_word(play: Play) -> None:
    vendor = await sites(play)
    status, body = await vendor.ask("PUT", "/views/1")
    assert (status, body["view"]) == (200, "mine")
    assert body["plan"]


async def test_a_method_that_a_path_has_not_is_405_with_those_that_it_has(play: Play) -> None:
    vendor = await sites(play)
    status, body, headers = await vendor.exchange("DELETE", "/sites?page=1")
    assert (status, headers["Allow"]) == (405, "GET, HEAD, POST")
    assert body["detail"] == "Unrecognized request URL (DELETE: /sites). This path takes GET, HEAD, POST."


async def test_a_vendor_that_says_404_for_a_method_does_not_list_any(play: Play) -> None:
    vendor = await sites(play, errors={**PLAIN, "refusals": {"no-route": {"status": 404}}})
    status, _, headers = await vendor.exchange("DELETE", "/sites")
    assert (status, "Allow" in headers) == (404, False)


async def test_a_choice_of_nothing_but_an_empty_text_is_refused_in_words(play: Play) -> None:
    vendor = await sites(play)
    status, body = await vendor.ask("POST", "/sites", "mode=fast")
    assert (status, body["detail"]) == (400, "Invalid mode: must be empty")


async def test_an_id_may_be_as_long_as_5000_letters_of_any_script(play: Play) -> None:
    vendor = await sites(play)
    status, body = await vendor.ask("GET", f"/sites/{'%F0%9F%8F%A0' * 5000}")
    assert (status, body["title"]) == (404, "Not Found")


async def test_a_page_beyond_all_counting_is_empty(play: Play) -> None:
    vendor = await sites(play)
    await vendor.ask("POST", "/sites")
    status, body = await vendor.ask("GET", "/sites?role=main&home=x&per_page=54&page=301702924750392768")
    assert (status, body["sites"]) == (200, [])


async def read_elsewhere(play: Play, answer: Any) -> int:
    """The status of a GET by an id that nobody was told, after a POST on the collection with this answer."""
    paths = {"/things": {"post": answer}, "/things/{id}": {"get": _answer({"type": "object"})}}
    served = Document({"openapi": "3.0.3", "paths": paths}, "things")
    vendor = await play(facts(errors=PLAIN, versioning=None, idempotency=None), served=served)
    async with vendor.client.post(f"{vendor.url}/things") as answered:
        assert answered.status < 300
    return (await vendor.ask("GET", "/things/elsewhere"))[0]


async def test_where_nobody_is_told_an_id_every_one_is_there(play: Play) -> None:
    untold = _answer({"type": "object", "properties": {"ok": {"type": "boolean"}}})
    for answer in (untold, {"responses": {"204": {"description": ""}}}, _answer({"type": "array", "items": VIEW})):
        assert await read_elsewhere(play, answer) == 200


async def test_an_answer_that_is_only_an_id_is_that_of_what_was_made(play: Play) -> None:
    thing = _answer({"type": "object", "properties": {"id": {"type": "string", "format": "uuid"}, "view": TEXT}})
    paths = {"/things": {"post": _answer({"type": "string"})}, "/things/{id}": {"get": thing}}
    vendor = await play(facts(errors=PLAIN), served=Document({"openapi": "3.0.3", "paths": paths}, "things"))
    async with vendor.client.post(f"{vendor.url}/things") as answered:
        body = await answered.json(content_type=None)
    assert (await vendor.ask("GET", f"/things/{body}"))[1]["id"] == body


async def test_a_head_of_what_is_only_a_stream_has_no_body(play: Play) -> None:
    event = {"type": "object", "required": ["n"], "properties": {"n": {"type": "integer", "enum": [7]}}}
    paths = {"/ticks": {"get": _answer(event, "text/event-stream")}}
    vendor = await play(facts(errors=PLAIN), served=Document({"openapi": "3.0.3", "paths": paths}, "ticks"))
    async with vendor.client.head(f"{vendor.url}/ticks") as answer:
        assert (answer.status, await answer.read()) == (200, b"")
    assert (await vendor.ask("GET", "/nowhere"))[0] == 404
