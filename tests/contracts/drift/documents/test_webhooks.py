"""Webhooks of a document."""

from typing import Any

from tidegate.contracts.drift.documents.webhooks import webhooks
from tidegate.openapi.document import Document


def hooks(listed: Any) -> dict[str, str]:
    document = Document(
        {"openapi": "3.1.0", "paths": {}, "webhooks": listed, "components": {"pathItems": {"p": {"post": {}}}}}
    )
    return {name: operation.id for name, operation in webhooks(document).items()}


def test_each_has_its_name_references_are_followed_and_what_is_none_is_left_out() -> None:
    listed = {"paid": {"post": {}}, "shared": {"$ref": "#/components/pathItems/p"}, "lost": {"$ref": "#/nowhere"},
              "odd": 7, "got": {"get": {}}}  # fmt: skip
    assert hooks(listed) == {"paid": "webhook paid", "shared": "webhook shared"}


def test_a_document_without_any_has_none() -> None:
    assert hooks(None) == hooks([]) == {}
