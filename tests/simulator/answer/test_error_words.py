"""A refusal in a document's own error schema says what is known, and makes nothing up."""

from typing import Any

import pytest

from tidegate.openapi.document import Document
from tidegate.simulator.answer.error_words import ErrorWords
from tidegate.values.value_generator import FAILED, ValueGenerator

TEXT: dict[str, Any] = {"type": "string"}
KNOWN = {
    "message": "Missing required param: name.", "status": 400, "reason": "missing-parameter", "title": "Bad Request",
    "param": "name", "request_id": "req_1",
}  # fmt: skip
SAID, CODE = KNOWN["message"], "missing_parameter"


def object_of(*required: str, **properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": [*required], "properties": properties}


def written(schema: dict[str, Any]) -> Any:
    schemas = Document({"openapi": "3.0.3", "paths": {}}).schemas
    generator = ValueGenerator(1, schemas)
    body = generator.value("", schema, "one", FAILED)
    ErrorWords(schemas, generator).written(body, schema, KNOWN)
    assert schemas.validator(schema, of="answer").errors(body) == []
    return body


@pytest.mark.parametrize(
    ("schema", "body"),
    [
        (object_of(code=TEXT, summary=TEXT, details=TEXT), {"code": CODE, "summary": SAID, "details": SAID}),
        (object_of(error=TEXT), {"error": SAID}),
        (object_of(error=TEXT, error_description=TEXT), {"error": "missing_parameter", "error_description": SAID}),
        (object_of("status", status={"type": "integer"}, title=TEXT, detail=TEXT),
         {"status": 400, "title": "Bad Request", "detail": SAID}),
        (object_of(message=TEXT, param=TEXT, request_id=TEXT),
         {"message": SAID, "param": "name", "request_id": "req_1"}),
        (object_of(error=object_of("type", message=TEXT, type=TEXT)), {"error": {"message": SAID, "type": CODE}}),
        (object_of(errors={"type": "array", "items": object_of(title=TEXT, code={**TEXT, "enum": ["bad"]})}),
         {"errors": [{"title": SAID, "code": "bad"}]}),
        (object_of(errorMessages={"type": "array", "items": TEXT}), {"errorMessages": [SAID]}),
        (object_of("who", message=TEXT, who=TEXT, hint=TEXT), {"message": SAID, "who": SAID}),
        (object_of(message={**TEXT, "maxLength": 7}, code={"type": "integer"}), {"message": "Missing", "code": 400}),
    ],
)  # fmt: skip
def test_each_field_says_what_it_is_for(schema: dict[str, Any], body: object) -> None:
    assert written(schema) == body


def test_a_field_with_words_of_its_own_keeps_them() -> None:
    schema = object_of(message={**TEXT, "enum": ["No."]}, detail=TEXT, at={**TEXT, "format": "date-time"})
    body = written(schema)
    assert (body["message"], body["detail"]) == ("No.", SAID)
    assert body["at"].endswith("Z")
