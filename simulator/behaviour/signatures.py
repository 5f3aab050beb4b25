"""Signature schemes: how each vendor signs its webhooks, written from its own page and shared with nobody.

A scheme is one class here, which registers itself under the name that vendor files use for it (`webhooks.scheme`). A
signature stands in headers, except Adyen's, which stands in the body. docs/contributing/signature-scheme.md adds one.
"""

import hmac
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha1, sha256
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

import orjson

from tidegate.vendor.signature_facts import KeyDecoding, Scheme

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

Headers = dict[str, str]


@dataclass(frozen=True, slots=True)
class WebhookMessage:
    """The message that is signed. `at` is the vendor's clock in whole seconds since 1970, `name` the delivery's id."""

    url: str
    body: bytes
    at: int
    name: str


class SignatureScheme:
    """A scheme that signs nothing. Each scheme overrides what it does; `secrets` has one at least, the newest first."""

    def address(self, url: str, body: bytes) -> str:
        """The address as it is called, for a body that is no form."""
        del body
        return url

    def headers(self, message: WebhookMessage, secrets: tuple[str, ...]) -> Headers:
        """The headers that prove who sent the message."""
        del message, secrets
        return {}

    def sealed(self, body: bytes, secrets: tuple[str, ...]) -> bytes:
        """The body with its signature, where the scheme puts it there."""
        del secrets
        return body


SCHEMES: dict[str, SignatureScheme] = {}
"""Every scheme by its name."""


def signature_scheme(name: Scheme) -> Callable[[type[SignatureScheme]], type[SignatureScheme]]:
    """Registers a class as the scheme of this name."""

    def register(scheme: type[SignatureScheme]) -> type[SignatureScheme]:
        SCHEMES[name] = scheme()
        return scheme

    return register


def address(scheme: SignatureScheme | Scheme | None, url: str, body: bytes) -> str:
    """The address as the vendor calls it with a body that is no form."""
    return _scheme(scheme).address(url, body) if scheme is not None else url


def headers(scheme: SignatureScheme | Scheme | None, message: WebhookMessage, secrets: tuple[str, ...]) -> Headers:
    """The headers that prove who sent it; none where nothing is signed."""
    return _scheme(scheme).headers(message, secrets) if scheme is not None and secrets else {}


def sealed(scheme: SignatureScheme | Scheme | None, body: bytes, secrets: tuple[str, ...]) -> bytes:
    """The body with its signature, where the scheme puts it there."""
    return _scheme(scheme).sealed(body, secrets) if scheme is not None and secrets else body


def _scheme(scheme: SignatureScheme | Scheme) -> SignatureScheme:
    return SCHEMES[scheme] if isinstance(scheme, str) else scheme


@signature_scheme("stripe")
class StripeSignature(SignatureScheme):
    """docs.stripe.com/webhooks: `t=…,v1=…`, one v1 for each secret while one replaces another."""

    def headers(self, message: WebhookMessage, secrets: tuple[str, ...]) -> Headers:  # noqa: D102 - see the scheme
        signed = b"%d.%b" % (message.at, message.body)
        marks = "".join(f",v1={_hex(secret.encode(), signed)}" for secret in secrets)
        return {"Stripe-Signature": f"t={message.at}{marks}"}


@signature_scheme("github")
class GitHubSignature(SignatureScheme):
    """docs.github.com: webhooks, validating deliveries."""

    def headers(self, message: WebhookMessage, secrets: tuple[str, ...]) -> Headers:  # noqa: D102
        secret = secrets[0].encode()
        old = hmac.new(secret, message.body, sha1).hexdigest()
        return {"X-Hub-Signature": f"sha1={old}", "X-Hub-Signature-256": f"sha256={_hex(secret, message.body)}"}


@signature_scheme("slack")
class SlackSignature(SignatureScheme):
    """api.slack.com: verifying requests from Slack."""

    def headers(self, message: WebhookMessage, secrets: tuple[str, ...]) -> Headers:  # noqa: D102
        signed = b"v0:%d:%b" % (message.at, message.body)
        mark = _hex(secrets[0].encode(), signed)
        return {"X-Slack-Request-Timestamp": str(message.at), "X-Slack-Signature": f"v0={mark}"}


@signature_scheme("twilio")
class TwilioSignature(SignatureScheme):
    """www.twilio.com/docs/usage/webhooks/webhooks-security: the address, and each field of a form once, sorted."""

    def address(self, url: str, body: bytes) -> str:  # noqa: D102
        return with_query(url, f"bodySHA256={sha256(body).hexdigest()}")

    def headers(self, message: WebhookMessage, secrets: tuple[str, ...]) -> Headers:  # noqa: D102
        form = "" if "bodySHA256=" in message.url else message.body.decode()
        fields = parse_qsl(form, keep_blank_values=True)
        signed = message.url + "".join(name + value for name, value in sorted(set(fields)))
        mark = hmac.new(secrets[0].encode(), signed.encode(), sha1).digest()
        return {"X-Twilio-Signature": b64encode(mark).decode()}


@signature_scheme("shopify")
class ShopifySignature(SignatureScheme):
    """shopify.dev: webhooks over HTTPS, verify the HMAC."""

    def headers(self, message: WebhookMessage, secrets: tuple[str, ...]) -> Headers:  # noqa: D102
        return {"X-Shopify-Hmac-SHA256": _base64(secrets[0].encode(), message.body)}


@signature_scheme("standard")
class StandardWebhooksSignature(SignatureScheme):
    """standardwebhooks.com: `v1,` and base64 of id, time and body under the secret that stands behind `whsec_`."""

    BEGINNING = "webhook"
    """What the names of its headers begin with."""

    def headers(self, message: WebhookMessage, secrets: tuple[str, ...]) -> Headers:  # noqa: D102
        signed = b"%b.%d.%b" % (message.name.encode(), message.at, message.body)
        values = (message.name, str(message.at), " ".join(self._mark(secret, signed) for secret in secrets))
        names = ("id", "timestamp", "signature")
        return {f"{self.BEGINNING}-{name}": value for name, value in zip(names, values, strict=True)}

    def _mark(self, secret: str, signed: bytes) -> str:
        return f"v1,{_base64(key_of(secret, 'whsec'), signed)}"


@signature_scheme("svix")
class SvixSignature(StandardWebhooksSignature):
    """docs.svix.com/receiving/verifying-payloads/how-manual: the same under other names."""

    BEGINNING = "svix"


@signature_scheme("standard-v1a")
class StandardWebhooksKeySignature(StandardWebhooksSignature):
    """standardwebhooks.com: `v1a,` and base64 of an Ed25519 signature by the private key behind `whsk_`."""

    def _mark(self, secret: str, signed: bytes) -> str:
        return f"v1a,{b64encode(private_key(secret).sign(signed)).decode()}"


@signature_scheme("adyen")
class AdyenSignature(SignatureScheme):
    """docs.adyen.com: verify HMAC signatures of standard webhooks. It stands in each item's additionalData."""

    FIELDS = (
        "pspReference",
        "originalReference",
        "merchantAccountCode",
        "merchantReference",
        "amount/value",
        "amount/currency",
        "eventCode",
        "success",
    )
    """The fields that are signed, joined by colons."""

    def sealed(self, body: bytes, secrets: tuple[str, ...]) -> bytes:  # noqa: D102
        notification: Any = orjson.loads(body)
        for listed in notification.get("notificationItems", ()):
            item = listed["NotificationRequestItem"]
            signed = ":".join(self._field(item, path) for path in self.FIELDS)
            signature = _base64(key_of(secrets[0], "hex"), signed.encode())
            data = {**item.get("additionalData", {}), "hmacSignature": signature}
            listed["NotificationRequestItem"] = {**item, "additionalData": data}
        return orjson.dumps(notification)

    @staticmethod
    def _field(item: Mapping[str, Any], path: str) -> str:
        value: Any = item
        for step in path.split("/"):
            value = value.get(step) if isinstance(value, Mapping) else None
        return "" if value is None else str(value)


def with_query(url: str, query: str) -> str:
    """An address with more in its query."""
    return f"{url}{'&' if '?' in url else '?'}{query}" if query else url


def key_of(secret: str, decoding: KeyDecoding) -> bytes:
    """The key behind a secret; the secret's letters, where it is written otherwise."""
    try:
        if decoding == "utf8":
            return secret.encode()
        if decoding == "hex":
            return bytes.fromhex(secret)
        return b64decode(secret.removeprefix("whsec_" if decoding == "whsec" else ""), validate=True)
    except (Base64Error, ValueError):
        return secret.encode()


def private_key(secret: str) -> "Ed25519PrivateKey":
    """The private key behind `whsk_`; one that is made from the secret's letters, where it is written otherwise."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # few vendors sign so

    try:
        seed = b64decode(secret.removeprefix("whsk_"), validate=True)[:32]
        return Ed25519PrivateKey.from_private_bytes(seed)
    except (Base64Error, ValueError):
        return Ed25519PrivateKey.from_private_bytes(sha256(secret.encode()).digest())


def ecdsa_signature(secret: str, text: bytes) -> bytes:
    """An ECDSA signature over P-256 and SHA-256, by the private key that is made from the secret's letters.

    It is RFC 6979's: of the same text the same signature, as all that a simulator says.
    """
    from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
    from cryptography.hazmat.primitives.hashes import SHA256

    return p256_key(secret).sign(text, ECDSA(SHA256(), deterministic_signing=True))


def p256_key(secret: str) -> "EllipticCurvePrivateKey":
    """The private key that is made from the secret's letters."""
    from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, derive_private_key

    return derive_private_key(int.from_bytes(sha256(secret.encode()).digest()[:31]) + 1, SECP256R1())


def _hex(secret: bytes, text: bytes) -> str:
    return hmac.new(secret, text, sha256).hexdigest()


def _base64(secret: bytes, text: bytes) -> str:
    return b64encode(hmac.new(secret, text, sha256).digest()).decode()
