"""Examples are found wherever a document puts them."""

from pathlib import Path
from typing import Any

import pytest

from tidegate.openapi.document import Document
from tidegate.simulator.document.documented_answer import answer_of
from tidegate.values.documented_example import documented_example, kind_example, meant
from tidegate.values.json_value import NOTHING


@pytest.fixture
def document(tmp_path: Path) -> Document:
    """A document with files beside it, and an example among its components."""
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "pets.yaml").write_text(
        "cat: {value: {n: 1}}\nfile: {externalValue: cat.json}\nbare: {n: 4}\n"
    )
    (tmp_path / "more" / "cat.json").write_bytes(b'\xef\xbb\xbf{"n": 2}')
    (tmp_path / "cat.csv").write_text("a,b\n")
    (tmp_path / "cat.png").write_bytes(b"\xff\xfe\xff")
    main = tmp_path / "openapi.yaml"
    main.write_text("openapi: 3.1.0\npaths: {}\ncomponents: {examples: {cat: {value: {n: 3}}}}\n")
    return Document.load(main)


@pytest.mark.parametrize(
    ("media", "example"),
    [
        ({"example": None}, None),
        ({"example": {"n": 1}, "examples": {"one": {"value": 2}}}, {"n": 1}),
        ({"examples": {"one": {"value": 1}, "two": {"value": 2}}}, 1),
        ({"examples": {"one": {"$ref": "#/components/examples/cat"}}}, {"n": 3}),
        ({"examples": {"one": {"$ref": "more/pets.yaml#/cat"}}}, {"n": 1}),
        ({"examples": {"one": {"$ref": "more/pets.yaml#/file"}}}, {"n": 2}),
        ({"examples": {"one": {"externalValue": "./more/cat.json"}}}, {"n": 2}),
        ({"examples": {"one": {"externalValue": "cat.csv"}}}, "a,b\n"),
        ({"example": {"$ref": "#/components/examples/cat"}}, {"n": 3}),
        ({"example": {"$ref": "more/pets.yaml#/bare"}}, {"n": 4}),
        ({"example": {"$ref": 1}}, {"$ref": 1}),
        ({"examples": {"one": {"dataValue": {"n": 5}, "serializedValue": '{"n": 6}'}}}, {"n": 5}),
        ({"examples": {"one": {"serializedValue": '{"n": 6}'}}}, {"n": 6}),
        ({"examples": {"one": {"serializedValue": "a,b"}}}, "a,b"),
    ],
)
def test_an_example_is_found_where_it_stands(document: Document, media: dict[str, Any], example: object) -> None:
    assert documented_example(document, media) == example


@pytest.mark.parametrize(
    "entry",
    [
        {"externalValue": "https://example.com/cat.json"},
        {"externalValue": "../secret.json"},
        {"externalValue": "none.csv"},
        {"externalValue": "cat.png"},
        {"externalValue": 1},
        {"$ref": "#/none"},
        {"summary": "empty"},
        "text",
    ],
)
def test_what_cannot_be_read_is_no_example_and_the_next_one_counts(document: Document, entry: object) -> None:
    assert documented_example(document, {"examples": {"one": entry}}) is NOTHING
    assert documented_example(document, {"examples": {"one": entry, "two": {"value": 2}}}) == 2


def test_what_is_no_json_is_as_it_is_sent_where_that_is_said(document: Document) -> None:
    both = {"dataValue": [{"a": 7}], "serializedValue": "a\r\n7\r\n"}
    assert documented_example(document, {"examples": {"one": both}}, of_bytes=True) == "a\r\n7\r\n"


def test_a_reference_that_leads_nowhere_is_no_example(document: Document) -> None:
    assert documented_example(document, {"example": {"$ref": "#/none"}}) is NOTHING
    assert documented_example(document, {}) is NOTHING


FILE = {"id": "file-abc123", "name": "a"}


def found_of_kind(example: Any = NOTHING, **parameter: Any) -> Any:
    media = {"schema": {"type": "object"}} | ({} if example is NOTHING else {"example": example})
    answer = {"responses": {"200": {"content": {"application/json": media}}}}
    listed = {"name": "file_id", "in": "path", "required": True, **parameter}
    document = Document({"openapi": "3.0.3", "paths": {"/files/{file_id}": {"parameters": [listed], "get": answer}}})
    operations = document.operations.values()
    return kind_example(document, lambda one: answer_of(document, one), operations, "id", "file_id")


@pytest.mark.parametrize("example", [FILE, {"file": FILE}, [FILE], {"data": [FILE], "has_more": False}])
def test_an_object_is_found_in_its_envelope(example: Any) -> None:
    assert found_of_kind(example) == FILE


def test_the_path_s_parameter_says_how_an_id_looks() -> None:
    assert found_of_kind(examples={"one": {"value": "file-2"}}) == {"id": "file-2"}
    assert found_of_kind(schema={"type": "string", "example": "file-1"}) == {"id": "file-1"}
    assert found_of_kind({"other": 1}) is NOTHING


def test_a_file_that_holds_no_text_is_an_example_only_where_bytes_may_be(tmp_path: Path) -> None:
    (tmp_path / "openapi.yaml").write_text("openapi: 3.0.3\npaths: {}\n", encoding="utf-8")
    (tmp_path / "a.png").write_bytes(b"\x89PNG")
    document = Document.load(tmp_path / "openapi.yaml")
    media = {"examples": {"a": {"externalValue": "a.png"}}}
    assert documented_example(document, media, of_bytes=True) == b"\x89PNG"
    assert documented_example(document, media) is NOTHING


@pytest.mark.parametrize(
    ("schema", "example", "found"),
    [
        ({"type": "object"}, '{"a": 5}', {"a": 5}),
        ({"type": "array"}, " [1]", [1]),
        ({"type": "object"}, "{no json", "{no json"),
        ({"type": ["object", "string"]}, '{"a": 5}', '{"a": 5}'),
        ({}, '{"a": 5}', '{"a": 5}'),
        (None, '{"a": 5}', '{"a": 5}'),
    ],
)
def test_a_text_of_json_is_what_it_says_where_no_text_may_be(schema: Any, example: str, found: Any) -> None:
    document = Document({"openapi": "3.1.0", "paths": {}})
    assert meant(document, schema, example) == found
    if schema is not None:
        assert documented_example(document, {"schema": schema, "example": example}) == found
        assert documented_example(document, {"schema": schema, "examples": {"a": {"value": example}}}) == found
