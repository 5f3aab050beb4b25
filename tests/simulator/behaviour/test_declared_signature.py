"""The simulator signs by a declared grammar as it signs by a known scheme's name, and as its vendor's page says."""

import hmac
from base64 import b64encode
from hashlib import sha256, sha512
from typing import Any

import orjson
import pytest

from tidegate.simulator.behaviour import signatures
from tidegate.simulator.behaviour.declared_signature import DeclaredSignature, declared_scheme
from tidegate.simulator.behaviour.signatures import WebhookMessage
from tidegate.vendor.signature_facts import SCHEMES, Scheme, SignatureGrammar

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
MESSAGE = WebhookMessage("https://app.example/hooks?a=b", b"b=2&a=1&b=2&b=1", 1_700_000_000, "msg_1")


def declared(**written: Any) -> DeclaredSignature:
    return DeclaredSignature(SignatureGrammar.model_validate({"header": "X-Sign", "signed": "{raw}", **written}))


@pytest.mark.parametrize("name", [name for name in SCHEMES if name != "adyen"])
def test_a_known_schemes_grammar_gives_the_headers_that_its_own_code_gives(name: Scheme) -> None:
    by_grammar = DeclaredSignature(SCHEMES[name]).headers(MESSAGE, (SECRET,))
    by_code = signatures.headers(name, MESSAGE, (SECRET,))
    assert by_grammar.items() <= by_code.items(), "GitHub's own code sends the old header, too"


def test_adyens_grammar_gives_the_body_that_its_own_code_gives() -> None:
    item = {"pspReference": "P1", "amount": {"value": 5, "currency": "EUR"}, "success": "true"}
    body = orjson.dumps({"notificationItems": [{"NotificationRequestItem": item}]})
    by_grammar = DeclaredSignature(SCHEMES["adyen"]).sealed(body, ("ab" * 32,))
    assert orjson.loads(by_grammar) == orjson.loads(signatures.sealed("adyen", body, ("ab" * 32,)))
    assert DeclaredSignature(SCHEMES["adyen"]).headers(MESSAGE, ("ab" * 32,)) == {}


def test_a_signature_in_the_body_leaves_the_rest_as_it_is() -> None:
    scheme = DeclaredSignature(
        SignatureGrammar(pointer="/proof/sign", signed="{/id}:{/paid}:{/none}", sig_encoding="base64")
    )
    told = orjson.loads(scheme.sealed(b'{"id":7,"paid":true}', ("k",)))
    right = b64encode(hmac.digest(b"k", b"7:true:", "sha256")).decode()
    assert told == {"id": 7, "paid": True, "proof": {"sign": right}}


def test_time_id_and_separators_are_those_of_the_grammar() -> None:
    kv = declared(parse="kv", separator=";", version="h1", ts_key="ts", signed="{ts}:{raw}")
    right = hmac.new(b"k", b"1700000000:" + MESSAGE.body, sha256).hexdigest()
    assert kv.headers(MESSAGE, ("k",)) == {"X-Sign": f"ts=1700000000;h1={right}"}
    timed = declared(ts_header="X-Time", ts_form="epoch_ms", id_header="X-Id", signed="{id}{ts}{raw}")
    assert timed.headers(MESSAGE, ("k",)) | {"X-Sign": ""} == {
        "X-Sign": "",
        "X-Time": "1700000000000",
        "X-Id": "msg_1",
    }


def test_a_time_may_be_written_as_rfc_3339_has_it() -> None:
    timed = declared(ts_header="X-Time", ts_form="iso8601", signed="{ts}{raw}")
    assert timed.headers(MESSAGE, ("k",))["X-Time"] == "2023-11-14T22:13:20Z"


def test_a_form_is_empty_where_the_address_holds_the_bodys_digest() -> None:
    scheme = DeclaredSignature(SCHEMES["twilio"])
    url = f"{MESSAGE.url}&bodySHA256=ab"
    one, other = (WebhookMessage(url, body, 0, "") for body in (b"a=1", b"{}"))
    assert scheme.headers(one, ("k",)) == scheme.headers(other, ("k",))


def test_a_body_that_is_no_form_has_its_digest_in_the_address() -> None:
    scheme = DeclaredSignature(SCHEMES["twilio"])
    assert scheme.address(MESSAGE.url, b"{}") == signatures.address("twilio", MESSAGE.url, b"{}")
    assert declared().address(MESSAGE.url, b"{}") == MESSAGE.url


def test_algorithms_and_keys_are_those_of_the_grammar() -> None:
    scheme = declared(alg="hmac-sha512", key_decoding="hex")
    right = hmac.new(b"\xab", MESSAGE.body, sha512).hexdigest()
    assert scheme.headers(MESSAGE, ("ab",)) == {"X-Sign": right}


def test_a_name_stays_a_name() -> None:
    assert declared_scheme("slack") == "slack"
    assert declared_scheme(None) is None
    assert isinstance(declared_scheme(SCHEMES["slack"]), DeclaredSignature)
    assert signatures.headers(declared_scheme(SCHEMES["slack"]), MESSAGE, ()) == {}
