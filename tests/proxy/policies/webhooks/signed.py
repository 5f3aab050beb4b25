"""Webhooks as the simulator signs them, for every scheme, and their verdict. It is a second reading of the schemes."""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tidegate.proxy.policies.webhooks.recipe import WebhookRecipe, recipe_of
from tidegate.proxy.policies.webhooks.verdict import InboundWebhook, RefusedWebhook, VerifiedWebhook, WebhookFlaw
from tidegate.proxy.policies.webhooks.verification import verify
from tidegate.simulator.behaviour import signatures
from tidegate.simulator.behaviour.declared_signature import declared_scheme
from tidegate.simulator.behaviour.signatures import WebhookMessage
from tidegate.vendor.signature_facts import SCHEMES, grammar_of
from tidegate.vendor.webhook_facts import WebhookFacts

NOW = 1_700_000_000
URL = "https://app.example/hooks/one?a=b"
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
ADYEN_KEY = "44782DEF547AAA06C910C43932B1EB0C71FC68D9D0C057550C48EC2ACF6BA056"
JSON = b'{"id":"evt_1","object":"event","type":"a.b"}'
FORM = b"MessageSid=SM1&Body=a+b%26c&Empty=&MessageStatus=sent"
ITEMS = (
    b'{"live":"false","notificationItems":[{"NotificationRequestItem":{"pspReference":"P1","amount":{"value":1130,'
    b'"currency":"EUR"},"eventCode":"AUTHORISATION","merchantAccountCode":"A","merchantReference":"R","success":"true"}}]}'
)

FURTHER: Mapping[str, dict[str, Any]] = {
    # developer.squareup.com/docs/webhooks/step3validate
    "square": {"header": "x-square-hmacsha256-signature", "signed": "{url}{raw}", "sig_encoding": "base64"},
    # developers.zoom.us/docs/api/webhooks
    "zoom": {
        "header": "x-zm-signature",
        "parse": "prefix",
        "prefix": "v0=",
        "ts_header": "x-zm-request-timestamp",
        "signed": "v0:{ts}:{raw}",
    },
    # developer.paddle.com/webhooks/signature-verification
    "paddle": {
        "header": "Paddle-Signature",
        "parse": "kv",
        "separator": ";",
        "version": "h1",
        "ts_key": "ts",
        "signed": "{ts}:{raw}",
    },
    # twilio-python's request validator: X-Twilio-Webhooks-Signature-Settings names the key and the algorithm
    "twilio webhook key": {
        "header": "X-Twilio-Signature",
        "signed": "{url}{sorted_form}",
        "alg": "hmac-sha256",
        "sig_encoding": "base64",
        "ports": "any",
        "digest_parameter": "bodySHA256",
    },
    # workos.com/docs/events/data-syncing/webhooks
    "workos": {
        "header": "WorkOS-Signature",
        "parse": "kv",
        "separator": ", ",
        "version": "v1",
        "ts_key": "t",
        "ts_form": "epoch_ms",
        "signed": "{ts}.{raw}",
    },
    # developers.hubspot.com/docs/api/webhooks/validating-requests, v3
    "hubspot": {
        "header": "X-HubSpot-Signature-v3",
        "ts_header": "X-HubSpot-Request-Timestamp",
        "ts_form": "epoch_ms",
        "signed": "POST{url}{raw}{ts}",
        "sig_encoding": "base64",
    },
    # discord.com/developers/docs/interactions/overview
    "discord": {
        "header": "X-Signature-Ed25519",
        "ts_header": "X-Signature-Timestamp",
        "signed": "{ts}{raw}",
        "alg": "ed25519",
        "key_decoding": "hex",
    },
    # www.twilio.com/docs/sendgrid/for-developers/tracking-events/getting-started-event-webhook-security-features
    "sendgrid": {
        "header": "X-Twilio-Email-Event-Webhook-Signature",
        "ts_header": "X-Twilio-Email-Event-Webhook-Timestamp",
        "signed": "{ts}{raw}",
        "alg": "ecdsa-p256-sha256",
        "key_decoding": "base64",
        "sig_encoding": "base64",
    },
    # www.twilio.com/docs: a webhook that is signed with a shared key
    "twilio-sha256": {
        "header": "X-Twilio-Signature",
        "signed": "{url}{sorted_form}",
        "sig_encoding": "base64",
        "ports": "any",
        "digest_parameter": "bodySHA256",
    },
    # dev.twitch.tv/docs/eventsub/handling-webhook-events, "verifying the event message"
    "twitch": {
        "header": "Twitch-Eventsub-Message-Signature",
        "parse": "prefix",
        "prefix": "sha256=",
        "id_header": "Twitch-Eventsub-Message-Id",
        "ts_header": "Twitch-Eventsub-Message-Timestamp",
        "ts_form": "iso8601",
        "signed": "{id}{ts}{raw}",
    },
    # developer.zendesk.com/documentation/webhooks/verifying
    "zendesk": {
        "header": "X-Zendesk-Webhook-Signature",
        "ts_header": "X-Zendesk-Webhook-Signature-Timestamp",
        "ts_form": "iso8601",
        "signed": "{ts}{raw}",
        "sig_encoding": "base64",
    },
    # documentation.mailgun.com/docs/mailgun/user-manual/events/webhooks: the signature is of a time and a token alone
    "mailgun": {"pointer": "/signature/signature", "signed": "{/signature/timestamp}{/signature/token}"},
    "sha512": {"header": "X-Sign", "signed": "{raw}", "alg": "hmac-sha512", "key_decoding": "base64"},
}
"""Schemes of further vendors, as somebody would write them into a vendor file."""

SCHEMES_TRIED = (*SCHEMES, *FURTHER)


@dataclass(frozen=True)
class SignedCase:
    """A webhook of one scheme, and the secret that the receiver has."""

    recipe: WebhookRecipe
    webhook: InboundWebhook
    secret: str


def written(name: str) -> Any:
    """What a vendor file says for a scheme: a name, or a block."""
    return FURTHER.get(name, name)


def recipe(name: str, **facts: Any) -> WebhookRecipe:
    """The recipe of a scheme."""
    made = recipe_of("source", WebhookFacts.model_validate({"scheme": written(name), **facts}))
    assert made is not None
    return made


def body_of(name: str) -> bytes:
    """A body such as the scheme's vendor sends."""
    if name == "mailgun":
        return b'{"signature":{"timestamp":"1700000000","token":"abc"},"event-data":{}}'
    return {"twilio": FORM, "twilio-sha256": FORM, "adyen": ITEMS}.get(name, JSON)


def p256_public(secret: str) -> str:
    """The public key of what the simulator signs with, in base64 of DER."""
    der = signatures.p256_key(secret).public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return b64encode(der).decode()


def secrets_of(name: str) -> tuple[str, str]:
    """The secret that the vendor signs with, and the one that the receiver has."""
    grammar = grammar_of(recipe(name).grammar)
    if grammar.alg == "ecdsa-p256-sha256":
        return SECRET, p256_public(SECRET)
    if grammar.alg != "ed25519":
        secret = {"hex": ADYEN_KEY, "base64": SECRET.removeprefix("whsec_")}.get(grammar.key_decoding, SECRET)
        return secret, secret
    public = signatures.private_key("whsk_1").public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    shown = public.hex() if grammar.key_decoding == "hex" else f"whpk_{b64encode(public).decode()}"
    return "whsk_1", shown


def signed(name: str, body: bytes | None = None, *, url: str = URL, at: int = NOW, **facts: Any) -> SignedCase:
    """A webhook that the simulator signed."""
    text = body_of(name) if body is None else body
    theirs, ours = secrets_of(name)
    scheme = declared_scheme(WebhookFacts.model_validate({"scheme": written(name)}).scheme)
    message = WebhookMessage(url, text, at, "msg_1")
    headers = raw(signatures.headers(scheme, message, (theirs,)))
    sealed = signatures.sealed(scheme, text, (theirs,))
    return SignedCase(recipe(name, **facts), InboundWebhook(headers, sealed, url), ours)


def raw(headers: Mapping[str, str]) -> tuple[tuple[bytes, bytes], ...]:
    """Headers as they come."""
    return tuple((name.encode(), value.encode()) for name, value in headers.items())


def flaw(
    case: SignedCase, webhook: InboundWebhook | None = None, secrets: Sequence[str] | None = None, now: float = NOW
) -> WebhookFlaw | None:
    """Why it is refused; None where it is not."""
    held = [case.secret] if secrets is None else secrets
    verdict = verify(case.recipe, case.webhook if webhook is None else webhook, held, now)
    assert isinstance(verdict, VerifiedWebhook | RefusedWebhook)
    return verdict.flaw if isinstance(verdict, RefusedWebhook) else None


def verified(case: SignedCase, now: float = NOW) -> VerifiedWebhook:
    """The verdict, where it is the vendor's own."""
    verdict = verify(case.recipe, case.webhook, [case.secret], now)
    assert isinstance(verdict, VerifiedWebhook), verdict
    return verdict
