"""Every signature is accepted by the vendor's own SDK, where it has one, and refused when anything is changed."""

import base64
import hmac
import json
from hashlib import sha256
from typing import get_args

import pytest
import stripe
from slack_sdk.signature import Clock, SignatureVerifier
from twilio.request_validator import RequestValidator

from tidegate.simulator.behaviour.signatures import (
    SCHEMES,
    WebhookMessage,
    address,
    headers,
    private_key,
    sealed,
)
from tidegate.vendor.signature_facts import Scheme

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
BODY = b'{"id":"evt_1","object":"event","type":"a.b"}'
MESSAGE = WebhookMessage("https://app.example/hooks?a=b", BODY, 1_700_000_000, "msg_1")


class Stopped(Clock):
    """The vendor's clock."""

    def now(self) -> float:
        return float(MESSAGE.at)


def test_every_scheme_that_a_vendor_file_may_name_is_there() -> None:
    assert set(SCHEMES) == set(get_args(Scheme))


def test_stripes_sdk_accepts_it_with_either_secret_while_they_are_rotated() -> None:
    signature = headers("stripe", MESSAGE, ("whsec_new", SECRET))["Stripe-Signature"]
    for secret in ("whsec_new", SECRET):
        assert stripe.WebhookSignature.verify_header(BODY.decode(), signature, secret)
    for body, secret in ((BODY + b" ", SECRET), (BODY, "whsec_other")):
        with pytest.raises(stripe.SignatureVerificationError):
            stripe.WebhookSignature.verify_header(body.decode(), signature, secret)


def test_slacks_sdk_accepts_it_and_no_other() -> None:
    signed = headers("slack", MESSAGE, (SECRET,))
    assert SignatureVerifier(SECRET, Stopped()).is_valid_request(BODY, signed)
    assert not SignatureVerifier(SECRET, Stopped()).is_valid_request(BODY + b" ", signed)
    assert not SignatureVerifier("other", Stopped()).is_valid_request(BODY, signed)


def test_twilios_sdk_accepts_it_and_no_other() -> None:
    fields = {"MessageSid": "SM1", "Body": "a b&c", "Empty": ""}
    message = WebhookMessage(MESSAGE.url, b"MessageSid=SM1&Body=a+b%26c&Empty=", 0, "")
    signature = headers("twilio", message, (SECRET,))["X-Twilio-Signature"]
    assert RequestValidator(SECRET).validate(MESSAGE.url, fields, signature)
    assert not RequestValidator(SECRET).validate(MESSAGE.url, {**fields, "Body": "x"}, signature)


def test_twilios_sdk_accepts_json_by_its_digest_in_the_address_and_no_other() -> None:
    url = address("twilio", MESSAGE.url, BODY)
    assert url.startswith(f"{MESSAGE.url}&bodySHA256=")
    assert address("twilio", "https://app.example", BODY).startswith("https://app.example?bodySHA256=")
    signature = headers("twilio", WebhookMessage(url, BODY, 0, ""), (SECRET,))["X-Twilio-Signature"]
    assert RequestValidator(SECRET).validate(url, BODY.decode(), signature)
    assert not RequestValidator(SECRET).validate(url, BODY.decode() + " ", signature)


def test_twilio_signs_a_value_that_stands_twice_once() -> None:
    one, other = (WebhookMessage(MESSAGE.url, body, 0, "") for body in (b"a=1&a=2&a=1", b"a=2&a=1"))
    assert headers("twilio", one, (SECRET,)) == headers("twilio", other, (SECRET,))


def test_no_other_scheme_changes_the_address() -> None:
    assert {address(name, "https://a.example", BODY) for name in SCHEMES if name != "twilio"} == {"https://a.example"}  # type: ignore[arg-type]  # names
    assert address(None, "https://a.example", BODY) == "https://a.example"


def test_a_key_that_is_written_otherwise_is_made_from_its_letters() -> None:
    public = [private_key(secret).public_key().public_bytes_raw() for secret in ("whsk_" + "QUJD" * 11, "a", "b", "a")]
    assert public[1] == public[3]
    assert len(set(public)) == 3
    signature = headers("standard-v1a", MESSAGE, ("a",))["webhook-signature"].removeprefix("v1a,")
    signed = b"msg_1.%d.%b" % (MESSAGE.at, BODY)
    private_key("a").public_key().verify(base64.b64decode(signature), signed)


def test_githubs_is_the_one_of_its_own_example() -> None:
    # docs.github.com, validating webhook deliveries: the values to test an implementation with
    message = WebhookMessage("", b"Hello, World!", 0, "")
    signed = headers("github", message, ("It's a Secret to Everybody",))
    assert signed["X-Hub-Signature-256"] == "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"


def test_shopifys_is_base64_of_the_bodys_hmac() -> None:
    signature = headers("shopify", MESSAGE, (SECRET,))["X-Shopify-Hmac-SHA256"]
    assert base64.b64decode(signature) == hmac.new(SECRET.encode(), BODY, sha256).digest()


def test_standard_webhooks_is_the_one_of_its_own_example() -> None:
    # the example of the Standard Webhooks reference libraries
    message = WebhookMessage("", b'{"test": 2432232314}', 1614265330, "msg_p5jXN8AQM9LWM0D4loKWxJek")
    signed = headers("standard", message, (SECRET,))
    assert signed == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


def test_adyens_stands_in_each_item_and_covers_its_fields() -> None:
    key = "44782DEF547AAA06C910C43932B1EB0C71FC68D9D0C057550C48EC2ACF6BA056"
    item = {
        "pspReference": "7914073381342284",
        "merchantAccountCode": "TestMerchant",
        "merchantReference": "TestPayment-1407325143704",
        "amount": {"value": 1130, "currency": "EUR"},
        "eventCode": "AUTHORISATION",
        "success": "true",
    }
    body = json.dumps({"notificationItems": [{"NotificationRequestItem": item}]}).encode()
    sent = json.loads(sealed("adyen", body, (key,)))["notificationItems"][0]["NotificationRequestItem"]
    signed = "7914073381342284::TestMerchant:TestPayment-1407325143704:1130:EUR:AUTHORISATION:true"
    right = base64.b64encode(hmac.new(bytes.fromhex(key), signed.encode(), sha256).digest()).decode()
    assert sent["additionalData"] == {"hmacSignature": right}
    assert headers("adyen", MESSAGE, (key,)) == {}


def test_without_a_secret_or_a_scheme_nothing_is_signed() -> None:
    assert headers("stripe", MESSAGE, ()) == headers(None, MESSAGE, (SECRET,)) == {}
    assert sealed("adyen", BODY, ()) == sealed("stripe", BODY, (SECRET,)) == BODY
