"""Whatever comes, there is one reason or a verdict, and never an exception. The reasons are the ones that are meant."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.proxy.policies.webhooks.signed import (
    FORM,
    ITEMS,
    JSON,
    NOW,
    SCHEMES_TRIED,
    SECRET,
    flaw,
    recipe,
    signed,
)
from tidegate.proxy.policies.webhooks.challenge import WebhookAnswer, challenge_answer
from tidegate.proxy.policies.webhooks.verdict import InboundWebhook, RefusedWebhook, VerifiedWebhook, WebhookFlaw
from tidegate.proxy.policies.webhooks.verification import verify

Change = Callable[[InboundWebhook], InboundWebhook]


def header(name: str, change: Callable[[bytes], bytes]) -> Change:
    """One header's value changed."""

    def changed(webhook: InboundWebhook) -> InboundWebhook:
        wanted = name.lower().encode()
        assert any(header.lower() == wanted for header, _ in webhook.headers)
        headers = tuple((h, change(value) if h.lower() == wanted else value) for h, value in webhook.headers)
        return replace(webhook, headers=headers)

    return changed


def without(name: str) -> Change:
    """One header left out."""
    return lambda webhook: replace(
        webhook, headers=tuple((h, value) for h, value in webhook.headers if h.lower() != name.lower().encode())
    )


def twice(name: str) -> Change:
    """One header twice, in other letters."""
    return lambda webhook: replace(
        webhook,
        headers=(*webhook.headers, *((h.upper(), v) for h, v in webhook.headers if h.lower() == name.lower().encode())),
    )


def put(value: bytes) -> Callable[[bytes], bytes]:
    """Another value."""
    return lambda _: value


def body(change: Callable[[bytes], bytes]) -> Change:
    """Another body."""
    return lambda webhook: replace(webhook, body=change(webhook.body))


STAMP, SIGN, NAME = "webhook-timestamp", "webhook-signature", "webhook-id"
STRIPE, GITHUB, SHOPIFY = "stripe-signature", "x-hub-signature-256", "x-shopify-hmac-sha256"

HOSTILE: list[tuple[str, str, Change, str]] = [
    ("token without comma", "standard", header(SIGN, put(b"v1")), "malformed-header"),
    ("no token at all", "standard", header(SIGN, put(b"")), "malformed-header"),
    ("doubled space", "standard", header(SIGN, lambda v: b"v1,a  " + v), "malformed-header"),
    ("bad base64", "standard", header(SIGN, put(b"v1,!!!=")), "no-match"),
    ("bad base64 of a key", "standard-v1a", header(SIGN, put(b"v1a,!!!=")), "no-match"),
    ("short signature of a key", "standard-v1a", header(SIGN, put(b"v1a,AAAA")), "no-match"),
    ("another version alone", "standard", header(SIGN, put(b"v1a,AAAA v2,BBBB")), "no-signature"),
    ("a shared key's name", "standard-v1a", header(SIGN, put(b"v1,AAAA")), "no-signature"),
    ("not a number", "standard", header(STAMP, put(b"nan")), "malformed-timestamp"),
    ("infinite", "standard", header(STAMP, put(b"inf")), "malformed-timestamp"),
    ("a float", "standard", header(STAMP, put(b"1700000000.5")), "malformed-timestamp"),
    ("an exponent", "standard", header(STAMP, put(b"17e8")), "malformed-timestamp"),
    ("negative", "standard", header(STAMP, put(b"-1700000000")), "malformed-timestamp"),
    ("with a sign", "standard", header(STAMP, put(b"+1700000000")), "malformed-timestamp"),
    ("with an underscore", "slack", header("x-slack-request-timestamp", put(b"1_7")), "malformed-timestamp"),
    ("400 digits", "standard", header(STAMP, put(b"9" * 400)), "malformed-timestamp"),
    ("other digits", "standard", header(STAMP, put("١٧".encode())), "malformed-header"),
    ("no time", "standard", without(STAMP), "no-timestamp"),
    ("no time among the parts", "stripe", header(STRIPE, put(b"v1=ab")), "no-timestamp"),
    ("two times", "stripe", header(STRIPE, lambda v: b"t=1," + v), "malformed-header"),
    ("an empty part", "stripe", header(STRIPE, lambda v: v + b","), "malformed-header"),
    ("no name", "stripe", header(STRIPE, lambda v: v + b",=x"), "malformed-header"),
    ("the old version", "stripe", header(STRIPE, lambda v: v.replace(b"v1", b"v0")), "no-signature"),
    ("10,000 signatures", "standard", header(SIGN, lambda v: b" ".join([b"v1,A"] * 10_000)), "header-too-large"),
    ("many signatures", "standard", header(SIGN, lambda v: b" ".join([b"v1,A"] * 40)), "too-many-signatures"),
    ("many parts", "stripe", header(STRIPE, lambda v: v + b",v0=a" * 80), "too-many-signatures"),
    ("the signature twice", "standard", twice(SIGN), "duplicate-header"),
    ("the time twice", "standard", twice(STAMP), "duplicate-header"),
    ("the id twice", "standard", twice(NAME), "duplicate-header"),
    ("no signature", "github", without(GITHUB), "missing-header"),
    ("no id", "standard", without(NAME), "missing-header"),
    ("an id with a full stop", "standard", header(NAME, put(b"msg.1")), "malformed-header"),
    ("a long id", "standard", header(NAME, put(b"m" * 257)), "malformed-header"),
    ("unicode in a header", "github", header(GITHUB, put("sha256=é".encode())), "malformed-header"),
    ("latin-1 in a header", "shopify", header(SHOPIFY, put(b"\xe9")), "malformed-header"),
    ("a NUL in a header", "shopify", header(SHOPIFY, lambda v: v + b"\0"), "malformed-header"),
    ("another prefix", "github", header(GITHUB, lambda v: v.replace(b"256", b"1")), "malformed-header"),
    ("the prefix alone", "github", header(GITHUB, put(b"sha256=")), "malformed-header"),
    ("capitals", "github", header(GITHUB, lambda v: b"sha256=" + v[7:].upper()), "no-match"),
    ("a huge header", "shopify", header(SHOPIFY, put(b"A" * 9000)), "header-too-large"),
    ("many headers", "shopify", lambda w: replace(w, headers=((b"x", b"y"),) * 300), "too-many-headers"),
    ("a body that is not UTF-8", "stripe", body(lambda b: b"\xff\xfe"), "no-match"),
    ("a form that is not UTF-8", "twilio", body(lambda b: b"a=\xff"), "body-not-utf8"),
    ("a form that says it in percents", "twilio", body(lambda b: b"a=%FF"), "body-not-utf8"),
    ("a form of many fields", "twilio", body(lambda b: b"a&" * 2000), "malformed-body"),
    ("a huge form", "twilio", body(lambda b: b"a" * (1 << 21)), "body-too-large"),
    ("a long address", "twilio", lambda w: replace(w, url="https://a.example/" + "a" * 20_000), "url-too-long"),
    ("an address with surrogates", "twilio", lambda w: replace(w, url="https://a.example/\udcff"), "no-match"),
    ("a body with a BOM", "slack", body(lambda b: b"\xef\xbb\xbf" + b), "no-match"),
    ("an empty body", "slack", body(lambda b: b""), "no-match"),
    ("a huge body", "slack", body(lambda b: bytes(26 << 20)), "body-too-large"),
    ("no JSON", "adyen", body(lambda b: b"["), "malformed-body"),
    ("JSON that is no object", "adyen", body(lambda b: b"5"), "malformed-body"),
    ("no items", "adyen", body(lambda b: b'{"notificationItems":[]}'), "malformed-body"),
    ("items that are none", "adyen", body(lambda b: b'{"notificationItems":[7]}'), "no-signature"),
    ("many items", "adyen", body(lambda b: b'{"notificationItems":[' + b"1," * 200 + b"1]}"), "too-many-items"),
    ("deep JSON", "adyen", body(lambda b: b"[" * 200_000), "malformed-body"),
    ("not a number in JSON", "adyen", body(lambda b: ITEMS.replace(b"1130", b"NaN")), "malformed-body"),
    ("5000 digits", "adyen", body(lambda b: ITEMS.replace(b"1130", b"9" * 5000)), "malformed-body"),
    ("JSON that is not UTF-8", "adyen", body(lambda b: b'{"a":"\xff"}'), "body-not-utf8"),
    ("JSON in UTF-16", "adyen", body(lambda b: ITEMS.decode().encode("utf-16")), "body-not-utf8"),
    ("a name twice", "adyen", body(lambda b: b.replace(b'"success"', b'"success":"no","success"')), "malformed-body"),
    ("a value that is a list", "adyen", body(lambda b: b.replace(b'"P1"', b"[1]")), "malformed-body"),
    ("a value that is a float", "adyen", body(lambda b: b.replace(b"1130", b"1130.0")), "malformed-body"),
    ("a lone surrogate", "adyen", body(lambda b: b.replace(b'"P1"', rb'"\ud800"')), "malformed-body"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "change", "expected"), [case[1:] for case in HOSTILE], ids=[case[0] for case in HOSTILE]
)
def test_the_hostile_set_gives_each_its_reason(name: str, change: Change, expected: str) -> None:
    case = signed(name)
    assert flaw(case) is None
    assert flaw(case, change(case.webhook)) == expected


def test_an_item_that_is_not_signed_cannot_ride_along_with_one_that_is() -> None:
    case = signed("adyen")
    forged = case.webhook.body.replace(b'"notificationItems":[', b'"notificationItems":[' + ITEMS[37:-2] + b",")
    assert forged.count(b"NotificationRequestItem") == 2
    assert flaw(case, replace(case.webhook, body=forged)) is WebhookFlaw.NO_SIGNATURE


def test_a_border_that_moved_between_id_time_and_body_is_no_second_message() -> None:
    # `a` `1700000000` `2.{}` and `a.1700000000` `2` `{}` are one text to the signature.
    case = signed("standard", b"1700000001.{}")
    headers = tuple(
        (h, {b"webhook-id": b"msg_1.1700000000", b"webhook-timestamp": b"1700000001"}.get(h, v))
        for h, v in case.webhook.headers
    )
    assert flaw(case, InboundWebhook(headers, b"{}")) is WebhookFlaw.MALFORMED_HEADER


@pytest.mark.parametrize("secret", ["", " ", "whsec_", "whsec_!!", "whsec_é", "\udcff\ud800"])
def test_a_secret_that_is_none_lets_nobody_in(secret: str) -> None:
    case = signed("standard")
    assert flaw(case, secrets=[secret]) is WebhookFlaw.NO_SECRET
    assert flaw(case, secrets=[secret, case.secret]) is None


def test_no_more_secrets_are_tried_than_the_bound() -> None:
    case = signed("github")
    assert flaw(case, secrets=["other"] * 9 + [case.secret]) is None
    assert flaw(case, secrets=["other"] * 10 + [case.secret]) is WebhookFlaw.NO_MATCH


def test_the_work_for_public_keys_is_bounded() -> None:
    case = signed("standard-v1a")
    many = header(SIGN, lambda v: b" ".join([v] * 8))(case.webhook)
    assert flaw(case, many) is None
    assert flaw(case, many, secrets=[case.secret] * 2) is WebhookFlaw.TOO_MANY_SIGNATURES


VALUES = st.one_of(
    st.binary(max_size=80),
    st.sampled_from(
        [b"v1,AAAA", b"t=1700000000,v1=ab", b"sha256=ab", b"v0=ab", b"1700000000", b"", b" ", b"v1a," + b"A" * 88]
    ),
)
NAMES = sorted(
    {
        name
        for scheme in SCHEMES_TRIED
        for r in [recipe(scheme)]
        for name in (r.header, r.ts_header, r.id_header)
        if name
    }
)
HEADERS = st.lists(st.tuples(st.one_of(st.sampled_from(NAMES), st.binary(max_size=12)), VALUES), max_size=6)
BODIES = st.one_of(
    st.binary(max_size=200),
    st.sampled_from([JSON, FORM, ITEMS, b"[" * 5000, b'{"notificationItems":[{"NotificationRequestItem":{}}]}']),
)
FACTS = {
    "dedupe": {"pointer": "/a", "also": ("/b",)},
    "challenge": {"parameter": "c", "signed": False, "answer": {"a": "{challenge}{hmac_hex}"}},
}


@pytest.mark.parametrize("name", SCHEMES_TRIED)
@given(headers=HEADERS, body=BODIES, url=st.text(max_size=60), secrets=st.lists(st.text(max_size=40), max_size=3))
def test_no_input_raises(
    name: str, headers: list[tuple[bytes, bytes]], body: bytes, url: str, secrets: list[str]
) -> None:
    made = recipe(name, **FACTS)
    webhook = InboundWebhook(headers, body, url)
    verdict = verify(made, webhook, [*secrets, SECRET], NOW)
    assert isinstance(verdict, RefusedWebhook | VerifiedWebhook)
    asked = challenge_answer(made, replace(webhook, url=f"{url}?c={url}"), secrets, is_verified=True)
    assert asked is None or isinstance(asked, RefusedWebhook | WebhookAnswer)
