"""What an app sent is kept and shown within bounds, and without secrets."""

import json
from typing import Any

import pytest
from multidict import CIMultiDict

from tidegate.redaction.redactor import Redactor
from tidegate.simulator.record.sent_request import (
    BODY_KEPT_MAX,
    BODY_SHOWN_MAX,
    HEADER_SHOWN_MAX,
    HEADERS_SHOWN_MAX,
    SentRequest,
)

NOBODY = Redactor([])


def sent(body: bytes, redactor: Redactor = NOBODY, **headers: str) -> dict[str, Any]:
    request = SentRequest(CIMultiDict({name.replace("_", "-"): value for name, value in headers.items()}))
    request.take(body)
    return request.described(redactor)


def test_headers_and_body_are_shown_as_they_came() -> None:
    assert sent(b'{"amount": 12}', Content_Type="application/json") == {
        "headers": {"content-type": "application/json"},
        "body": '{"amount": 12}',
        "bytes": 14,
        "cut": False,
    }


def test_credentials_and_known_secrets_are_not_shown() -> None:
    shown = json.dumps(sent(b"note=sk_live_4242", Redactor(["sk_live_4242"]), Authorization="Bearer x", X_Api_Key="y"))
    assert "sk_live" not in shown
    assert "Bearer" not in shown
    assert '"y"' not in shown


@pytest.mark.parametrize(
    "body",
    [
        '{"password": "hush-hush"}',
        '{"a": [{"client_secret":"hush-hush"}]}',
        '{"api-key" : "hush-hush", "b": 1}',
        '[{"access_token": "hush-hush\\"more"}]',
        '{"card_number": "hush-hush"}',
        "password=hush-hush&a=1",
        "a=1&source[client_secret]=hush-hush",
        "api_key=hush-hush",
    ],
)
def test_fields_that_sound_like_a_secret_are_hidden(body: str) -> None:
    assert "hush" not in sent(body.encode())["body"]
    assert "[redacted]" in sent(body.encode())["body"]


def test_a_secret_that_the_bound_cuts_through_is_hidden_too() -> None:
    body = b'{"pad": "' + b"a" * (BODY_KEPT_MAX - 40) + b'", "password": "hush-hush-hush-hush-hush"}'
    assert "hush" not in SentRequest({}, body[:BODY_KEPT_MAX], len(body)).text(NOBODY)


def test_everything_is_bounded_and_what_is_cut_says_so() -> None:
    request = SentRequest({})
    request.take(b"x" * (BODY_KEPT_MAX + 1))
    assert (len(request.body), request.length, request.whole) == (BODY_KEPT_MAX, BODY_KEPT_MAX + 1, False)
    assert sent(b"x" * BODY_SHOWN_MAX)["cut"] is False
    shown = sent(b"x" * (BODY_SHOWN_MAX + 1))
    assert (len(shown["body"]), shown["cut"]) == (BODY_SHOWN_MAX, True)
    many = {f"x-{n}": "v" for n in range(2 * HEADERS_SHOWN_MAX)}
    assert len(SentRequest(many).described(NOBODY)["headers"]) == HEADERS_SHOWN_MAX
    assert len(sent(b"", User_Agent="x" * 9_999)["headers"]["user-agent"]) == HEADER_SHOWN_MAX


@pytest.mark.parametrize("body", [b"\xff\xfe\x00", b"\x80"])
def test_what_is_no_text_is_told_by_its_length(body: bytes) -> None:
    assert sent(body)["body"] == f"({len(body)} bytes that are no text)"


def test_a_letter_that_the_bound_cuts_in_two_is_left_out() -> None:
    request = SentRequest({})
    request.take("é".encode() * BODY_KEPT_MAX)
    assert request.text(NOBODY).startswith("éé")
    request.take(b"x" + "é".encode() * BODY_KEPT_MAX)
    assert request.text(NOBODY).endswith("é")
