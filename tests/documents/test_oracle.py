"""The judge of answers finds what is wrong with one, and counts nothing as right that shows nothing."""

from typing import Any

import orjson
import pytest

from tests.documents.oracle import Oracle
from tests.documents.raw_document import RawDocument


def oracle(version: str = "3.0.3", **answers: Any) -> tuple[Oracle, Any]:
    document = RawDocument(
        {
            "openapi": version,
            "paths": {"/pets": {"get": {"responses": {key.removeprefix("on"): one for key, one in answers.items()}}}},
            "components": {
                "schemas": {
                    "pet": {
                        "type": "object",
                        "required": ["id", "pin"],
                        "properties": {
                            "id": {"type": "string", "format": "uuid"},
                            "friend": {"$ref": "#/components/schemas/pet"},
                            "pin": {"type": "string", "writeOnly": True},
                            "size": {"type": "integer", "writeOnly": False, "readOnly": False},
                        },
                    }
                }
            },
        }
    )
    return Oracle(document), next(document.operations())


PET = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/pet"}}}}
ID = "3fa85f64-5717-4562-b3fc-2c963f66afa6"


@pytest.mark.parametrize(
    ("status", "media", "body", "why"),
    [
        (404, "application/json", {"id": ID}, "status 404"),
        (200, "text/html", {"id": ID}, "media type text/html"),
        (200, "application/json", {"id": "7"}, "/id: '7' is not a 'uuid'"),
        (200, "application/json", {"id": ID, "friend": {}}, "/friend: 'id' is a required property"),
        (200, "application/json", {"id": ID, "pin": "1"}, "/pin: Tried to read write-only property"),
    ],
)
def test_a_wrong_answer_is_found(status: int, media: str, body: object, why: str) -> None:
    judge, operation = oracle(on200=PET)
    judgement = judge.judged(operation, status, media, orjson.dumps(body))
    assert judgement.verdict == "wrong"
    assert judgement.why.startswith(why)


def test_an_answer_that_is_as_documented_is_right() -> None:
    judge, operation = oracle(on2XX=PET)
    body = {"id": ID, "friend": {"id": ID, "size": 1}}
    assert judge.judged(operation, 202, "application/json; charset=utf-8", orjson.dumps(body)).verdict == "right"


def test_what_has_no_schema_is_not_right() -> None:
    judge, operation = oracle(on200={"content": {"application/json": {}}}, on201={"description": "made"})
    assert judge.judged(operation, 200, "application/json", b"{}").verdict == "unjudged"
    assert judge.judged(operation, 201, "", b"").verdict == "unjudged"


def test_null_is_31s_and_no_value_of_30() -> None:
    schema = {"content": {"application/json": {"schema": {"type": ["string", "null"]}}}}
    judge, operation = oracle("3.1.0", on200=schema)
    assert judge.judged(operation, 200, "application/json", b"null").verdict == "right"
    judge, operation = oracle(on200={"content": {"application/json": {"schema": {"type": "string"}}}})
    assert judge.judged(operation, 200, "application/json", b"null").verdict == "wrong"
