"""The vendors' own libraries are asked the same as we are, about what the simulator signed and about what was changed.

Where they differ, we are the stricter ones, and each difference stands here with its reason.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, tzinfo
from typing import Any
from urllib.parse import parse_qs, urlencode

import pytest
import standardwebhooks.webhooks
import stripe
from hypothesis import given
from hypothesis import strategies as st
from slack_sdk.signature import Clock, SignatureVerifier
from standardwebhooks.webhooks import Webhook
from twilio.request_validator import RequestValidator

from tests.proxy.policies.webhooks.signed import NOW, SECRET, SignedCase, flaw, recipe, signed
from tidegate.proxy.policies.webhooks.standard_webhooks import sign, signing_keys
from tidegate.proxy.policies.webhooks.verdict import InboundWebhook, WebhookFlaw


class Stopped(Clock):
    """Slack's clock, stopped."""

    def now(self) -> float:
        return float(NOW)


class StoppedDatetime(datetime):
    """The clock of the library of Standard Webhooks, stopped."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> "StoppedDatetime":
        return cls.fromtimestamp(NOW, tz)


@pytest.fixture(autouse=True, scope="module")
def stopped_clocks() -> Any:
    """Libraries that ask the time are told ours."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(standardwebhooks.webhooks, "datetime", StoppedDatetime)
        patch.setattr("stripe._webhook.time.time", lambda: float(NOW))
        yield


def told(case: SignedCase, name: str) -> str:
    """A header's value."""
    return next((v.decode("latin-1") for h, v in case.webhook.headers if h.lower() == name.encode()), "")


def stripe_accepts(case: SignedCase) -> bool:
    try:
        body, header = case.webhook.body.decode(), told(case, "stripe-signature")
        return bool(stripe.WebhookSignature.verify_header(body, header, case.secret, tolerance=300))
    except stripe.SignatureVerificationError:
        return False


def slack_accepts(case: SignedCase) -> bool:
    names = ("x-slack-signature", "x-slack-request-timestamp")
    headers = {name: value for name in names if (value := told(case, name))}
    return SignatureVerifier(case.secret, Stopped()).is_valid_request(case.webhook.body, headers)


def twilio_accepts(case: SignedCase) -> bool:
    fields = parse_qs(case.webhook.body.decode(), keep_blank_values=True)
    text = case.webhook.body.decode()
    params: Any = text if "bodySHA256" in case.webhook.url else Several(fields)
    return bool(RequestValidator(case.secret).validate(case.webhook.url, params, told(case, "x-twilio-signature")))


class Several(dict[str, list[str]]):
    """A form as Django has it."""

    def getlist(self, name: str) -> list[str]:
        return self[name]


def standard_accepts(case: SignedCase) -> bool:
    headers = {h.decode(): v.decode("latin-1") for h, v in case.webhook.headers}
    try:
        Webhook(case.secret).verify(case.webhook.body, headers, json_parse=False)
    except (standardwebhooks.webhooks.WebhookVerificationError, ValueError):
        return False  # ValueError: it lets bad base64, and a part without a comma, out as they are
    return True


ORACLES: dict[str, Callable[[SignedCase], bool]] = {
    "stripe": stripe_accepts,
    "slack": slack_accepts,
    "twilio": twilio_accepts,
    "standard": standard_accepts,
}


def changed(case: SignedCase, change: str) -> SignedCase:
    """The same, with one thing changed; `nothing` changes nothing that counts."""
    webhook = case.webhook
    headers = webhook.headers

    def sign_with(text: Callable[[bytes], bytes]) -> InboundWebhook:
        return replace(webhook, headers=tuple((h, text(v) if b"ignature" in h else v) for h, v in headers))

    match change:
        case "body":
            return replace(case, webhook=replace(webhook, body=webhook.body + b"&x=1"))
        case "secret":
            return replace(case, secret=case.secret[:-4] + "AAAA")
        case "cut":
            return replace(case, webhook=sign_with(lambda v: v[:-1]))
        case "last":
            return replace(case, webhook=sign_with(lambda v: v[:-3] + bytes([v[-3] ^ 1]) + v[-2:]))
        case "shouted":
            return replace(case, webhook=sign_with(bytes.upper))
        case "gone":
            return replace(case, webhook=replace(webhook, headers=()))
        case _:
            return case


CHANGES = ["nothing", "body", "secret", "cut", "last", "shouted", "gone"]


@pytest.mark.parametrize("name", ORACLES)
@given(
    words=st.lists(st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=20), max_size=4),
    age_s=st.sampled_from([0, 299, 301, 100_000]),
    change=st.sampled_from(CHANGES),
)
def test_a_library_and_we_say_the_same(name: str, words: list[str], age_s: int, change: str) -> None:
    body = urlencode([("a", word) for word in words]).encode() if name == "twilio" else "".join(words).encode()
    case = changed(signed(name, body, at=NOW - age_s), change)
    assert (flaw(case) is None) is ORACLES[name](case)
    if change == "nothing" and (age_s < 300 or name == "twilio"):
        assert flaw(case) is None


def test_twilios_library_and_we_say_the_same_of_json() -> None:
    digest = "0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620"
    url = f"https://mycompany.com/myapp.php?foo=1&bar=2&bodySHA256={digest}"
    headers = ((b"X-Twilio-Signature", b"a9nBmqA0ju/hNViExpshrM61xv4="),)
    right = SignedCase(
        recipe("twilio"), InboundWebhook(headers, b'{"property": "value", "boolean": true}', url), "12345"
    )
    for case in (right, replace(right, webhook=replace(right.webhook, body=b"{}")), replace(right, secret="1")):
        assert (flaw(case) is None) is twilio_accepts(case)
    assert flaw(right) is None


def test_what_we_sign_is_accepted_with_any_of_our_secrets_and_no_other() -> None:
    other = "whsec_" + "QUJD" * 8
    headers = sign(signing_keys([other, SECRET]), "msg_7", b"{}", NOW + 0.9)
    raw = tuple((h.encode(), v.encode()) for h, v in headers.items())
    case = SignedCase(recipe("standard"), InboundWebhook(raw, b"{}"), SECRET)
    assert flaw(case) is None
    assert flaw(replace(case, secret=other)) is None
    for secret, accepted in ((SECRET, True), (other, True), ("whsec_" + "QUJE" * 8, False)):
        assert standard_accepts(replace(case, secret=secret)) is accepted
    assert not standard_accepts(replace(case, webhook=replace(case.webhook, body=b"[]")))


# --- where we are stricter -------------------------------------------------------------------------------------------


def with_value(case: SignedCase, name: str, value: bytes) -> SignedCase:
    """One header's value replaced."""
    headers = tuple((h, value if h.lower() == name.encode() else v) for h, v in case.webhook.headers)
    return replace(case, webhook=replace(case.webhook, headers=headers))


def test_stripes_library_takes_webhooks_from_the_future() -> None:
    # A clock of ours that is behind by hours would let a replay live for hours longer.
    case = signed("stripe", at=NOW + 301)
    assert stripe_accepts(case)
    assert flaw(case) is WebhookFlaw.TOO_NEW


def test_stripes_library_takes_a_second_time_and_a_number_as_python_writes_it() -> None:
    case = signed("stripe")
    value = told(case, "stripe-signature").encode()
    for odd, expected in (
        (value + b",t=5", WebhookFlaw.MALFORMED_HEADER),
        (value.replace(b"t=1700000000", b"t=1_700_000_000"), WebhookFlaw.MALFORMED_TIMESTAMP),
    ):
        other = with_value(case, "stripe-signature", odd)
        assert stripe_accepts(other)
        assert flaw(other) is expected


def test_the_library_of_standard_webhooks_takes_a_float_and_an_id_with_a_full_stop() -> None:
    # The time is signed as a whole number, so a part of a second is not signed; an id with a full stop moves a border.
    half = with_value(signed("standard"), "webhook-timestamp", b"1700000000.9")
    assert standard_accepts(half)
    assert flaw(half) is WebhookFlaw.MALFORMED_TIMESTAMP
    moved = with_value(signed("standard", b"5.{}"), "webhook-id", b"msg_1.1700000000")
    moved = with_value(replace(moved, webhook=replace(moved.webhook, body=b"{}")), "webhook-timestamp", b"5")
    assert flaw(moved) is WebhookFlaw.MALFORMED_HEADER


def test_the_library_of_standard_webhooks_takes_base64_in_several_spellings() -> None:
    # The last letter before the padding holds bits that decode to nothing: four spellings of one signature.
    case = signed("standard")
    value = told(case, "webhook-signature").encode()
    alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    spelled = value[:-2] + alphabet[alphabet.index(value[-2]) ^ 1 :][:1] + value[-1:]
    other = with_value(case, "webhook-signature", spelled)
    assert standard_accepts(other)
    assert flaw(other) is WebhookFlaw.NO_MATCH


def test_slacks_library_raises_where_the_time_is_none() -> None:
    case = with_value(signed("slack"), "x-slack-request-timestamp", b"soon")
    with pytest.raises(ValueError, match="invalid literal"):
        slack_accepts(case)
    assert flaw(case) is WebhookFlaw.MALFORMED_TIMESTAMP
