"""Tests of tidegate.proxy.desk.by_hand.edited_body."""

import json

import pytest

from tidegate.proxy.desk.by_hand.edited_body import NOT_PUT_BACK, UNREADABLE, put_back
from tidegate.proxy.desk.delivery_query import Misread
from tidegate.proxy.desk.hidden_content import HiddenContent
from tidegate.redaction.redactor import Redactor

JSON = b'[["Content-Type", "application/json"]]'
FORM = b'[["Content-Type", "application/x-www-form-urlencoded"]]'
BODY = (
    b'{"amount": 100000000000000000001, "email": "a@b.example", "to": {"name": "Ada", "password": "p", "n": 1},'
    b' "people": [{"email": "x@y.example", "n": 1}, {"email": "z@y.example", "n": 1}], "raw": "{ \\"a\\": 1 }"}'
)


def shown(body: bytes = BODY, headers: bytes = JSON) -> str:
    text = HiddenContent(Redactor([]), ["/email"]).body(body, headers)
    assert text is not None
    return text


def edited(change: tuple[str, str], body: bytes = BODY) -> object:
    """What is sent of a body in whose shown text one piece was replaced."""
    text = shown(body)
    assert change[0] in text
    done = put_back(text.replace(*change).encode(), text, body)
    return done.why if isinstance(done, Misread) else json.loads(done)


def test_what_was_hidden_and_left_alone_is_sent_as_it_was() -> None:
    sent = json.loads(BODY)
    sent["to"]["name"] = "Bob"
    assert edited(('"Ada"', '"Bob"')) == sent


def test_a_hidden_value_can_be_written_anew_or_taken_out() -> None:
    sent = json.loads(BODY)
    sent["to"]["password"] = "new"
    assert edited(('"password":"[redacted]"', '"password":"new"')) == sent
    del sent["to"]["password"]
    assert edited((',"password":"[redacted]"', "")) == sent


@pytest.mark.parametrize(
    "change",
    [
        ('"Ada"', '"[redacted]"'),
        ('"password":"[redacted]"', '"passwort":"[redacted]"'),
        ('"password":"[redacted]"', '"password":"x[redacted]"'),
        ('{"email":"[redacted]","n":1},', ""),
        ('[{"email":"[redacted]","n":1}', '[{"email":"[redacted]","n":2}'),
        ('"amount":', '"[redacted]":'),
    ],
)
def test_what_stands_for_a_hidden_value_is_never_sent(change: tuple[str, str]) -> None:
    assert edited(change) == NOT_PUT_BACK


def test_one_and_true_are_not_the_same() -> None:
    assert edited(('"n":1}]', '"n":true}]'), b'{"a": [{"n":1}]}') == {"a": [{"n": True}]}


def test_what_is_left_alone_is_not_rounded_and_any_text_can_be_sent() -> None:
    body = b'{"password": "p", "price": 0.12345678901234567890, "sum": 10.00, "big": 1e400, "name": "Ada"}'
    text = shown(body.replace(b'"big": 1e400, ', b""))
    done = put_back(text.replace("Ada", "\\ud800 \u00fc").encode(), text, body)
    assert done == (b'{"password":"p","price":0.12345678901234567890,"sum":10.00,"name":"\\ud800 \\u00fc"}')


def test_where_nothing_is_put_back_the_bytes_are_the_persons_own() -> None:
    body = b'{"a": 1}'
    assert put_back(b'{ "a":\n 2.50 }', shown(body), body) == b'{ "a":\n 2.50 }'
    form = b"a=1&b=x"
    assert put_back(b"b=%78&a=2", shown(form, FORM), form) == b"b=%78&a=2"


def test_fields_of_a_form_are_put_back_by_their_names() -> None:
    form = b"email=a%40b.example&to[password]=p%26q&to[name]=Ada&note=1"
    text = shown(form, FORM)
    done = put_back(text.replace("Ada", "B+b").replace("email=[redacted]&", "").encode(), text, form)
    assert done == b"to%5Bpassword%5D=p%26q&to%5Bname%5D=B+b&note=1"
    assert put_back(b"name=[redacted]", text, form) == Misread(NOT_PUT_BACK)


@pytest.mark.parametrize("text", [b"\xff", b'{"a": ', b"[" * 60_000, b"NaN", b"plain"])
def test_what_cannot_be_read_is_refused(text: bytes) -> None:
    assert put_back(text, shown(), BODY) == Misread(UNREADABLE)
