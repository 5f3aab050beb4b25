"""Tests of tidegate.proxy.desk.hidden_content: a canary in every slot is in no output."""

import base64
import gzip
import json
from urllib.parse import quote

import pytest

from tidegate.policy.privacy.redact import Redact
from tidegate.proxy.desk.hidden_content import (
    MEMBERS_MAX,
    NESTED_MAX,
    READ_BYTES_MAX,
    SHOWN_CHARS_MAX,
    HiddenContent,
    lines_of,
)
from tidegate.redaction.redactor import Redactor
from tidegate.redaction.secret import REDACTED

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


JSON = b'[["content-type", "application/json"]]'
FORM = b'[["content-type", "application/x-www-form-urlencoded"]]'


def test_what_is_personal_by_its_form_is_hidden_wherever_it_stands() -> None:
    body = b'{"memo": "paid by 4242 4242 4242 4242, ann@example.com", "n": 4242424242424242, "at": 1764471234567}'
    assert HIDDEN.body(body, JSON) == ('{"memo":"paid by [redacted], [redacted]","n":"[redacted]","at":1764471234567}')
    assert HIDDEN.body(b"memo=DE89370400440532013000&x=1", FORM) == "memo=[redacted]&x=1"
    assert HIDDEN.body(b'"ann@example.com"', JSON) == f'"{REDACTED}"'
    assert HIDDEN.destination("/customers?q=ann%40example.com") == f"/customers?q={REDACTED}"


def test_a_vendor_file_may_look_for_less_or_for_telephones() -> None:
    phones = HiddenContent(Redactor(()), redact=Redact(patterns=("phone",)))
    assert (
        phones.body(b'{"memo": "+49 30 901820 or ann@example.com"}', JSON) == '{"memo":"[redacted] or ann@example.com"}'
    )


def test_with_a_list_of_fields_no_other_is_shown_and_a_secret_among_them_is_hidden_all_the_same() -> None:
    listed = HiddenContent(
        Redactor([CANARY]), redact=Redact(fields=("/id", "/items/*/n", "/token"), headers=("X-Shop",))
    )
    body = b'{"id": "' + CANARY.encode() + b'", "items": [{"n": 1, "who": "x"}], "token": "t", "other": {"a": 1}}'
    assert listed.body(body, JSON) == (
        '{"id":"[redacted]","items":[{"n":1,"who":"[redacted]"}],"token":"[redacted]","other":"[redacted]"}'
    )
    assert listed.body(b"id=1&items[0][n]=2&items[0][who]=x&other=y", FORM) == (
        "id=1&items[0][n]=2&items[0][who]=[redacted]&other=[redacted]"
    )
    assert listed.destination("/things?page=2") == "/things?page=2"
    assert listed.headers(b'[["X-Shop", "a"], ["X-Other", "b"]]') == {"x-shop": "a", "x-other": REDACTED}


def test_a_document_that_stands_as_a_text_in_a_document_is_hidden_like_it() -> None:
    inner = json.dumps({"password": "p", "memo": "ann@example.com", "id": 1})
    deep = json.dumps([json.dumps([inner])])
    document = {"quoted": inner, "url": "/a?api_key=x&page=2", "list": "[1, 2", "deep": deep}
    shown = json.loads(HIDDEN.body(json.dumps(document).encode(), JSON) or "")
    assert json.loads(shown["quoted"]) == {"password": REDACTED, "memo": REDACTED, "id": 1}
    assert (shown["url"], shown["list"]) == (f"/a?api_key={REDACTED}&page=2", "[1, 2")
    assert "ann@" not in shown["deep"]


def test_a_quoted_answer_shows_of_its_headers_and_its_body_what_an_answer_shows() -> None:
    lines = [["Content-Type", "text/event-stream"], ["Set-Cookie", "a=b"], "odd"]
    quoted = ("data: x", REDACTED), ('{"id": 1, "token": "x"}', '{"id":1,"token":"[redacted]"}'), (5, REDACTED)
    for body, expected in quoted:
        answer = {"status": 200, "headers": lines, "body": body, "body_base64": "eA=="}
        shown = json.loads(HIDDEN.body(json.dumps({"data": {"answer": answer}}).encode(), JSON) or "")["data"]["answer"]
        assert shown["headers"] == [["Content-Type", "text/event-stream"], ["Set-Cookie", REDACTED]]
        assert (shown["body"], shown["body_base64"], shown["status"]) == (expected, REDACTED, 200)
    echoed = HIDDEN.body(b'{"headers": {"Cookie": "a=b", "Accept": "x"}}', JSON)
    assert json.loads(echoed or "") == {"headers": {"cookie": REDACTED, "accept": "x"}}
    assert HIDDEN.body(b'{"headers": "Cookie: a"}', JSON) == '{"headers":"[redacted]"}'


def test_documents_in_documents_are_read_so_deep_and_no_deeper() -> None:
    text = "[1]"
    for _ in range(NESTED_MAX + 2):
        text = json.dumps([text])
    assert REDACTED in (HIDDEN.body(text.encode(), JSON) or "")
