"""What the inbox posts is known by its signature, as the library of Standard Webhooks makes it, and nothing else is."""

import base64
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook

from tidegate.adapters.webhook_signature import SIGNATURES_MAX, SignatureRefused, WebhookVerifier

NOW = 1_767_225_600.0
OLD, NEW = ("whsec_" + base64.b64encode(bytes([n]) * 32).decode() for n in (1, 2))
BODY = b'{"id": 1}'


def signed(secret: str = NEW, at: float = NOW, body: bytes = BODY, name: str = "whd_1") -> dict[str, str]:
    signature = Webhook(secret).sign(name, datetime.fromtimestamp(at, UTC), body.decode())
    return {"webhook-id": name, "webhook-timestamp": str(int(at)), "webhook-signature": signature}


def refusal(headers: dict[str, str], body: bytes = BODY) -> str:
    with pytest.raises(SignatureRefused) as refused:
        WebhookVerifier([NEW]).verify(headers, body, NOW)
    return str(refused.value)


def test_a_post_is_known_by_the_signature_of_either_secret() -> None:
    verifier = WebhookVerifier([NEW, OLD])
    for secret in (NEW, OLD):
        assert verifier.verify(signed(secret), BODY, NOW).id == "whd_1"


def test_one_signature_of_several_is_enough() -> None:
    both = f"v1a,zzzz {signed(OLD)['webhook-signature']} {signed()['webhook-signature']}"
    assert WebhookVerifier([NEW]).verify({**signed(), "webhook-signature": both}, BODY, NOW).body == BODY


def test_the_librarys_own_example_is_known() -> None:
    headers = {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }
    verifier = WebhookVerifier(["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"])
    assert verifier.verify(headers, b'{"test": 2432232314}', 1614265330.0).id == headers["webhook-id"]


def test_what_another_secret_signed_or_anybody_changed_is_refused() -> None:
    assert refusal(signed(OLD)) == "no signature fits"
    assert refusal(signed(), BODY + b" ") == "no signature fits"
    assert refusal({**signed(), "webhook-id": "whd_2"}) == "no signature fits"
    assert refusal({**signed(), "webhook-signature": signed()["webhook-signature"].replace("v1,", "v2,")})
    assert refusal({}) == "it has no signature"


@pytest.mark.parametrize("late_s", [-301.0, 301.0])
def test_a_post_of_another_time_is_refused(late_s: float) -> None:
    assert refusal(signed(at=NOW + late_s)) == "its time is not now"


@pytest.mark.parametrize("stamp", ["", "-5", "1e9", "٣", "9" * 13])
def test_a_time_that_is_none_is_refused(stamp: str) -> None:
    assert refusal({**signed(), "webhook-timestamp": stamp}) == "it has no time"


def test_no_more_signatures_are_tried_than_anybody_sends() -> None:
    many = " ".join(["v1,AAAA"] * SIGNATURES_MAX + [signed()["webhook-signature"]])
    assert refusal({**signed(), "webhook-signature": many}) == "no signature fits"


@pytest.mark.parametrize("secrets", [[], ["whsec_"], ["whsec_AAAA"], ["whsec_*"], [OLD, "secret"]])
def test_a_secret_that_is_none_is_told_at_the_start(secrets: list[str]) -> None:
    with pytest.raises(ValueError, match="secret"):
        WebhookVerifier(secrets)


@given(st.text(max_size=60), st.text(max_size=60), st.binary(max_size=60))
def test_whatever_is_sent_is_refused_and_nothing_else_happens(name: str, signature: str, body: bytes) -> None:
    headers = {"webhook-id": name, "webhook-timestamp": str(int(NOW)), "webhook-signature": signature}
    with pytest.raises(SignatureRefused):
        WebhookVerifier([NEW]).verify(headers, body, NOW)
