"""Documented headers are sent, with what they mean or what the document shows, and never what leads a client astray."""

from typing import Any

import pytest

from tidegate.openapi.document import Document
from tidegate.simulator.document.documented_answer import DocumentedAnswer
from tidegate.simulator.objects.answer_headers import AnswerHeaders
from tidegate.values.json_value import NOTHING
from tidegate.values.value_generator import ValueGenerator

NUMBER = {"type": "integer"}
TEXT = {"type": "string"}


def sent(headers: dict[str, Any], place: str = "") -> dict[str, str]:
    document = Document({"openapi": "3.0.3", "paths": {}})
    answer = DocumentedAnswer(200, "application/json", {}, NOTHING, False, headers)
    return AnswerHeaders(document, ValueGenerator(7, document.schemas)).of(answer, "one", place)


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ({"schema": NUMBER, "example": 41}, "41"),
        ({"schema": TEXT, "examples": {"a": {"value": "gold"}}}, "gold"),
        ({"schema": {"type": "string", "enum": ["a", "b"]}}, "a"),
        ({"schema": {"type": "array", "items": NUMBER, "minItems": 2}}, "0,0"),
        ({"schema": {"type": "boolean"}, "example": True}, "true"),
        ({"type": "integer", "minimum": 3}, "3"),
        ({"content": {"application/json": {"schema": NUMBER, "example": {"a": 1}}}}, '{"a":1}'),
        ({"content": {"text/plain": {"schema": NUMBER, "example": 5}}}, "5"),
    ],
)
def test_a_header_is_what_the_document_shows_or_its_schema_lets_through(header: dict[str, Any], value: str) -> None:
    assert sent({"X-It": header}) == {"X-It": value}


def test_a_place_leads_to_what_was_made_whether_it_is_demanded_or_not() -> None:
    headers = {"Location": {"schema": TEXT}, "Operation-Location": {"schema": TEXT, "example": "/jobs/1"}}
    assert sent(headers, "/things/7") == {"Location": "/things/7", "Operation-Location": "/things/7"}
    assert sent(headers) == {"Operation-Location": "/jobs/1"}


def test_nothing_is_made_up_that_clients_act_by() -> None:
    acted_by = ("Link", "Retry-After", "Set-Cookie", "Sunset", "Location", "Cache-Control")
    assert sent({header: {"schema": TEXT} for header in acted_by}) == {}
    assert sent({"Link": {"schema": TEXT, "example": "<x>; rel=next"}}) == {"Link": "<x>; rel=next"}
    assert set(sent({"Retry-After": {"schema": NUMBER, "required": True}})) == {"Retry-After"}


def test_limits_say_that_there_is_room() -> None:
    headers = {"X-RateLimit-Remaining": {"schema": NUMBER}, "X-RateLimit-Limit": {"schema": {**NUMBER, "maximum": 50}}}
    assert sent(headers) == {"X-RateLimit-Remaining": "999", "X-RateLimit-Limit": "50"}


def test_what_belongs_to_a_transfer_is_not_the_document_s_to_say() -> None:
    headers = ("Content-Type", "content-length", "ETag", "Date", "Connection")
    assert sent({header: {"schema": TEXT, "required": True} for header in headers}) == {}


@pytest.mark.parametrize("name", ["bad name", "Größe", "X:Y", ""])
def test_a_name_that_no_header_can_have_is_left_out(name: str) -> None:
    assert sent({name: {"schema": TEXT, "required": True}, "X-It": {"schema": TEXT, "example": "a"}}) == {"X-It": "a"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Access-Control-Allow-Origin", "*"),
        ("Last-Modified", "Mon, 01 Jan 2024 00:00:00 GMT"),
        ("Content-Language", "en"),
        ("Retry-After", "60"),
    ],
)
def test_a_header_with_a_grammar_of_its_own_keeps_to_it(name: str, value: str) -> None:
    assert sent({name: {"schema": TEXT, "required": True}}) == {name: value}
    assert sent({name: {"schema": {"type": "string", "enum": ["x"]}, "required": True}}) == {name: "x"}


def test_what_the_document_settles_is_read_once_and_the_rest_is_drawn_for_each_answer() -> None:
    document = Document({"openapi": "3.0.3", "paths": {}})
    settled = {
        "X-A": {"schema": TEXT, "example": ""}, "X-B": {"schema": {**TEXT, "default": "b"}},
        "X-C": {"schema": {**TEXT, "const": "c"}}, "Access-Control-Allow-Origin": {"schema": TEXT},
    }  # fmt: skip
    answer = DocumentedAnswer(200, "", None, NOTHING, False, {**settled, "X-Id": {"schema": TEXT}})
    headers = AnswerHeaders(document, ValueGenerator(7, document.schemas))
    assert [header.name for header in headers.sent(answer) if header.is_drawn] == ["X-Id"]
    several = [headers.of(answer, f"n{turn}", "") for turn in range(20)]
    assert len({one.pop("X-Id") for one in several}) > 1
    assert several == [{"X-A": "", "X-B": "b", "X-C": "c", "Access-Control-Allow-Origin": "*"}] * 20
