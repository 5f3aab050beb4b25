"""Tests of tidegate.proxy.desk.hidden_content: a canary in every slot is in no output."""

import base64
import gzip
import json
from urllib.parse import quote

import pytest

from tidegate.proxy.desk.hidden_content import (
    MEMBERS_MAX,
    READ_BYTES_MAX,
    SHOWN_CHARS_MAX,
    HiddenContent,
    lines_of,
)
from tidegate.redact import REDACTED, Redactor

CANARY = "sk_live_canary/+1"
HIDDEN = HiddenContent(Redactor([CANARY]), ("/email", "/shipping", "/billing~1address"))

JSON = b'[["Content-Type", "application/json; charset=utf-8"]]'
FORM = b'[["content-type", "application/x-www-form-urlencoded"]]'


def spelled() -> list[str]:
    return [CANARY, quote(CANARY, safe=""), CANARY.encode().hex(), base64.b64encode(b"a" + CANARY.encode()).decode(),
            json.dumps(CANARY)[1:-1].replace("/", "\\/")]  # fmt: skip


def is_clean(text: str) -> bool:
    return not any(each in text for each in [CANARY, quote(CANARY, safe=""), CANARY.encode().hex(), "canary"])


@pytest.mark.parametrize("secret", spelled())
def test_a_known_secret_is_in_no_spelling_in_any_slot(secret: str) -> None:
    headers = json.dumps(
        [["Content-Type", f"application/json; x={secret}"], ["X-Any", secret], ["Via", secret]]
    ).encode()
    body = json.dumps({"deep": [{"note": f"a {secret} b"}], secret: 1, "n": secret}).encode()
    shown = [
        HIDDEN.text(f"it said {secret}"),
        str(HIDDEN.headers(headers)),
        HIDDEN.destination(f"https://user:{secret}@app.example/a/{secret}?q={secret}#{secret}"),
        HIDDEN.body(body, JSON) or "",
        HIDDEN.body(f"a={quote(secret)}&{quote(secret)}=1&b[{quote(secret)}]=x".encode(), FORM) or "",
        HIDDEN.body(gzip.compress(body), b'[["Content-Type", "application/json"], ["Content-Encoding", "gzip"]]') or "",
    ]
    assert all(map(is_clean, shown)), shown
    assert all(REDACTED in each for each in shown)


def test_personal_data_and_what_sounds_like_a_secret_are_hidden_wherever_they_stand() -> None:
    body = {"email": "ada@example.com", "data": [{"Email": "b@example.com", "amount": 12, "client_secret": "pi_x"}],
            "shipping": {"name": "Ada"}, "billing/address": "Long Road",
            "card": {"number": "4242", "cvc": "123"}}  # fmt: skip
    shown = json.loads(HIDDEN.body(json.dumps(body).encode(), JSON) or "")
    assert shown["data"] == [{"Email": REDACTED, "amount": 12, "client_secret": REDACTED}]
    assert shown["card"] == {"number": REDACTED, "cvc": REDACTED}
    assert {shown[name] for name in ("email", "shipping", "billing/address")} == {REDACTED}
    form = b"amount=12&email=ada%40example.com&shipping[address][line1]=Long+Road&metadata[order_id]=7&password=p"
    assert HIDDEN.body(form, FORM) == (
        f"amount=12&email={REDACTED}&shipping[address][line1]={REDACTED}&metadata[order_id]=7&password={REDACTED}"
    )
    assert HIDDEN.destination("/v1/search?email=ada%40example.com&limit=3") == f"/v1/search?email={REDACTED}&limit=3"


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (b"\x00\x01", b'[["Content-Type", "application/octet-stream"]]'),
        (b"a text that says nothing of itself", b'[["Content-Type", "text/plain"]]'),
        (b"{broken", JSON),
        (b"[" * 5000 + b"]" * 5000, JSON),
        (b"[" + b"1," * (MEMBERS_MAX + 1) + b"1]", JSON),
        (b"x" * (READ_BYTES_MAX + 1), JSON),
        (b"not gzip", b'[["Content-Type", "application/json"], ["Content-Encoding", "gzip"]]'),
        (b"{}", b'[["Content-Type", "application/json"], ["Content-Encoding", "frob"]]'),
        (gzip.compress(b"[" + b" " * READ_BYTES_MAX + b"]"), b'[["Content-Encoding", "gzip"]]'),
        (b"&".join(b"a=1" for _ in range(10_001)), FORM),
    ],
    ids=["bytes", "text", "broken", "deep", "wide", "long", "no gzip", "strange coding", "bomb", "many fields"],
)
def test_what_nobody_can_read_is_not_shown(body: bytes, headers: bytes) -> None:
    assert HIDDEN.body(body, headers) is None


def test_a_long_body_is_cut_after_it_was_scrubbed() -> None:
    text = "x" * (SHOWN_CHARS_MAX - 12) + CANARY
    shown = HIDDEN.body(json.dumps({"a": text}).encode(), JSON) or ""
    assert len(shown) == SHOWN_CHARS_MAX + 1
    assert "sk_live" not in shown


@pytest.mark.parametrize("stored", [b"", b"{", b"{}", b'"a"', b'[["a"]]', b"[[1, 2]]", b"[null]"])
def test_stored_headers_that_are_none_show_nothing(stored: bytes) -> None:
    assert lines_of(stored) == []
    assert HIDDEN.headers(stored) == {}
