"""Fields of a vendor's JSON."""

import contextlib
import json
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.adapters.fields import FieldError, Fields, kind_of, parse, parse_list
from tidegate.adapters.ports.money import Money

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


def test_a_value_that_may_be_there_is_taken_as_its_type_alone() -> None:
    some = parse(b'{"t": "a", "n": -3, "f": 1.5, "b": true, "big": 1e400, "half": "\\ud800", "null": null}')
    assert (some.maybe("t", str), some.maybe("n", int), some.maybe("n", float), some.maybe("f", float)) == (
        "a", -3, -3.0, 1.5,
    )  # fmt: skip
    assert some.maybe("b", bool) is True
    assert [some.maybe("t", int), some.maybe("b", int), some.maybe("n", bool), some.maybe("f", int)] == [None] * 4
    assert [some.maybe(name, str) for name in ("half", "null", "gone")] == [None] * 3
    assert parse(b'{"n": ' + b"9" * 30 + b"}").maybe("n", int) is None


def test_a_list_of_objects_is_read() -> None:
    assert [item.text("a") for item in parse_list(b'[{"a": "x"}, {"a": "y"}]')] == ["x", "y"]
    for body in (b"", b"{}", b"[1]"):
        with pytest.raises(FieldError):
            parse_list(body)


@given(st.binary())
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    with contextlib.suppress(FieldError):
        assert isinstance(parse(body), Fields)


@pytest.mark.parametrize("value", [None, {}, [], "", True, 1, 1.0])
def test_every_type_of_json_has_a_name(value: object) -> None:
    assert " " in kind_of(value) or value is None


@pytest.mark.parametrize(
    ("name", "read"),
    [
        ("at", lambda fields: fields.moment("at")),
        ("stamp", lambda fields: fields.epoch("stamp")),
    ],
)
def test_moments_are_told_in_utc(name: str, read: Callable[[Fields], datetime]) -> None:
    assert read(Fields({"at": "2026-01-01T13:00:00+01:00", "stamp": 1_767_268_800}, "")) == datetime(
        2026, 1, 1, 12, tzinfo=UTC
    )
    for wrong in ("2026-01-01T12:00:00", "noon", 2**62, None, -1, True):
        with pytest.raises(FieldError) as error:
            read(Fields({name: wrong}, ""))
        assert error.value.pointer == f"/{name}"


def test_an_amount_in_decimals_is_money_or_named_by_its_place() -> None:
    assert Fields({"total": "10.990"}, "").decimal_money("total", "EUR") == Money(1099, "EUR")
    for wrong in ("10.999", "-1", "1e3", 10.99, "", None):
        with pytest.raises(FieldError) as error:
            Fields({"total": wrong}, "").decimal_money("total", "EUR")
        assert error.value.pointer == "/total"
