"""A refusal is said in the vendor's words, else as the document describes errors, else as a problem."""

from typing import Any

import orjson

from tests.simulator.conftest import ERRORS, facts
from tidegate.openapi.document import Document
from tidegate.simulator.answer import errors
from tidegate.simulator.answer.answer import Answer
from tidegate.simulator.answer.error_envelope import Refusals, enclosed, filled
from tidegate.simulator.record.journal import JournalEntry
from tidegate.values.value_generator import ValueGenerator

ENTRY = JournalEntry(1, 0.0, 0.0, "GET", "/things/1?a=b", "getThing", request_id="req_1")
PLAIN: dict[str, Any] = {"envelope": "", "ours": {}}


def documented(schema: object = None, status: str = "404") -> Document:
    answer = {"description": "x", "content": {"application/json": {"schema": schema}}}
    get = {"operationId": "getThing", "responses": {status: answer} if schema is not None else {}}
    return Document({"openapi": "3.0.0", "paths": {"/things/{id}": {"get": get}}})


def refusal_of(
    words: dict[str, Any], error: errors.VendorError, document: Document | None = None
) -> tuple[int, Any, Answer]:
    served = document or documented()
    vendor = facts(errors=words).facts.errors
    answer = Refusals(vendor, served, ValueGenerator(1, served.schemas)).answer(error, ENTRY, {"Request-Id": "req_1"})
    return answer.status, orjson.loads(answer.body), answer


def test_a_place_alone_takes_the_value_as_it_is_and_within_a_text_as_text() -> None:
    values = {"n": 4, "s": "x", "none": None}
    assert filled({"a": "{n}", "b": "no {n} {s}", "c": ["{none}"], "d": "{none?}", "e": 7}, values) == {
        "a": 4,
        "b": "no 4 x",
        "c": [None],
        "e": 7,
    }


def test_the_envelope_is_where_its_pointer_says() -> None:
    assert enclosed("/a/b", {"code": "x"}) == {"a": {"b": {"code": "x"}}}
    assert enclosed("", {"code": "x"}) == {"code": "x"}


def test_the_vendors_words_for_a_reason_are_used_in_their_order() -> None:
    status, body, answer = refusal_of(ERRORS, errors.unknown_parameters(["frob"]))
    assert status == 400
    assert list(body["error"].items()) == [
        ("code", "parameter_unknown"),
        ("param", "frob"),
        ("message", "Received unknown parameter: frob"),
        ("type", "invalid_request_error"),
    ]
    assert answer.headers["Request-Id"] == "req_1"


def test_a_reason_without_words_takes_those_of_the_wider_one() -> None:
    words = {**PLAIN, "body": {"m": "{message}"}, "refusals": {"invalid-parameter": {"status": 422}}}
    assert refusal_of(words, errors.not_an_integer("a", "b"))[0] == 422
    assert refusal_of(words, errors.no_key())[0] == 401


def test_a_reason_may_have_a_body_a_status_of_success_and_headers_of_its_own() -> None:
    refusals = {
        "not-found": {
            "status": 200,
            "body": {"ok": False, "error": "{kind}_not_found"},
            "headers": {"X-Error": "{kind} {path}"},
        }
    }
    status, body, answer = refusal_of({**PLAIN, "refusals": refusals}, errors.no_such("channel", "C1", "id"))
    assert (status, body) == (200, {"ok": False, "error": "channel_not_found"})
    assert answer.headers["X-Error"] == "channel /things/1"


def test_what_the_refusal_is_about_stands_beside_its_words() -> None:
    error = errors.unexpected_state("payment", "confirm", "done", ("open",))
    error.about = {"payment": {"id": "p"}}
    _, body, _ = refusal_of(ERRORS, error)
    assert (body["error"]["code"], body["error"]["payment"]) == ("payment_unexpected_state", {"id": "p"})


def test_without_words_the_documents_own_error_schema_is_answered() -> None:
    inner = {"type": "object", "required": ["detail"], "properties": {"detail": {"type": "string"}}}
    schema = {
        "type": "object",
        "required": ["status", "problem"],
        "properties": {"status": {"type": "integer"}, "problem": inner},
    }
    status, body, _ = refusal_of(PLAIN, errors.no_such("thing", "1", "id"), documented(schema))
    assert (status, body) == (404, {"status": 404, "problem": {"detail": "No such thing: '1'"}})


def test_the_status_is_one_that_the_document_lists() -> None:
    schema = {"type": "object", "properties": {"message": {"type": "string"}}}
    status, body, _ = refusal_of(PLAIN, errors.missing_parameter("a"), documented(schema, "422"))
    assert (status, body) == (422, {"message": "Missing required param: a."})


def test_where_nobody_says_anything_it_is_a_problem() -> None:
    status, body, answer = refusal_of(PLAIN, errors.no_such("thing", "1", "id"))
    assert status == 404
    assert body == {"type": "about:blank", "title": "Not Found", "status": 404, "detail": "No such thing: '1'"}
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_an_envelope_alone_encloses_reason_and_sentence() -> None:
    _, body, _ = refusal_of({**PLAIN, "envelope": "/error"}, errors.no_key())
    assert body["error"]["code"] == "no-key"


def test_a_dialects_own_fields_stand_in_the_envelope() -> None:
    error = errors.VendorError("throttled", "No.", status=403, fields={"message": "API rate limit exceeded."})
    assert refusal_of(PLAIN, error)[:2] == (403, {"message": "API rate limit exceeded."})


def test_words_may_be_those_of_some_operations_alone() -> None:
    words = {**PLAIN, "body": {"m": "{message}"}, "refusals": {"not-found": {"status": 200, "operations": ("graph",)}}}
    error = errors.no_such("channel", "C1", "id")
    assert refusal_of(words, error)[0] == 404
    words["refusals"]["not-found"]["operations"] = (ENTRY.operation,)
    assert refusal_of(words, error)[0] == 200


def test_a_default_that_is_all_an_operation_answers_is_no_error() -> None:
    user = {"type": "object", "properties": {"id": {"type": "integer", "example": 10}}}
    status, body, _ = refusal_of(PLAIN, errors.no_such("thing", "1", "id"), documented(user, "default"))
    assert (status, body["title"]) == (404, "Not Found")
