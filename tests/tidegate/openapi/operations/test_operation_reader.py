"""References are followed wherever a document of many files has them."""

from pathlib import Path
from typing import Any

import orjson
import pytest

from tidegate.openapi.document import Document

FILES: dict[str, Any] = {
    "main.json": {
        "openapi": "3.1.0",
        "paths": {"$ref": "paths/all.json"},
        "components": {"schemas": {"$ref": "schemas/all.json"}},
    },
    "paths/all.json": {
        "/pets": {"$ref": "pets.json#/item", "summary": "Pets."},
        "/lost": {"$ref": "nowhere.json"},
    },
    "paths/pets.json": {
        "item": {
            "post": {"$ref": "make.json", "operationId": "makePet"},
            "get": {"$ref": "gone.json"},
            "put": {"$ref": "#/item/post"},
            "delete": None,
        }
    },
    "paths/make.json": {
        "operationId": "make",
        "parameters": {"$ref": "shared.json#/parameters"},
        "requestBody": {"$ref": "shared.json#/body"},
        "responses": {"$ref": "shared.json#/responses"},
    },
    "paths/shared.json": {
        "parameters": [{"$ref": "#/named/dry"}],
        "named": {"dry": {"name": "dry", "in": "query", "schema": {"type": "boolean"}}},
        "content": {"application/json": {"$ref": "#/media"}},
        "media": {"schema": {"$ref": "../main.json#/components/schemas/Pet"}},
        "body": {"content": {"$ref": "#/content"}},
        "responses": {"201": {"content": {"$ref": "#/content"}}},
    },
    "schemas/all.json": {"Pet": {"$ref": "pet.json"}},
    "schemas/pet.json": {"type": "object", "required": ["name"]},
}


@pytest.fixture
def document(tmp_path: Path) -> Document:
    for name, content in FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(orjson.dumps(content))
    return Document.load(tmp_path / "main.json")


def test_an_operation_in_a_file_of_its_own_is_read_whole(document: Document) -> None:
    match = document.match("POST", "/pets")
    assert match is not None
    assert match.operation.id == "makePet"
    assert [parameter["name"] for parameter in document.parameters(match.operation)] == ["dry"]
    (schema,) = document.request_content(match.operation).values()
    assert not document.schemas.validator(schema, of="request").is_valid({})
    answer = document.response_schema(match.operation, 201)
    assert answer == FILES["schemas/pet.json"]


def test_an_operation_of_which_nothing_is_there_is_left_out_and_told(document: Document) -> None:
    assert document.match("GET", "/pets") is None
    assert document.match("DELETE", "/pets") is None
    assert sorted(flaw.code for flaw in document.diagnostics) == ["D002", "D002", "D004"]


def test_query_and_the_other_methods_of_openapi_3_2_are_operations() -> None:
    answers = {"responses": {"200": {"description": ""}}}
    others = {"COPY": answers, "purge": {**answers, "operationId": "purge"}, "POST": answers}
    item = {"query": answers, "additionalOperations": others}
    document = Document({"openapi": "3.2.0", "paths": {"/a/{b}": item}})
    assert {operation.id: operation.pointer for operation in document.operations.values()} == {
        "QUERY /a/{b}": "#/paths/~1a~1{b}/query",
        "COPY /a/{b}": "#/paths/~1a~1{b}/additionalOperations/COPY",
        "purge": "#/paths/~1a~1{b}/additionalOperations/purge",
    }
    assert document.match("COPY", "/a/1") is not None
    assert document.match("copy", "/a/1") is None  # methods have a case (RFC 9110 §9.1)


def test_other_methods_that_a_reference_loses_are_told() -> None:
    answers = {"responses": {"200": {"description": ""}}}
    item = {"get": answers, "additionalOperations": {"$ref": "#/nowhere"}}
    document = Document({"openapi": "3.2.0", "paths": {"/a": item}})
    assert ([*document.operations], [flaw.code for flaw in document.diagnostics]) == (["GET /a"], ["D002"])


def test_an_extension_among_the_paths_is_no_path() -> None:
    parsed = Document({"openapi": "3.1.0", "paths": {"x-note": {"get": {}}, "/a": {"get": {"operationId": "A"}}}})
    assert (list(parsed.operations), parsed.diagnostics) == (["A"], [])


def test_a_document_of_webhooks_alone_has_no_operations(tmp_path: Path) -> None:
    (tmp_path / "hooks.json").write_bytes(orjson.dumps({"openapi": "3.1.0", "webhooks": {"newPet": {"post": {}}}}))
    assert Document.load(tmp_path / "hooks.json").operations == {}
