"""Operations compared, schemas aside."""

from typing import Any

from tidegate.contracts.drift.documents.document_comparison import compare
from tidegate.contracts.drift.documents.operation_changes import by_media
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
    assert kinds(parameter("q"), parameter("q", explode=False)) == ["request-parameter-explode-changed"]
    assert kinds(parameter("q"), parameter("q", explode=True, style="form")) == [], "that is the default"
    assert kinds(parameter("q"), parameter("q", style="pipeDelimited")) == ["request-parameter-style-changed"]


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


def test_media_types_are_known_without_their_charset() -> None:
    assert by_media({"Application/JSON; charset=utf-8": 1, "text/csv;header=present": 2}) == {
        "application/json": 1, "text/csv;header=present": 2,
    }  # fmt: skip


def test_what_cannot_be_read_is_no_change() -> None:
    lost = {"responses": {"200": {"$ref": "#/lost"}}, "requestBody": {"$ref": "#/lost"}}
    assert kinds(lost, {**lost, "summary": "x"}) == []
