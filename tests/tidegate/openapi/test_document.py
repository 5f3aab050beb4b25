"""A document is indexed at once, resolved when asked, and unsound parts of it cost one operation each."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.tidegate.files import ANSWER, DOCUMENT
from tidegate.openapi.document import Document, DocumentError

REAL = {
    "stripe/spec3.json": 452,
    "github/api.github.com.json": 1223,
    "openai/openapi.json": 288,
    "adyen/CheckoutService-v71.json": 28,
    "adyen/TransferService-v4.json": 12,
    "slack/slack_web_openapi_v2.json": 174,
    "twilio/twilio_api_v2010.json": 197,
    "twilio/twilio_messaging_v1.json": 58,
    "twilio/twilio_verify_v2.json": 57,
}


def document(paths: dict[str, Any], **more: Any) -> Document:
    return Document({"openapi": "3.0.3", "paths": paths, **more})


@pytest.mark.parametrize(("name", "operations"), REAL.items())
def test_every_operation_of_a_real_document_is_found_by_its_own_path(specs: Path, name: str, operations: int) -> None:
    parsed = Document.load(specs / name)
    assert len(parsed.operations) == operations
    assert [flaw for flaw in parsed.diagnostics if flaw.code != "D006"] == []
    for operation in parsed.operations.values():
        match = parsed.match(operation.method, re.sub(r"\{[^}]*\}", "abc", operation.template))
        assert match is not None
        assert match.operation is operation
        assert set(match.params) == set(re.findall(r"\{([^}]*)\}", operation.template))


@pytest.mark.parametrize("name", REAL)
def test_every_operation_of_a_real_document_can_be_resolved(specs: Path, name: str) -> None:
    parsed = Document.load(specs / name)
    for operation in parsed.operations.values():
        assert all("name" in parameter for parameter in parsed.parameters(operation))
        assert all(isinstance(parsed.follow(schema), dict) for schema in parsed.request_content(operation).values())
        parsed.response_schema(operation, 200)
        parsed.response_schema(operation, 404)


def test_yaml_and_json_say_the_same(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps(DOCUMENT))
    (tmp_path / "a.yaml").write_text(json.dumps(DOCUMENT))
    assert Document.load(tmp_path / "a.json").root == Document.load(tmp_path / "a.yaml").root


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.json", b"{"),
        ("a.json", b"[]"),
        ("a.json", b'{"openapi": "3.0.3"}'),
        ("a.json", b'{"paths": []}'),
        ("a.json", b"\xff\xfe"),
        ("a.yaml", b"a: ["),
        ("a.yaml", b"\x00"),
        ("a.json", b"[" * 100_000),
    ],
)
def test_what_is_no_document_is_refused_by_name(tmp_path: Path, name: str, content: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(DocumentError, match=re.escape(str(path))):
        Document.load(path)


def test_a_document_that_is_not_there_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="No such file"):
        Document.load(tmp_path / "a.json")


def test_an_operation_without_an_id_is_called_by_method_and_path() -> None:
    assert list(document({"/a": {"get": ANSWER}}).operations) == ["GET /a"]


def test_an_id_that_is_used_twice_names_the_first_only() -> None:
    parsed = document({"/a": {"get": {"operationId": "X"}, "post": {"operationId": "X"}}})
    assert list(parsed.operations) == ["X", "POST /a"]
    assert [flaw.code for flaw in parsed.diagnostics] == ["D006"]


def test_an_id_that_could_steer_a_terminal_names_nothing() -> None:
    parsed = document({"/a": {"get": {"operationId": "A\n::error::x"}, "post": {"operationId": "A\x9b2J"}}})
    assert list(parsed.operations) == ["GET /a", "POST /a"]
    assert [flaw.code for flaw in parsed.diagnostics] == ["D006", "D006"]
    assert all(flaw.message.isprintable() and flaw.pointer.isprintable() for flaw in parsed.diagnostics)


def test_what_stands_beside_the_reference_of_a_path_counts_too() -> None:
    parsed = document(
        {"/a": {"$ref": "#/components/pathItems/a", "post": {"operationId": "Own"}}},
        components={"pathItems": {"a": {"get": {"operationId": "Shared"}, "post": {"operationId": "Lost"}}}},
    )
    assert sorted(parsed.operations) == ["Own", "Shared"]


def test_a_parameter_that_cannot_be_read_is_left_out_and_noted_once() -> None:
    lost = [{"$ref": "#/nowhere"}, {"name": "a"}, {"name": "a", "in": "somewhere"}, {"name": "b", "in": "query"}]
    parsed = document({"/a": {"get": {"operationId": "A", "parameters": lost}}})
    for _ in range(2):
        assert [entry["name"] for entry in parsed.parameters(parsed.operations["A"])] == ["b"]
    assert [flaw.code for flaw in parsed.diagnostics] == ["D002", "D015"]


def test_head_follows_get_and_no_other_method_does() -> None:
    parsed = document({"/a": {"get": {"operationId": "A"}}})
    match = parsed.match("HEAD", "/a")
    assert match is not None
    assert match.operation.id == "A"
    assert parsed.match("OPTIONS", "/a") is None
    assert parsed.match("HEAD", "/b") is None


@pytest.mark.parametrize(
    ("paths", "code"),
    [
        ({"no-slash": {"get": ANSWER}}, "D001"),
        ({"/a/{}": {"get": ANSWER}}, "D001"),
        ({"/a\x1b[2J": {"get": ANSWER}}, "D001"),
        ({"/a\u202eb": {"get": ANSWER}}, "D001"),
        ({"/a": []}, "D003"),
        ({"/a": {"get": None}}, "D004"),
        ({"/a": {"$ref": "#/nowhere"}}, "D002"),
        ({"/a": {"$ref": "other.json#/a"}}, "D018"),
        ({"/a": {"$ref": "#/paths/~1a"}}, "D002"),
        ({"/a/{x}": {"get": ANSWER}, "/a/{y}": {"get": ANSWER}}, "D005"),
    ],
)
def test_what_is_unsound_costs_itself_and_leaves_a_note(paths: dict[str, Any], code: str) -> None:
    parsed = document({**paths, "/sound": {"get": {"operationId": "Sound"}}})
    assert [flaw.code for flaw in parsed.diagnostics] == [code]
    assert parsed.match("GET", "/sound") is not None


class TestReferences:
    """RFC 6901, after percent-decoding."""

    parsed = document({}, components={"a/b": {"c~d": [1, {"e f": 2}]}, "loop": {"$ref": "#/components/loop"}})

    def test_a_pointer_is_percent_decoded_and_then_unescaped(self) -> None:
        assert self.parsed.resolve("#/components/a~1b/c~0d/1/e%20f") == 2
        assert self.parsed.resolve("#/components/a%7E1b/c~0d/0") == 1
        assert self.parsed.resolve("#") is self.parsed.root

    @pytest.mark.parametrize(
        "pointer", ["#/nothing", "#/components/a~1b/c~0d/9", "#/components/a~1b/c~0d/x", "#/openapi/x"]
    )
    def test_a_pointer_to_nothing_is_refused(self, pointer: str) -> None:
        with pytest.raises(DocumentError, match="points at nothing"):
            self.parsed.resolve(pointer)

    @pytest.mark.parametrize("pointer", ["other.yaml#/a", "https://example.com/a.json", "//a/b"])
    def test_nothing_outside_the_document_is_followed(self, pointer: str) -> None:
        with pytest.raises(DocumentError, match="outside the document"):
            self.parsed.resolve(pointer)

    def test_a_circle_is_refused(self) -> None:
        with pytest.raises(DocumentError, match="circle"):
            self.parsed.follow({"$ref": "#/components/loop"})

    def test_what_is_no_reference_is_itself(self) -> None:
        nodes: list[object] = [None, 1, [], {}, {"$ref": 3}]
        for node in nodes:
            assert self.parsed.follow(node) is node


class TestParts:
    """What an operation takes and answers, resolved when it is asked for."""

    parsed = document(
        {
            "/a/{id}": {
                "parameters": [{"name": "id", "in": "path"}, {"name": "page", "in": "query", "description": "shared"}],
                "post": {
                    "operationId": "A",
                    "parameters": [{"$ref": "#/components/parameters/page"}],
                    "requestBody": {"$ref": "#/components/requestBodies/a"},
                    "responses": {
                        "200": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/a"}}}},
                        "4XX": {"content": {"text/plain": {"schema": {"type": "string"}}}},
                        "default": {"$ref": "#/components/responses/error"},
                        "204": {"description": "nothing"},
                    },
                },
            }
        },
        components={
            "parameters": {"page": {"name": "page", "in": "query", "description": "own"}},
            "requestBodies": {"a": {"content": {"x/form": {"schema": {"type": "object"}}, "x/json": {"schema": {}}}}},
            "schemas": {"a": {"type": "object", "properties": {"a": {"$ref": "#/components/schemas/a"}}}},
            "responses": {"error": {"content": {"application/json": {"schema": {"title": "error"}}}}},
        },
    )
    operation = parsed.operations["A"]

    def test_an_operation_s_own_parameter_wins_over_the_shared_one(self) -> None:
        described = {entry["name"]: entry.get("description") for entry in self.parsed.parameters(self.operation)}
        assert described == {"id": None, "page": "own"}

    def test_the_body_has_its_schemas_by_media_type(self) -> None:
        assert self.parsed.request_content(self.operation) == {"x/form": {"type": "object"}, "x/json": {}}
        assert list(self.parsed.request_content(self.operation)) == ["x/form", "x/json"]

    def test_a_status_finds_itself_then_its_class_then_the_default(self) -> None:
        assert (self.parsed.response_schema(self.operation, 200) or {})["type"] == "object"
        assert self.parsed.response_schema(self.operation, 404) == {"type": "string"}
        assert self.parsed.response_schema(self.operation, 500) == {"title": "error"}
        assert self.parsed.response_schema(self.operation, 204) is None

    def test_a_schema_that_holds_itself_is_given_as_it_is(self) -> None:
        schema = self.parsed.response_schema(self.operation, 200) or {}
        assert schema["properties"]["a"] == {"$ref": "#/components/schemas/a"}

    def test_an_operation_that_says_nothing_takes_and_answers_nothing(self) -> None:
        bare = document({"/a": {"post": {"operationId": "A"}}})
        operation = bare.operations["A"]
        assert bare.parameters(operation) == ()
        assert bare.request_content(operation) == {}
        assert bare.response_schema(operation, 200) is None


class TestSwagger2:
    """Swagger 2.0 says the same in other words."""

    parsed = Document(
        {
            "swagger": "2.0",
            "consumes": ["application/json"],
            "paths": {
                "/form": {
                    "post": {
                        "operationId": "Form",
                        "consumes": ["x/form"],
                        "parameters": [
                            {"name": "a", "in": "formData", "type": "string", "required": True},
                            {"name": "q", "in": "query", "type": "string"},
                        ],
                    }
                },
                "/body": {
                    "post": {
                        "operationId": "Body",
                        "parameters": [{"name": "b", "in": "body", "schema": {"$ref": "#/definitions/b"}}],
                        "responses": {"200": {"schema": {"$ref": "#/definitions/b"}}},
                    }
                },
            },
            "definitions": {"b": {"title": "b"}},
        }
    )

    def test_form_fields_become_a_schema(self) -> None:
        operation = self.parsed.operations["Form"]
        content = self.parsed.request_content(operation)
        assert list(content) == ["x/form"]
        assert content["x/form"] == {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]}
        assert self.parsed.request_content(operation)["x/form"] is content["x/form"]
        assert [entry["name"] for entry in self.parsed.parameters(operation)] == ["q"]

    def test_a_body_is_its_schema_and_so_is_an_answer(self) -> None:
        operation = self.parsed.operations["Body"]
        assert self.parsed.follow(self.parsed.request_content(operation)["application/json"]) == {"title": "b"}
        assert self.parsed.response_schema(operation, 200) == {"title": "b"}
        assert self.parsed.response_schema(operation, 500) is None


@pytest.mark.parametrize(
    ("media", "schema", "left"),
    [
        ("*/*", {"type": "string", "format": "uuid"}, {"schema", "example"}),
        ("text/plain", {"type": "integer"}, {"schema", "example"}),
        ("*/*", {"anyOf": [{"type": "object"}]}, {"schema", "content"}),
        ("application/json", {"type": "string"}, {"schema", "content"}),
    ],
)
def test_a_parameter_has_the_schema_of_its_media_type_and_a_plain_text_only_that(
    media: str, schema: Any, left: set[str]
) -> None:
    parameter = {"name": "q", "in": "query", "content": {media: {"schema": schema, "example": "x"}}}
    parsed = document({"/a": {"get": {"operationId": "A", "parameters": [parameter]}}})
    (entry,) = parsed.parameters(parsed.operations["A"])
    assert (entry["schema"], entry.keys() - {"name", "in"}) == (schema, left)


@pytest.mark.parametrize("content", [{}, {"*/*": {"$ref": "#/nowhere"}}, {"*/*": 1}, None])
def test_a_parameters_content_that_is_none_takes_any_text(content: Any) -> None:
    parsed = document({"/a": {"get": {"parameters": [{"name": "q", "in": "query", "content": content}]}}})
    (entry,) = parsed.parameters(next(iter(parsed.operations.values())))
    assert entry["schema"] == {}
