"""Fields of a vendor's JSON."""

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.adapters.fields import FieldError, Fields, kind_of, parse

DOCUMENT = {
    "text": "one", "empty": "", "half": "\ud800", "null": None, "count": 3, "negative": -1, "huge": 2**63,
    "float": 1.0, "flag": True, "child": {"a/b~": 1}, "children": [{"id": "x"}, "no"],
}  # fmt: skip


def fields() -> Fields:
    return parse(json.dumps(DOCUMENT).encode())


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (b"", "nothing"),
        (b"<html>busy</html>", "no JSON"),
        (b"\xff\xfe", "no JSON"),
        (b"{'single': 1}", "no JSON"),
        (b'{"cut": "in ha', "no JSON"),
        (b"[" * 100_000, "no JSON"),
        (b'{"n": ' + b"9" * 5000 + b"}", "no JSON"),
        (b"null", "null"),
        (b"[]", "an array"),
        (b"true", "a boolean"),
        (b"12", "a whole number"),
        (b"1.5", "a number"),
        (b'"text"', "a text"),
    ],
)
def test_what_is_no_object_is_named(body: bytes, found: str) -> None:
    with pytest.raises(FieldError) as error:
        parse(body)
    assert (error.value.pointer, error.value.found) == ("", found)


@pytest.mark.parametrize(
    ("method", "name", "pointer", "found"),
    [
        ("text", "missing", "/missing", "no such field"),
        ("text", "null", "/null", "null"),
        ("text", "empty", "/empty", "a text"),
        ("text", "count", "/count", "a whole number"),
        ("text", "half", "/half", "a text"),
        ("maybe_text", "count", "/count", "a whole number"),
        ("count", "missing", "/missing", "no such field"),
        ("count", "flag", "/flag", "a boolean"),
        ("count", "float", "/float", "a number"),
        ("count", "negative", "/negative", "a whole number"),
        ("count", "huge", "/huge", "a whole number"),
        ("count", "text", "/text", "a text"),
        ("flag", "count", "/count", "a whole number"),
        ("flag", "null", "/null", "null"),
        ("child", "missing", "/missing", "no such field"),
        ("child", "children", "/children", "an array"),
        ("maybe_child", "text", "/text", "a text"),
    ],
)
def test_a_wrong_field_is_named_by_pointer_and_type(method: str, name: str, pointer: str, found: str) -> None:
    with pytest.raises(FieldError) as error:
        getattr(fields(), method)(name)
    assert (error.value.pointer, error.value.found) == (pointer, found)


def test_right_fields_are_read() -> None:
    one = fields()
    assert (one.text("text"), one.count("count"), one.flag("flag")) == ("one", 3, True)
    assert one.maybe_text("null") == one.maybe_text("missing") == one.maybe_text("empty") == ""
    assert one.maybe_child("null") is None
    assert one.child("child").count("a/b~") == 1


def test_a_field_that_is_null_is_not_there() -> None:
    assert [fields().has(name) for name in ("text", "empty", "null", "missing")] == [True, True, False, False]


def test_the_pointer_of_a_nested_field_is_escaped_and_whole() -> None:
    with pytest.raises(FieldError) as error:
        fields().child("child").text("a/b~")
    assert error.value.pointer == "/child/a~1b~0"


def test_children_are_objects_or_named_by_their_place() -> None:
    found = fields().children("children")
    assert next(found).text("id") == "x"
    with pytest.raises(FieldError) as error:
        next(found)
    assert (error.value.pointer, error.value.found) == ("/children/1", "a text")
    with pytest.raises(FieldError):
        next(fields().children("child"))


def test_a_value_is_never_shown() -> None:
    with pytest.raises(FieldError) as error:
        parse(b'{"amount": "4242 4242 4242 4242"}').count("amount")
    assert "4242" not in str(error.value)


@given(st.binary())
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    with contextlib.suppress(FieldError):
        assert isinstance(parse(body), Fields)


@pytest.mark.parametrize("value", [None, {}, [], "", True, 1, 1.0])
def test_every_type_of_json_has_a_name(value: object) -> None:
    assert " " in kind_of(value) or value is None
