"""The grammar of signature schemes: what it can say, what it refuses, and that the known schemes are said in it."""

from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import ValidationError

from tests.tidegate.files import put
from tidegate.vendor.signature_facts import SCHEMES, Scheme, SignatureGrammar, grammar_of, places_of
from tidegate.vendor.vendor_file import read_vendor
from tidegate.vendor.webhook_facts import WebhookFacts


def test_every_name_stands_for_a_grammar_that_a_vendor_file_could_hold() -> None:
    assert set(SCHEMES) == set(get_args(Scheme))
    for name, grammar in SCHEMES.items():
        written = grammar.model_dump(mode="json", exclude_defaults=True)
        told = WebhookFacts.model_validate({"scheme": written}).scheme
        assert told == grammar == grammar_of(name)
        assert grammar_of(grammar) is grammar


@pytest.mark.parametrize("name", ["stripe", "slack", "standard", "standard-v1a", "svix"])
def test_these_sign_a_time(name: Scheme) -> None:
    assert SCHEMES[name].is_timed


@pytest.mark.parametrize("name", ["github", "shopify", "twilio", "adyen"])
def test_these_sign_none(name: Scheme) -> None:
    assert not SCHEMES[name].is_timed


def test_places_stand_between_braces() -> None:
    assert places_of("v0:{ts}:{raw}") == ("ts", "raw")
    assert places_of("{/amount/value}:{/id}") == ("/amount/value", "/id")


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({}, "header or in the body"),
    ({"header": "X", "pointer": "/s"}, "header or in the body"),
    ({"header": "X", "items": "/list"}, "write pointer, too"),
    ({"pointer": "/s", "parse": "kv", "version": "v1", "signed": "{/id}"}, "leave parse out"),
    ({"header": "X", "parse": "prefix"}, "prefix go together"),
    ({"header": "X", "prefix": "v0="}, "prefix go together"),
    ({"header": "X", "parse": "kv"}, "version go together"),
    ({"header": "X", "version": "v1"}, "version go together"),
    ({"header": "X", "separator": ";"}, "are for parse: kv and spaced"),
    ({"header": "X", "signed": "{raw"}, "brace"),
    ({"header": "X", "signed": "{raw}}"}, "brace"),
    ({"header": "X", "signed": "{/id}{raw}"}, "write {raw}"),
    ({"header": "X", "signed": "{body}"}, "no place {body}; known are id, ts, raw"),
    ({"pointer": "/s", "signed": "{raw}"}, "write pointers like"),
    ({"header": "X", "signed": "{url}"}, "nothing of the body is signed"),
    ({"header": "X", "signed": "fixed"}, "nothing of the body is signed"),
    ({"header": "X", "digest_parameter": "d"}, "needs {url} and {sorted_form}"),
    ({"header": "X", "ports": "any"}, "needs {url}"),
    ({"header": "X", "parse": "kv", "version": "v1", "ts_key": "t", "ts_header": "T"}, "one place"),
    ({"header": "X", "ts_key": "t"}, "ts_key is for parse: kv"),
    ({"header": "X", "ts_header": "T"}, "not signed proves nothing"),
    ({"header": "X", "signed": "{ts}.{raw}"}, "goes together with ts_key or ts_header"),
    ({"header": "X", "id_header": "I"}, "{id} and id_header"),
    ({"header": "X", "signed": "{id}.{raw}"}, "{id} and id_header"),
    ({"header": "X", "alg": "ed25519"}, "public key is written in"),
    ({"header": "X", "key_decoding": "whpk"}, "whpk is for public keys"),
]


@pytest.mark.parametrize(("written", "message"), REFUSED)
def test_a_grammar_that_makes_no_sense_is_refused_with_what_to_write(written: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError) as refused:
        SignatureGrammar.model_validate({"signed": "{raw}", **written})
    (error,) = refused.value.errors()
    assert message in error["msg"]


def test_a_mistake_in_a_vendor_file_is_told_at_its_line(tmp_path: Path) -> None:
    hooks = "  webhooks:\n    scheme: {header: X-Sign, signed: '{body}'}\n"
    reading = read_vendor(put(tmp_path, ("policy:\n", hooks + "policy:\n")))
    (finding,) = reading.findings
    assert (finding.code, finding.path) == ("TG104", "facts.webhooks.scheme")
    assert "signed has no place {body}" in finding.message


def test_a_scheme_without_its_text_is_told_what_is_missing(tmp_path: Path) -> None:
    hooks = "  webhooks:\n    scheme: {header: X-Sign}\n"
    reading = read_vendor(put(tmp_path, ("policy:\n", hooks + "policy:\n")))
    assert [(finding.code, finding.path) for finding in reading.findings] == [("TG105", "facts.webhooks.scheme.signed")]
