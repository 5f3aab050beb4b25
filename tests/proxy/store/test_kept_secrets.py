"""A secret that a vendor repeats is not kept, and the answer comes back as it was."""

import base64
import gzip
import html
import json
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.proxy.store.kept_secrets import KeptSecrets
from tidegate.proxy.store.records import BODY_KEPT_BYTES_MAX

SECRET = 'sk/live "CANARY"+9f&3kQ7'
SECRETS = KeptSecrets([SECRET, f"Bearer {SECRET}"])

SPELLED = {
    "plain": SECRET,
    "with its scheme": f"Bearer {SECRET}",
    "in JSON": json.dumps(SECRET)[1:-1],
    "in JSON with slashes escaped": json.dumps(SECRET)[1:-1].replace("/", "\\/"),
    "percent-encoded": quote(SECRET, safe=""),
    "percent-encoded in small letters": quote(SECRET, safe="").replace("%2F", "%2f").replace("%2B", "%2b"),
    "as a form": quote_plus(SECRET),
    "in HTML": html.escape(SECRET),
    "in hex": SECRET.encode().hex(),
    "in base64": base64.b64encode(SECRET.encode()).decode(),
    "in base64 within more": base64.b64encode(f"user:{SECRET}!".encode()).decode(),
    "in base64 for URLs": base64.urlsafe_b64encode(f"ab{SECRET}".encode()).decode(),
}


@pytest.mark.parametrize("text", SPELLED.values(), ids=SPELLED)
def test_a_secret_is_found_however_it_is_spelled_and_put_back(text: str) -> None:
    headers, body = [(b"X-Echo", text.encode()), (b"X-Else", b"1")], b"{ " + text.encode() + b" } " + text.encode()
    kept_headers, kept = SECRETS.hidden(headers, body)
    whole = kept + b"".join(value for _, value in kept_headers)
    assert text.encode() not in whole
    assert SECRET.encode() not in whole
    assert SECRETS.shown(kept_headers, kept) == (headers, body)


@given(st.lists(st.sampled_from([b"a", SECRET.encode(), b"\x1atidegate-secret:", b"0-0000;", b"itself;", b";"])))
def test_whatever_an_answer_holds_comes_back_as_it_was(pieces: list[bytes]) -> None:
    body = b"".join(pieces)
    _, kept = SECRETS.hidden([], body)
    assert SECRET.encode() not in kept
    assert SECRETS.shown([], kept)[1] == body


def test_nobody_gets_a_secret_by_making_the_vendor_repeat_its_mark() -> None:
    _, mark = SECRETS.hidden([], SECRET.encode())
    _, kept = SECRETS.hidden([], mark)
    assert SECRETS.shown([], kept)[1] == mark


def test_a_secret_under_a_coding_is_found_and_the_answer_is_kept_without_the_coding() -> None:
    plain = b'{"key": "%b"}' % SECRET.encode()
    headers = [(b"Content-Type", b"application/json"), (b"Content-Encoding", b"gzip"), (b"content-length", b"9")]
    headers += [(b"Content-Digest", b"sha-256=:a:"), (b"Repr-Digest", b"sha-256=:b:")]
    kept_headers, kept = SECRETS.hidden(headers, gzip.compress(plain))
    assert SECRET.encode() not in kept
    assert SECRETS.shown(kept_headers, kept) == (headers[:1], plain)


@pytest.mark.parametrize("body", [gzip.compress(b"nothing in it", mtime=0), b"no gzip at all", b""])
def test_what_holds_no_secret_keeps_its_coding(body: bytes) -> None:
    headers = [(b"Content-Encoding", b"gzip")]
    assert SECRETS.hidden(headers, body) == (headers, body)


def test_what_is_too_long_to_be_kept_is_not_searched() -> None:
    body = SECRET.encode() + b"x" * BODY_KEPT_BYTES_MAX
    assert SECRETS.hidden([], body) == ([], body)


def test_a_secret_that_has_been_changed_is_not_told_as_the_new_one() -> None:
    _, kept = SECRETS.hidden([], b"key " + SECRET.encode())
    assert KeptSecrets(["another secret"]).shown([], kept)[1] == b"key [redacted]"


def test_a_short_secret_takes_no_word_apart() -> None:
    assert KeptSecrets(["abc"]).hidden([], b"abc") == ([], b"abc")
