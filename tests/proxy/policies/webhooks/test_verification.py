"""A webhook is taken for the vendor's own where it is, and refused with one reason where anything is changed."""

import gzip
import hmac
import json
import re
from dataclasses import replace
from hashlib import sha256
from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.proxy.policies.webhooks.signed import (
    ADYEN_KEY,
    JSON,
    NOW,
    SCHEMES_TRIED,
    SECRET,
    SignedCase,
    flaw,
    raw,
    recipe,
    signed,
    verified,
)
from tidegate.proxy.policies.webhooks.verdict import InboundWebhook, WebhookFlaw
from tidegate.proxy.policies.webhooks.verification import verify
from tidegate.simulator.behaviour import signatures
from tidegate.vendor.signature_facts import Scheme

SLACK_BODY = (
    b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar"
    b"&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com"
    b"%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id="
    b"398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
)
TWILIO_URL = "https://mycompany.com/myapp.php?foo=1&bar=2"
TWILIO_CALL = urlencode(
    {
        "CallSid": "CA1234567890ABCDE",
        "Digits": "1234",
        "From": "+14158675309",
        "To": "+18005551212",
        "Caller": "+14158675309",
    }
).encode()
TWILIO_JSON = b'{"property": "value", "boolean": true}'
TWILIO_DIGEST = "bodySHA256=0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620"


def twilio(signature: str, body: bytes = TWILIO_CALL, url: str = TWILIO_URL) -> SignedCase:
    """One of the vectors of Twilio's own libraries, whose token is 12345."""
    return SignedCase(
        recipe("twilio"), InboundWebhook(((b"x-twilio-signature", signature.encode()),), body, url), "12345"
    )


# --- the vendors' own vectors ----------------------------------------------------------------------------------------


def test_githubs_example_is_verified() -> None:
    mark = b"sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
    webhook = InboundWebhook(((b"X-Hub-Signature-256", mark),), b"Hello, World!")
    assert flaw(SignedCase(recipe("github"), webhook, "It's a Secret to Everybody")) is None


def test_slacks_example_is_verified() -> None:
    headers = (
        (b"X-Slack-Signature", b"v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"),
        (b"X-Slack-Request-Timestamp", b"1531420618"),
    )
    case = SignedCase(recipe("slack"), InboundWebhook(headers, SLACK_BODY), "8f742231b10e8888abcd99yyyzzz85a5")
    assert verified(case, now=1531420620.5).skew_s == 2.5


def test_the_example_of_standard_webhooks_is_verified() -> None:
    headers = (
        (b"Webhook-Id", b"msg_p5jXN8AQM9LWM0D4loKWxJek"),
        (b"webhook-timestamp", b"1614265330"),
        (b"webhook-signature", b"v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="),
    )
    case = SignedCase(recipe("standard"), InboundWebhook(headers, b'{"test": 2432232314}'), SECRET)
    assert verified(case, now=1614265330).timestamp == 1614265330


@pytest.mark.parametrize(
    "case",
    [
        twilio("RSOYDt4T1cUTdK1PDd93/VVr8B8="),
        twilio("IK+Dwps556ElfBT0I3Rgjkr1wJU=", b"Sid=CA123&SidAccount=AC123&Digits=5678&Digits=1234&Digits=1234"),
        twilio("a9nBmqA0ju/hNViExpshrM61xv4=", TWILIO_JSON, f"{TWILIO_URL}&{TWILIO_DIGEST}"),
        twilio("y77kIzt2vzLz71DgmJGsen2scGs=", TWILIO_JSON, f"https://mycompany.com/myapp.php?{TWILIO_DIGEST}"),
        twilio("RSOYDt4T1cUTdK1PDd93/VVr8B8=", url=TWILIO_URL.replace(".com", ".com:1234")),
        twilio("Zmvh+3yNM1Phv2jhDCwEM3q5ebU=", url=TWILIO_URL.replace(".com", ".com:1234").replace("https", "http")),
        twilio("kvajT1Ptam85bY51eRf/AJRuM3w="),
        twilio("0ZXoZLH/DfblKGATFgpif+LLRf4=", url=TWILIO_URL.replace("https", "http")),
    ],
    ids=["form", "repeated-names", "json", "json-alone", "port-removed", "port-removed-http", "port-443", "port-80"],
)
def test_twilios_vectors_are_verified(case: SignedCase) -> None:
    assert flaw(case) is None


def test_twilios_json_is_refused_where_the_body_is_another() -> None:
    case = twilio("a9nBmqA0ju/hNViExpshrM61xv4=", TWILIO_JSON + b" ", f"{TWILIO_URL}&{TWILIO_DIGEST}")
    assert flaw(case) is WebhookFlaw.DIGEST_MISMATCH
    assert flaw(twilio("RSOYDt4T1cUTdK1PDd93/VVr8B8=", TWILIO_JSON)) is WebhookFlaw.NO_MATCH


def test_adyens_example_is_verified() -> None:
    item = {
        "pspReference": "7914073381342284",
        "merchantAccountCode": "TestMerchant",
        "merchantReference": "TestPayment-1407325143704",
        "amount": {"value": 1130, "currency": "EUR"},
        "eventCode": "AUTHORISATION",
        "success": "true",
        "additionalData": {"hmacSignature": "coqCmt/IZ4E3CzPvMY8zTjQVL5hYJUiBRg8UU+iCWo0="},
    }
    body = json.dumps({"notificationItems": [{"NotificationRequestItem": item}]}).encode()
    assert flaw(SignedCase(recipe("adyen"), InboundWebhook((), body), ADYEN_KEY)) is None


# --- every scheme, as the simulator signs it -------------------------------------------------------------------------


@pytest.mark.parametrize("name", SCHEMES_TRIED)
def test_what_the_simulator_signs_is_verified(name: str) -> None:
    case = signed(name)
    verdict = verified(case, now=NOW + 3)
    assert verdict.secret == 0
    assert (verdict.timestamp, verdict.skew_s) == ((NOW, 3) if case.recipe.grammar.is_timed else (None, None))
    assert verdict.body_sha256 == sha256(case.webhook.body).hexdigest()
    assert signed(name).webhook == case.webhook, "the same text is signed alike each time"


@pytest.mark.parametrize("name", SCHEMES_TRIED)
@given(data=st.data())
def test_one_flipped_bit_of_what_is_signed_refuses_it(name: str, data: st.DataObject) -> None:
    case = signed(name)
    webhook, of = case.webhook, case.recipe
    spans: list[tuple[int, int, int]] = [
        (n, 0, len(value))
        for n, (header, value) in enumerate(webhook.headers)
        if header.lower() in {of.header, of.ts_header, of.id_header}
    ]
    if of.grammar.pointer is None:
        spans.append((-1, 0, len(webhook.body)))
    else:
        spans += [(-1, *match.span(1)) for match in COVERED.finditer(webhook.body)]
    n, begin, end = data.draw(st.sampled_from(spans))
    place, bit = data.draw(st.integers(begin, end - 1)), data.draw(st.integers(0, 7))
    changed = _flipped(webhook, n, place, bit)
    assume("sorted_form" not in of.grammar.signed or _fields(changed.body) != _fields(webhook.body) or n >= 0)
    assert flaw(case, changed) is not None


COVERED = re.compile(rb'"(?:hmacSignature|signature|timestamp|token|pspReference|currency|success)":"([^"]+)"')
"""The signature in a body, and some of what it covers."""


def _flipped(webhook: InboundWebhook, n: int, place: int, bit: int) -> InboundWebhook:
    def flip(text: bytes) -> bytes:
        return text[:place] + bytes([text[place] ^ (1 << bit)]) + text[place + 1 :]

    if n < 0:
        return replace(webhook, body=flip(webhook.body))
    changed = tuple((header, flip(value) if m == n else value) for m, (header, value) in enumerate(webhook.headers))
    return replace(webhook, headers=changed)


def _fields(body: bytes) -> list[tuple[str, str]]:
    """What a form says: it has several spellings."""
    try:
        return sorted(parse_qsl(body.decode(), keep_blank_values=True, errors="strict"))
    except ValueError:
        return []


@given(body=st.binary(max_size=40), n=st.integers(0, 1000))
def test_twilios_json_is_verified_as_the_simulator_signs_it_and_no_other_body(body: bytes, n: int) -> None:
    case = signed("twilio", body, url=signatures.address("twilio", "https://a.example/x", body))
    assert flaw(case) is None
    assert flaw(case, replace(case.webhook, body=body + b" ")) is WebhookFlaw.DIGEST_MISMATCH
    place = n % len(case.webhook.url)
    url = case.webhook.url[:place] + chr(ord(case.webhook.url[place]) ^ 1) + case.webhook.url[place + 1 :]
    assert flaw(case, replace(case.webhook, url=url)) is not None


@pytest.mark.parametrize("name", SCHEMES_TRIED)
def test_another_secret_or_none_refuses_it(name: str) -> None:
    case = signed(name)
    other = case.secret[:-2] + ("ab" if case.secret[-2:] != "ab" else "cd")
    assert flaw(case, secrets=[other]) in {WebhookFlaw.NO_MATCH, WebhookFlaw.NO_SECRET}
    for none in ([], [""], ["  \n"]):
        assert flaw(case, secrets=none) is WebhookFlaw.NO_SECRET


@pytest.mark.parametrize("name", SCHEMES_TRIED)
def test_each_of_several_secrets_counts_while_they_are_rotated(name: str) -> None:
    case = signed(name)
    other = "ab" * 32 if case.recipe.grammar.key_decoding == "hex" else case.secret.swapcase()
    verdict = verify(case.recipe, case.webhook, ["", other, case.secret], NOW)
    assert getattr(verdict, "secret", None) == 2, "the place in the list that was given, empty ones counted"


def test_two_signatures_count_while_the_vendor_rotates() -> None:
    message = signatures.WebhookMessage("", JSON, NOW, "msg_1")
    names: tuple[Scheme, ...] = ("stripe", "standard")
    for name in names:
        headers = raw(signatures.headers(name, message, (SECRET, "whsec_" + "QUJD" * 8)))
        case = SignedCase(recipe(name), InboundWebhook(headers, JSON), SECRET)
        assert flaw(case) is None
        assert flaw(case, secrets=["whsec_" + "QUJD" * 8]) is None


# --- time ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (NOW + 300, None),
        (NOW + 300.1, WebhookFlaw.TOO_OLD),
        (NOW - 300, None),
        (NOW - 300.1, WebhookFlaw.TOO_NEW),
        (NOW + 1e15, WebhookFlaw.TOO_OLD),
    ],
)
def test_the_time_counts_both_ways(now: float, expected: WebhookFlaw | None) -> None:
    for name in ("stripe", "slack", "standard", "standard-v1a", "svix", "hubspot"):
        assert flaw(signed(name), now=now) is expected


def test_a_stale_one_tells_its_skew_and_a_forged_one_nothing() -> None:
    case = signed("stripe", at=NOW - 900)
    verdict = verify(case.recipe, case.webhook, [case.secret], NOW)
    assert (getattr(verdict, "flaw", None), getattr(verdict, "skew_s", None)) == (WebhookFlaw.TOO_OLD, 900)
    forged = verify(case.recipe, case.webhook, ["whsec_other"], NOW)
    assert (getattr(forged, "flaw", None), getattr(forged, "skew_s", 0)) == (WebhookFlaw.NO_MATCH, None)


def test_the_vendor_files_tolerance_counts() -> None:
    case = signed("stripe", tolerance="10s")
    assert flaw(case, now=NOW + 10) is None
    assert flaw(case, now=NOW + 11) is WebhookFlaw.TOO_OLD


def test_a_body_is_verified_as_it_came_and_never_unpacked() -> None:
    packed = gzip.compress(JSON)
    assert flaw(signed("stripe", packed)) is None, "the vendor signed the packed bytes"
    case = signed("stripe")
    assert flaw(case, replace(case.webhook, body=packed)) is WebhookFlaw.NO_MATCH
    assert flaw(case, replace(case.webhook, body=b"\xef\xbb\xbf" + JSON)) is WebhookFlaw.NO_MATCH


@pytest.mark.parametrize(
    ("time", "expected"),
    [
        (b"2023-11-14T22:13:20.634234626Z", None),
        (b"2023-11-14t23:13:20+01:00", None),
        (b"2023-11-14T22:13:20", WebhookFlaw.MALFORMED_TIMESTAMP),
        (b"1700000000", WebhookFlaw.MALFORMED_TIMESTAMP),
        (b"2023-02-30T00:00:00Z", WebhookFlaw.MALFORMED_TIMESTAMP),
        (b"0001-01-01T00:00:00+23:59", WebhookFlaw.TOO_OLD),
        (b"2023-11-14T22:19:20Z", WebhookFlaw.TOO_NEW),
    ],
)
def test_a_time_may_be_written_as_rfc_3339_has_it(time: bytes, expected: WebhookFlaw | None) -> None:
    case = signed("twitch")
    message = b"msg_1" + time + case.webhook.body
    lines = {
        "twitch-eventsub-message-id": "msg_1",
        "Twitch-Eventsub-Message-Timestamp": time.decode(),
        "Twitch-Eventsub-Message-Signature": "sha256=" + hmac.digest(case.secret.encode(), message, "sha256").hex(),
    }
    assert flaw(case, replace(case.webhook, headers=raw(lines))) is expected
