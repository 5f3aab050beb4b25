"""What a test expected of its app is verified at the vendor, and a miss says what came instead."""

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any
from unittest.mock import ANY

import pytest

from tidegate.redaction.redactor import Redactor
from tidegate.simulator.received import ANYTHING, DIFFERENCES_MAX, Expected, verified
from tidegate.simulator.record.journal import CONTENTS_MAX, Journal
from tidegate.simulator.record.sent_request import BODY_KEPT_MAX

OPERATIONS = ("PostCustomers", "GetCustomers")
JSON, FORM = "application/json", "application/x-www-form-urlencoded"
Received = Callable[..., list[dict[str, Any]]]


def add(journal: Journal, body: bytes = b"", media: str = JSON, operation: str = "PostCustomers", **more: str) -> None:
    entry = journal.arrive(
        1.0,
        2.0,
        "POST",
        "/v1/customers",
        {"Content-Type": media, **{name.replace("_", "-"): value for name, value in more.items()}},
    )
    entry.operation, entry.status = operation, 200
    if entry.sent is not None:
        entry.sent.take(body)


def check(journal: Journal, operation: str = "PostCustomers", times: int | None = None, **wanted: Any) -> list[int]:
    expected = Expected(operation, wanted.get("body", ANYTHING), wanted.get("headers", {}))
    return [entry["n"] for entry in verified(expected, times, journal.entries, OPERATIONS, Redactor(["hush-hush"]))]


def missed(journal: Journal, *arguments: Any, **wanted: Any) -> str:
    with pytest.raises(AssertionError) as error:
        check(journal, *arguments, **wanted)
    return str(error.value)


def one(body: bytes, media: str = JSON) -> Journal:
    journal = Journal()
    add(journal, body, media)
    return journal


@pytest.mark.parametrize(
    ("sent", "media", "body"),
    [
        (b'{"name": "Ada", "age": 3}', JSON, {"name": "Ada"}),
        (b'{"a": {"b": [1, {"c": null, "d": 2}]}}', JSON, {"a": {"b": [1, {"c": None}]}}),
        (b'{"ok": true}', "application/vnd.api+json; charset=utf-8", {"ok": True}),
        (b"[1, 2]", JSON, [1, 2]),
        (b"", JSON, None),
        (b'{"a": true, "b": null, "c": [1, 2.5]}', JSON, {"a": ANY, "b": ANY, "c": [ANY, pytest.approx(2.5)]}),
        (b"a=1&ok=true&b[c]=2", FORM, {"a": ANY, "ok": ANY, "b": ANY}),
        (b"price=19.90", FORM, {"price": Decimal("19.90")}),
        (b"name=Ada+L&age=3&ok=true&metadata[order]=7&items[0]=a&items[1]=b", FORM,
         {"name": "Ada L", "age": 3, "ok": True, "metadata": {"order": 7}, "items": ["a", "b"]}),
        (b"tag=a&tag=b", FORM, {"tag": ["a", "b"]}),
        (b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--x--\r\n', "multipart/form-data; boundary=x",
         {"a": "1"}),
        (b"plain", "text/plain", "plain"),
        (b'{"name": "Ada"}', JSON, '{"name": "Ada"}'),
        (b"\x00\x01", "application/octet-stream", b"\x00\x01"),
        (b"", JSON, b""),
    ],
)  # fmt: skip
def test_a_body_fits_that_has_what_is_expected(sent: bytes, media: str, body: Any) -> None:
    assert check(one(sent, media), body=body) == [1]


@pytest.mark.parametrize(
    ("sent", "media", "body", "difference"),
    [
        (b'{"name": "Ida"}', JSON, {"name": "Ada"}, "body.name is 'Ida', expected 'Ada'"),
        (b'{"nam": "Ada"}', JSON, {"name": "Ada"}, "body.name is not there, expected 'Ada'"),
        (b'{"a": {"b": 1}}', JSON, {"a": {"b": 2}}, "body.a.b is 1, expected 2"),
        (b'{"a": [1, 2]}', JSON, {"a": [1]}, "body.a has 2 items, expected 1"),
        (b'{"a": 1}', JSON, {"a": True}, "body.a is 1, expected True"),
        (b'{"a": "1"}', JSON, {"a": 1}, "body.a is '1', expected 1"),
        (b"age=4", FORM, {"age": 3}, "body.age is '4', expected 3"),
        (b"{", JSON, {"a": 1}, "body cannot be read as application/json"),
        (b"a=1", JSON, {"a": 1}, "body cannot be read as application/json"),
        (b"\xff", JSON, {"a": 1}, "body cannot be read"),
        (b"x", "text/plain", b"y", "body is b'x', expected b'y'"),
        (b"x" * (BODY_KEPT_MAX + 1), "text/plain", "x", "body is longer (65,537 bytes) than what is kept"),
    ],
)
def test_a_body_that_does_not_fit_is_told_with_its_difference(
    sent: bytes, media: str, body: Any, difference: str
) -> None:
    text = missed(one(sent, media), body=body)
    assert "PostCustomers was expected at least once: 0 of its 1 requests fit" in text
    assert "nearest is request 1: POST /v1/customers, answered with 200" in text
    assert difference in text


def test_the_nearest_request_is_shown_and_why_it_was_refused() -> None:
    journal = Journal()
    add(journal, b'{"name": "Ida", "age": 1}')
    add(journal, b'{"name": "Ada", "age": 1}')
    journal.entries[1].refused = "invalid-integer: the age"
    text = missed(journal, body={"name": "Ada", "age": 2})
    assert "nearest is request 2" in text
    assert "it was refused: invalid-integer: the age" in text
    assert "body.age is 1, expected 2" in text
    assert 'its body: {"name": "Ada", "age": 1}' in text


@pytest.mark.parametrize(("times", "fits"), [(None, True), (2, True), (1, False), (3, False), (0, False)])
def test_it_is_counted_how_often_a_request_came(times: int | None, fits: bool) -> None:
    journal = Journal()
    add(journal, b'{"name": "Ada"}')
    add(journal, b'{"name": "Ada"}')
    if fits:
        assert check(journal, times=times, body={"name": "Ada"}) == [1, 2]
    else:
        assert "2 of its 2 requests fit" in missed(journal, times=times, body={"name": "Ada"})


def test_never_is_a_count_too() -> None:
    assert check(Journal(), times=0) == []
    assert check(one(b'{"name": "Ida"}'), times=0, body={"name": "Ada"}) == []


def test_without_a_request_for_it_the_message_shows_what_came_instead() -> None:
    journal = Journal()
    assert "no request has come in at all" in missed(journal)
    add(journal, operation="GetCustomers")
    add(journal, operation="")
    text = missed(journal)
    assert "request 1: GetCustomers (POST /v1/customers)" in text
    assert "request 2: no operation (POST /v1/customers)" in text


@pytest.mark.parametrize("times", [None, 0, 1])
def test_an_operation_that_the_vendor_has_not_is_a_mistake_and_never_a_pass(times: int | None) -> None:
    with pytest.raises(ValueError, match="no operation PostCustomer; did you mean PostCustomers"):
        check(Journal(), "PostCustomer", times=times)
    with pytest.raises(ValueError, match="0 or more"):
        check(Journal(), times=-1)


def test_headers_fit_by_pattern_and_their_values_are_hidden() -> None:
    journal = Journal()
    add(journal, Authorization="Bearer hush-hush", User_Agent="shop/1")
    assert check(journal, headers={"User-Agent": "shop/*", "Authorization": "Bearer hush-*"}) == [1]
    text = missed(journal, headers={"User-Agent": "app/*", "Authorization": "Basic *", "X-Gone": "*"})
    assert "header User-Agent is shop/1, expected app/*" in text
    assert "header Authorization is [redacted], expected Basic *" in text
    assert "header X-Gone is not there" in text
    assert "hush" not in text


def test_no_secret_is_in_a_message() -> None:
    text = missed(one(b'{"password": "abcdefg", "note": "hush-hush"}'), body={"password": "x", "note": "y"})
    assert "abcdefg" not in text
    assert "hush-hush" not in text
    assert "body.password differs, and is hidden" in text


def test_a_message_is_bounded() -> None:
    many = {f"f{n}": "x" * 5_000 for n in range(500)}
    text = missed(one(json.dumps(dict.fromkeys(many, 1)).encode()), body=many)
    assert f"and {500 - DIFFERENCES_MAX} more differences" in text
    assert len(text) < 10_000
    deep: Any = {"a": 1}
    for _ in range(90):
        deep = {"a": deep}
    assert check(one(json.dumps(deep).encode()), body=deep) == [1]


def test_a_request_whose_content_is_no_longer_kept_says_so() -> None:
    journal = Journal()
    for _ in range(CONTENTS_MAX + 1):
        add(journal, b'{"name": "Ada"}')
    assert len(check(journal, body={"name": "Ada"})) == CONTENTS_MAX
    assert len(check(journal)) == CONTENTS_MAX + 1
    assert "f" in missed(journal, times=CONTENTS_MAX + 1, body={"name": "Ada"})


def test_a_header_fits_what_is_equal_to_it() -> None:
    journal = Journal()
    add(journal, b"{}", JSON, X_Size="[5]", X_Id="7")
    for size in ("[5]", "?5?", ANY):
        assert check(journal, headers={"X-Size": size, "X-Id": 7}) == [1]
    assert "header X-Id is [redacted], expected 8" in missed(journal, headers={"X-Id": 8})
