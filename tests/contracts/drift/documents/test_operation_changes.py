"""Operations compared, schemas aside."""

from typing import Any

from tidegate.contracts.drift.documents.document_comparison import compare
from tidegate.openapi.document import Document


def kinds(old: dict[str, Any], new: dict[str, Any], **roots: Any) -> list[str]:
    before, after = (
        Document(
            {"openapi": "3.0.3", "paths": {"/a/{id}": {"get": {"operationId": "a", "responses": {}, **node}}}, **roots}
        )
        for node in (old, new)
    )
    return [change.kind.name for change in compare(before, after).changes]


def parameter(name: str, place: str = "query", **words: Any) -> dict[str, Any]:
    return {"parameters": [{"name": name, "in": place, "schema": {"type": "string"}, **words}]}


def test_headers_are_compared_without_case() -> None:
    assert kinds(parameter("X-Account", "header"), parameter("x-account", "header")) == []


def test_a_parameter_of_the_path_item_counts() -> None:
    old: dict[str, Any] = {"paths": {"/a": {"parameters": parameter("q")["parameters"], "get": {"responses": {}}}}}
    new: dict[str, Any] = {"paths": {"/a": {"get": {"responses": {}}}}}
    changes = compare(Document({"openapi": "3.0.3", **old}), Document({"openapi": "3.0.3", **new})).changes
    assert [change.kind.name for change in changes] == ["request-parameter-removed"]


def test_the_form_of_an_array_in_a_query() -> None:
    def listed(**words: Any) -> dict[str, Any]:
        return parameter("q", schema={"type": "array", "items": {"type": "string"}}, **words)

    assert kinds(listed(), listed(explode=False)) == ["request-parameter-explode-changed"]
    assert kinds(listed(), listed(explode=True, style="form")) == [], "that is the default"
    assert kinds(listed(), listed(style="pipeDelimited")) == ["request-parameter-style-changed"]
    assert kinds(parameter("q"), parameter("q", explode=False, style="pipeDelimited")) == [], "of one value it is one"
    assert kinds(parameter("q"), parameter("q", style="deepObject")) == ["request-parameter-style-changed"]


def test_what_must_be_sent() -> None:
    assert kinds(parameter("q"), parameter("q", required=True)) == ["request-parameter-became-required"]
    assert kinds(parameter("q", required=True), parameter("q")) == ["request-parameter-became-optional"]


def test_a_body_comes_and_goes() -> None:
    body = {"requestBody": {"content": {"application/json": {"schema": {"type": "object"}}}}}
    needed = {"requestBody": {**body["requestBody"], "required": True}}
    assert kinds({}, body) == ["request-body-added-optional"]
    assert kinds({}, needed) == ["request-body-added-required"]
    assert kinds(body, {}) == ["request-body-removed"]
    assert kinds(needed, body) == ["request-body-became-optional"]


def test_statuses_and_their_headers() -> None:
    def answers(**statuses: Any) -> dict[str, Any]:
        return {"responses": {status.strip("s"): node for status, node in statuses.items()}}

    header = {"headers": {"Retry-After": {"schema": {"type": "integer"}}}}
    needed = {"headers": {"retry-after": {"schema": {"type": "string"}, "required": True}}}
    assert kinds(answers(s200={}), answers(s200={}, s404={})) == ["response-non-success-status-added"]
    assert kinds(answers(s4xx={}), answers(s4XX={})) == [], "the case of a class is no matter"
    assert sorted(kinds(answers(s429=header), answers(s429=needed))) == [
        "response-header-became-required", "response-header-type-changed",
    ]  # fmt: skip
    assert kinds(answers(s429=needed), answers(s429={})) == ["required-response-header-removed"]


def test_a_range_of_media_types_holds_what_was_named() -> None:
    def body(media: str, kind: str = "object") -> dict[str, Any]:
        return {"requestBody": {"content": {media: {"schema": {"type": kind}}}}}

    assert kinds(body("application/json"), body("*/*")) == ["request-body-media-type-added"]
    assert sorted(kinds(body("application/json"), body("application/*", "array"))) == [
        "request-body-media-type-added", "request-body-type-changed",
    ]  # fmt: skip
    assert sorted(kinds(body("*/*"), body("application/json"))) == [
        "request-body-media-type-added", "request-body-media-type-removed",
    ]  # fmt: skip


def test_how_a_field_of_a_form_is_written() -> None:
    def body(media: str = "multipart/form-data", **encoding: Any) -> dict[str, Any]:
        schema = {"type": "object", "properties": {"f": {"type": "array", "items": {"type": "string"}}}}
        return {"requestBody": {"content": {media: {"schema": schema, **({"encoding": encoding} if encoding else {})}}}}

    assert kinds(body(), body(f={"contentType": "application/json"})) == ["request-body-encoding-changed"]
    assert kinds(body(), body(f={"explode": False})) == ["request-body-encoding-changed"]
    assert kinds(body(), body(f={"style": "form", "explode": True, "contentType": "text/plain"})) == []
    assert kinds(body("application/json"), body("application/json", f={"explode": False})) == []


def test_how_a_list_is_written_in_swagger_2() -> None:
    def document(**words: Any) -> Document:
        listed = {"name": "q", "in": "query", "type": "array", "items": {"type": "string"}, **words}
        return Document({"swagger": "2.0", "paths": {"/a": {"get": {"parameters": [listed], "responses": {}}}}})

    def found(old: Document, new: Document) -> list[str]:
        return [change.kind.name for change in compare(old, new).changes]

    assert found(document(), document(collectionFormat="csv")) == []
    assert found(document(), document(collectionFormat="multi")) == ["request-parameter-explode-changed"]
    assert found(document(), document(collectionFormat="pipes")) == ["request-parameter-style-changed"]


def test_headers_that_are_said_elsewhere_are_no_parameters() -> None:
    for name in ("Accept", "Authorization", "content-type"):
        assert kinds(parameter(name, "header", required=True), {}) == []


def test_a_parameter_is_deprecated_beside_its_schema() -> None:
    assert kinds(parameter("q"), parameter("q", deprecated=True)) == ["request-parameter-deprecated"]


def test_a_scheme_asks_for_something_else_by_its_name() -> None:
    def key(name: str) -> dict[str, Any]:
        return {"key": {"type": "apiKey", "in": "header", "name": name}}

    def document(schemes: Any) -> Document:
        paths = {"/a": {"get": {"operationId": "a", "security": [{name: []} for name in schemes]}}}
        return Document({"openapi": "3.0.3", "paths": paths, "components": {"securitySchemes": schemes}})

    (change,) = compare(document(key("X-Key")), document(key("X-Token"))).changes
    assert (change.kind.name, change.old, change.new) == (
        "api-security-scheme-changed",
        "header X-Key",
        "header X-Token",
    )
    assert compare(document(key("X-Key")), document({"other": key("X-Key")["key"]})).changes == ()


def test_what_cannot_be_read_is_no_change() -> None:
    lost = {"responses": {"200": {"$ref": "#/lost"}}, "requestBody": {"$ref": "#/lost"}}
    assert kinds(lost, {**lost, "summary": "x"}) == []
