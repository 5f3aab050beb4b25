"""How vendors sign their webhooks, each as its own documentation says. Written from their pages, shared with nobody.

A signature is headers, except Adyen's, which stands in the body.
"""

import hmac
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from binascii import unhexlify
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha1, sha256
from typing import Any
from urllib.parse import parse_qsl

import orjson

from tidegate.vendor.webhook_facts import Scheme


@dataclass(frozen=True, slots=True)
class WebhookMessage:
    """What is to be signed. `at` is the vendor's clock in whole seconds since 1970, `name` the delivery's id."""

    url: str
    body: bytes
    at: int
    name: str


Headers = dict[str, str]


def _hex(secret: bytes, text: bytes) -> str:
    return hmac.new(secret, text, sha256).hexdigest()


def _base64(secret: bytes, text: bytes) -> str:
    return b64encode(hmac.new(secret, text, sha256).digest()).decode()


def _stripe(letter: WebhookMessage, secrets: tuple[str, ...]) -> Headers:
    """docs.stripe.com/webhooks: `t=…,v1=…`, one v1 for each secret while one replaces another."""
    signed = b"%d.%b" % (letter.at, letter.body)
    marks = "".join(f",v1={_hex(secret.encode(), signed)}" for secret in secrets)
    return {"Stripe-Signature": f"t={letter.at}{marks}"}


def _github(letter: WebhookMessage, secrets: tuple[str, ...]) -> Headers:
    """docs.github.com: webhooks, validating deliveries."""
    secret = secrets[0].encode()
    old = hmac.new(secret, letter.body, sha1).hexdigest()
    return {"X-Hub-Signature": f"sha1={old}", "X-Hub-Signature-256": f"sha256={_hex(secret, letter.body)}"}


def _slack(letter: WebhookMessage, secrets: tuple[str, ...]) -> Headers:
    """api.slack.com: verifying requests from Slack."""
    signed = b"v0:%d:%b" % (letter.at, letter.body)
    mark = _hex(secrets[0].encode(), signed)
    return {"X-Slack-Request-Timestamp": str(letter.at), "X-Slack-Signature": f"v0={mark}"}


def _twilio(letter: WebhookMessage, secrets: tuple[str, ...]) -> Headers:
    """www.twilio.com/docs/usage/webhooks/webhooks-security: the address and the form's fields, sorted; HMAC-SHA1."""
    fields = parse_qsl(letter.body.decode(), keep_blank_values=True)
    signed = letter.url + "".join(name + value for name, value in sorted(fields))
    mark = hmac.new(secrets[0].encode(), signed.encode(), sha1).digest()
    return {"X-Twilio-Signature": b64encode(mark).decode()}


def _shopify(letter: WebhookMessage, secrets: tuple[str, ...]) -> Headers:
    """shopify.dev: webhooks over HTTPS, verify the HMAC."""
    return {"X-Shopify-Hmac-SHA256": _base64(secrets[0].encode(), letter.body)}


def _standard(letter: WebhookMessage, secrets: tuple[str, ...]) -> Headers:
    """standardwebhooks.com: `v1,` and base64 of id, time and body under the secret that stands behind `whsec_`."""
    signed = b"%b.%d.%b" % (letter.name.encode(), letter.at, letter.body)
    marks = [f"v1,{_base64(_decoded(secret), signed)}" for secret in secrets]
    return {"webhook-id": letter.name, "webhook-timestamp": str(letter.at), "webhook-signature": " ".join(marks)}


def _decoded(secret: str) -> bytes:
    try:
        return b64decode(secret.removeprefix("whsec_"), validate=True)
    except (Base64Error, ValueError):
        return secret.encode()


_SIGNERS: Mapping[Scheme, Callable[[WebhookMessage, tuple[str, ...]], Headers]] = {
    "stripe": _stripe,
    "github": _github,
    "slack": _slack,
    "twilio": _twilio,
    "shopify": _shopify,
    "standard": _standard,
    "adyen": lambda _letter, _secrets: {},
}

ADYEN_FIELDS = (
    "pspReference",
    "originalReference",
    "merchantAccountCode",
    "merchantReference",
    "amount/value",
    "amount/currency",
    "eventCode",
    "success",
)
"""docs.adyen.com: verify HMAC signatures of standard webhooks; joined by colons."""


def headers(scheme: Scheme | None, letter: WebhookMessage, secrets: tuple[str, ...]) -> Headers:
    """The headers that prove who sent it; none where nothing is signed."""
    return _SIGNERS[scheme](letter, secrets) if scheme is not None and secrets else {}


def sealed(scheme: Scheme | None, body: bytes, secrets: tuple[str, ...]) -> bytes:
    """The body with its signature, where the scheme puts it there: Adyen's, in each item's additionalData."""
    if scheme != "adyen" or not secrets:
        return body
    told: Any = orjson.loads(body)
    for listed in told.get("notificationItems", ()):
        item = listed["NotificationRequestItem"]
        signed = ":".join(_field(item, path) for path in ADYEN_FIELDS)
        data = {**item.get("additionalData", {}), "hmacSignature": _base64(_key(secrets[0]), signed.encode())}
        listed["NotificationRequestItem"] = {**item, "additionalData": data}
    return orjson.dumps(told)


def _key(secret: str) -> bytes:
    """Adyen's keys are written in hexadecimal digits."""
    try:
        return unhexlify(secret)
    except ValueError:
        return secret.encode()


def _field(item: Mapping[str, Any], path: str) -> str:
    here: Any = item
    for step in path.split("/"):
        here = here.get(step, "") if isinstance(here, Mapping) else ""
    return str(here)
