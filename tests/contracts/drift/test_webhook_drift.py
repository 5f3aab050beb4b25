"""Webhooks of two documents, graded by the messages that are about them."""

from dataclasses import replace
from typing import Any

from tests.contracts.drift.edited_documents import uses
from tidegate.contracts.drift.document_drift import document_drift
from tidegate.contracts.drift.documents.document_comparison import compare
from tidegate.openapi.document import Document

WORD = {"type": "string"}


def test_a_webhook_is_read_like_an_answer() -> None:
    def hooks(fields: dict[str, Any]) -> Document:
        schema = {"type": "object", "properties": fields}
        post = {"requestBody": {"content": {"application/json": {"schema": schema}}}}
        return Document({"openapi": "3.1.0", "paths": {}, "webhooks": {"paid": {"post": post}}})

    (change,) = compare(hooks({"id": WORD, "sum": WORD}), hooks({"id": WORD})).changes
    assert (change.kind.name, change.operations) == ("response-optional-property-removed", ("webhook paid",))


def test_a_webhook_that_a_message_is_about_is_used() -> None:
    def hooks(*fields: str, name: str = "paid") -> Document:
        schema = {"type": "object", "properties": dict.fromkeys(fields, WORD)}
        post = {"requestBody": {"content": {"application/json": {"schema": schema}}}}
        return Document({"openapi": "3.1.0", "paths": {}, "webhooks": {name: {"post": post}}})

    message = replace(uses()[0], method="", path="", operation="", status=200, answer={"id": "x"})
    before = hooks("id", "sum")
    for after, kind, grade in (
        (hooks("sum"), "response-optional-property-removed", "error"),
        (hooks("id"), "response-optional-property-removed", "warning"),
        (hooks("id", "sum", name="settled"), "webhook-removed", "error"),
    ):
        findings = {finding.kind: finding.grade for finding in document_drift(before, after, [message]).findings}
        assert findings[kind] == grade
