"""Webhooks of a document."""

from typing import Any

from tidegate.contracts.drift.documents.webhooks import callbacks, webhooks
from tidegate.openapi.document import Document


def hooks(listed: Any) -> dict[str, str]:
    document = Document(
        {"openapi": "3.1.0", "paths": {}, "webhooks": listed, "components": {"pathItems": {"p": {"post": {}}}}}
    )
    return {name: operation.id for name, operation in webhooks(document).items()}


def test_each_has_its_name_references_are_followed_and_what_is_none_is_left_out() -> None:
    listed = {"paid": {"post": {}}, "shared": {"$ref": "#/components/pathItems/p"}, "lost": {"$ref": "#/nowhere"},
              "odd": 7, "got": {"get": {}}, "put": {"put": {}}}  # fmt: skip
    assert hooks(listed) == {"paid": "webhook paid", "shared": "webhook shared", "put": "webhook put"}


def test_a_document_without_any_has_none() -> None:
    assert hooks(None) == hooks([]) == {}


def test_callbacks_are_named_by_their_operation() -> None:
    done = {"{$request.body#/url}": {"post": {"requestBody": {"content": {}}}}, "{$request.query.other}": {"put": {}}}
    operation = {"operationId": "a", "callbacks": {"done": done, "lost": {"$ref": "#/nowhere"}, "odd": 7}}
    document = Document({"openapi": "3.0.3", "paths": {"/a": {"post": operation}}})
    assert [(hook.id, hook.method) for hook in callbacks(document).values()] == [
        ("callback done of a", "POST"), ("callback done of a", "PUT"),
    ]  # fmt: skip
