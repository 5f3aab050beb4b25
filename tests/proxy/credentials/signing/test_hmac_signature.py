"""An HMAC that the vendor file declares: what the proxy signs, the simulator's own code takes, and nothing else."""

import hmac
import random
from typing import Any

import pytest

from tests.proxy.credentials.signing.requests import JSON, WALL, received, written
from tidegate.problems import UsageError
from tidegate.proxy.credentials.signing.hmac_signature import HmacSignature, written_time
from tidegate.proxy.credentials.signing.signed_request import SignedRequest
from tidegate.redaction.secret import Secret
from tidegate.simulator.answer.errors import VendorError
from tidegate.simulator.door.request_signature import HmacCheck
from tidegate.vendor.signing_facts import HmacSigning

TIMED = {"timestamp_header": "X-Time"}
GRAMMARS: dict[str, dict[str, Any]] = {
    "the body alone": {"text": "{body}"},
    "method, path, time and digest": {"text": "{method}\n{path}\n{timestamp}\n{body_digest}", **TIMED},
    "everything": {
        "text": "{method} {scheme} {host} {path} {query} {sorted_query} {target} {url} {timestamp} {nonce} {key_id} "
        "{body_digest} {header:Content-Type} {header:X-None}|{body}",
        **TIMED,
        "nonce_header": "X-Nonce",
        "key_id": "k1",
        "key_id_header": "X-Key",
        "body_digest_header": "X-Digest",
    },
    "all in one header": {
        "text": "{key_id}{timestamp}{nonce}{url}",
        "header": "Authorization",
        "value": "HMAC id={key_id}, ts={timestamp}, n={nonce}, s={signature}",
        "key_id": "k1",
    },
    "sha512 in base64": {"text": "{target}{body}", "digest": "sha512", "encoding": "base64", "body_encoding": "base64"},
    "sha1, milliseconds": {"text": "{timestamp}", "digest": "sha1", **TIMED, "timestamp": "epoch_ms"},
    "an ISO time": {"text": "{timestamp}", **TIMED, "timestamp": "iso8601"},
    "an HTTP date": {"text": "{timestamp}", "timestamp_header": "Date", "timestamp": "http-date"},
    "a key in hexadecimal digits": {"text": "{body}", "key": "hex"},
    "a key in base64": {"text": "{body}", "key": "base64"},
}
SECRETS = {"hex": "00ff10", "base64": "AP8Q", "utf8": "s3cret"}


def signer_of(grammar: dict[str, Any], secret: str | None = None) -> tuple[HmacSignature, HmacCheck]:
    facts = HmacSigning.model_validate(grammar)
    known = secret or SECRETS[facts.key]
    return HmacSignature(facts, Secret(known), "http", lambda: WALL, random.Random(1)), HmacCheck(facts, known)


@pytest.mark.parametrize("grammar", GRAMMARS.values(), ids=GRAMMARS)
def test_the_vendor_takes_what_the_proxy_signs_and_no_request_that_was_changed(grammar: dict[str, Any]) -> None:
    signer, check = signer_of(grammar)
    request = signer.signed(written("POST", "/foo?param=Value&Pet=dog", *JSON))
    assert check.signer(received(request))
    _, other = signer_of(grammar)
    changed = SignedRequest.of(request)
    place = grammar["text"]
    if "body" in place:
        changed.reframe(b'{"hello": "mars!"}')
    elif "target" in place or "url" in place:
        changed.target = "/bar"
    else:
        changed.put(grammar.get("timestamp_header", "X-Time"), written_time(WALL + 9, grammar["timestamp"]))
    with pytest.raises(VendorError):
        other.signer(received(bytes(changed)))


def test_the_signature_is_that_of_the_declared_text() -> None:
    signer, _ = signer_of({"text": "{method}\n{path}\n{timestamp}", **TIMED})
    request = SignedRequest.of(signer.signed(written("GET", "/a?b=1", body=b"")))
    assert request.header("X-Time") == "1618884473"
    assert request.header("X-Signature") == hmac.digest(b"s3cret", b"GET\n/a\n1618884473", "sha256").hex()


def test_each_attempt_has_a_nonce_of_its_own_and_none_is_taken_twice() -> None:
    signer, check = signer_of({"text": "{nonce}", "nonce_header": "X-Nonce"})
    first, second = signer.signed(written()), signer.signed(written())
    assert first != second
    for request in (first, second):
        check.signer(received(request))
    with pytest.raises(VendorError, match="used before"):
        check.signer(received(first))


@pytest.mark.parametrize("off_s", [-301.0, 301.0, 86_400.0])
def test_a_time_that_is_too_far_off_is_refused(off_s: float) -> None:
    signer, check = signer_of({"text": "{timestamp}", **TIMED})
    with pytest.raises(VendorError, match="too far off"):
        check.signer(received(signer.signed(written()), wall=WALL + off_s))


def test_another_key_is_refused_and_no_signature_is_no_key() -> None:
    signer, _ = signer_of({"text": "{body}"})
    _, check = signer_of({"text": "{body}"}, "another")
    with pytest.raises(VendorError, match="not of this request"):
        check.signer(received(signer.signed(written())))
    with pytest.raises(VendorError) as refused:
        check.signer(received(written()))
    assert refused.value.reason == "no-key"


@pytest.mark.parametrize("coding", ["hex", "base64"])
def test_a_secret_that_is_not_written_as_declared_is_told_and_not_repeated(coding: str) -> None:
    with pytest.raises(UsageError, match=f"not written in {coding}") as told:
        signer_of({"text": "{body}", "key": coding}, "no!such-key")
    assert "no!such" not in str(told.value)


def test_the_apps_own_headers_of_these_names_are_taken_out() -> None:
    signer, _ = signer_of(GRAMMARS["everything"])
    assert signer.headers == {"x-signature", "x-time", "x-nonce", "x-key", "x-digest"}
    assert signer.needs_body
    assert not signer_of({"text": "{url}"})[0].needs_body
