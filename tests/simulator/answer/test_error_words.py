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


def list_of(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


def written(schema: dict[str, Any], **more: str | None) -> Any:
    schemas = Document({"openapi": "3.0.3", "paths": {}}).schemas
    generator = ValueGenerator(1, schemas)
    body = generator.value("", schema, "one", FAILED)
    body = ErrorWords(schemas, generator).written(body, schema, KNOWN | more)
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


TEXTS = list_of(TEXT)


@pytest.mark.parametrize(
    ("schema", "body"),
    [
        (object_of(detail=list_of(object_of("loc", "msg", "type", loc=list_of({"anyOf": [TEXT, {"type": "integer"}]}),
                                            msg=TEXT, type=TEXT))),
         {"detail": [{"loc": ["body", "name"], "msg": SAID, "type": CODE}]}),
        (object_of(message=TEXT, errors={"type": "object", "additionalProperties": TEXTS}),
         {"message": SAID, "errors": {"name": [SAID]}}),
        ({"type": "object", "additionalProperties": TEXTS}, {"name": [SAID]}),
        (object_of(name=TEXTS, qty=TEXTS, non_field_errors=TEXTS), {"name": [SAID]}),
        (list_of(object_of("message", message=TEXT, errorCode=TEXT, fields=TEXTS)),
         [{"message": SAID, "errorCode": CODE, "fields": ["name"]}]),
        (object_of("detail", detail={"anyOf": [TEXT, TEXTS]}), {"detail": SAID}),
        (object_of("message", message=TEXTS), {"message": [SAID]}),
        (object_of(errors=list_of(object_of(source=object_of(pointer=TEXT, parameter=TEXT), detail=TEXT))),
         {"errors": [{"source": {"pointer": "/name"}, "detail": SAID}]}),
        (object_of("error", error=object_of("code", "status", code={"type": "integer"}, message=TEXT, status=TEXT)),
         {"error": {"code": 400, "message": SAID, "status": "INVALID_ARGUMENT"}}),
        (object_of("error", error=object_of(issues=list_of(object_of(path=TEXTS, message=TEXT)))),
         {"error": {"issues": [{"path": ["name"], "message": SAID}]}}),
        (object_of(**{"invalid-params": list_of(object_of(name=TEXT, reason=TEXT))}),
         {"invalid-params": [{"name": "name", "reason": SAID}]}),
        (TEXT, SAID),
        (object_of(type={**TEXT, "format": "uri"}, instance={**TEXT, "format": "uri"}, detail=TEXT),
         {"type": "about:blank", "detail": SAID}),
        (object_of(code={"type": "integer", "example": 422}, message={**TEXT, "example": "bad"}),
         {"code": 400, "message": SAID}),
        (object_of("code", code={"type": "integer", "format": "int32"}, message=TEXT), {"code": 400, "message": SAID}),
        (object_of(code={"type": "integer", "example": 1001}, message=TEXT), {"code": 1001, "message": SAID}),
    ],
)  # fmt: skip
def test_a_refusal_is_said_in_the_shape_that_a_framework_gives_it(schema: dict[str, Any], body: object) -> None:
    assert written(schema, place="body") == body


def test_a_sentence_names_the_parameter_where_no_field_does() -> None:
    said = "Invalid boolean: maybe"
    assert written(object_of(detail=TEXT), message=said, param="dry") == {"detail": f"dry: {said}"}
    assert written(object_of(detail=TEXT, param=TEXT), message=said, param="dry") == {"detail": said, "param": "dry"}


OR_NULL: dict[str, Any] = {"anyOf": [TEXT, {"type": "null"}]}


def test_a_text_that_may_be_null_is_a_text() -> None:
    schema = object_of("code", "param", "message", code=OR_NULL, param=OR_NULL, message=TEXT)
    assert written(schema) == {"code": CODE, "param": "name", "message": SAID}
    assert written(schema, param=None)["param"] is None
