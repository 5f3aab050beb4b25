"""A vendor's answer as it is kept: without its secrets, sealed, and given again as it was."""

from dataclasses import replace
from random import Random

import orjson
import pytest

from tidegate.proxy.call.reply import RawHeaders
from tidegate.proxy.policies.resilience.idempotency_record import IdempotencyRecord
from tidegate.proxy.store.records import BODY_KEPT_BYTES_MAX
from tidegate.proxy.store.sealed.kept_answers import KeptAnswers
from tidegate.proxy.store.sealed.seal import Seal
from tidegate.proxy.store.sealed.sealing_keys import SealingKeys, Unopened

KEY = b"k" * 32
SECRET = "sk_live_canary"
CANARY = b"ada@example.org"
HEADERS: RawHeaders = ((b"X-Mail", CANARY), (b"X-Key", SECRET.encode()))
RECORD = IdempotencyRecord(
    app="shop", vendor="stripe", operation="PostRefunds", key="k", vendor_key="k", fingerprint="f", state="done",
    call_id="c1", began_wall=0.0, ended_wall=1.0, lease_until=0.0, status=201, headers=b"[]", body=b"",
    keep_until=9.0, resend_until=9.0,
)  # fmt: skip


def kept(*keys: bytes, vendor: str = "stripe") -> KeptAnswers:
    answers = KeptAnswers(vendor, [SECRET])
    answers.seal = Seal(Random(1), SealingKeys(keys), lambda name: name == "stripe")
    return answers


def record_of(headers: RawHeaders, body: bytes, call_id: str = "c1") -> IdempotencyRecord:
    lines = orjson.dumps([(name.decode("latin-1"), value.decode("latin-1")) for name, value in headers])
    return replace(RECORD, headers=lines, body=body, call_id=call_id)


@pytest.mark.parametrize("body", [b"mail " + CANARY, b"", b"\n\n", SECRET.encode()])
def test_a_personal_answer_is_sealed_with_its_headers(body: bytes) -> None:
    headers, stored = kept(KEY).hidden(HEADERS, body, "c1")
    assert not headers
    assert CANARY not in stored
    assert SECRET.encode() not in stored
    shown = kept(KEY).shown(record_of(headers, stored))
    assert not isinstance(shown, Unopened)
    assert (tuple(shown[0]), shown[1]) == (HEADERS, body)


@pytest.mark.parametrize("answers", [kept(), kept(KEY, vendor="slates"), KeptAnswers("stripe", [SECRET])])
def test_another_is_kept_as_it_is_but_for_secrets(answers: KeptAnswers) -> None:
    headers, stored = answers.hidden(HEADERS, b"mail " + CANARY, "c1")
    assert stored == b"mail " + CANARY
    assert SECRET.encode() not in b"".join(value for _, value in headers)
    shown = answers.shown(record_of(headers, stored))
    assert not isinstance(shown, Unopened)
    assert (tuple(shown[0]), shown[1]) == (HEADERS, stored)


def test_an_answer_that_looks_sealed_is_the_vendor_s_own() -> None:
    _, strange = kept(KEY).hidden((), b"a", "c1")
    headers, stored = kept(KEY, vendor="slates").hidden((), strange, "c1")
    assert kept(KEY, vendor="slates").shown(record_of(headers, stored)) == ([], strange)


def test_it_opens_for_its_own_call_and_with_its_own_key_alone() -> None:
    headers, stored = kept(KEY).hidden(HEADERS, b"a", "c1")
    assert isinstance(kept(KEY).shown(record_of(headers, stored, "c2")), Unopened)
    assert isinstance(kept(b"n" * 32).shown(record_of(headers, stored)), Unopened)
    assert not isinstance(kept(b"n" * 32, KEY).shown(record_of(headers, stored)), Unopened)


def test_what_is_too_long_to_be_kept_leaves_no_headers_behind() -> None:
    body = b"x" * (BODY_KEPT_BYTES_MAX + 1)
    assert kept(KEY).hidden(HEADERS, body, "c1") == ((), body)
