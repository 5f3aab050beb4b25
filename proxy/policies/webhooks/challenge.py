"""What we answer to a vendor: to its question whether an address is ours, and to a webhook that we have.

A question is answered with what it asks for, so it is bounded, told apart from events by what the vendor file declares,
and never served as a page. An answer that is made with a signing secret takes only texts of plain letters: whoever may
have any text signed may have a forged webhook signed (X signs the body, and its challenge, with one secret).
"""

import hmac
import re
from base64 import b64encode
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qsl

import orjson

from tidegate.json_pointer import at_pointer
from tidegate.proxy.policies.webhooks.bounds import CHALLENGE_CHARS_MAX, FORM_FIELDS_MAX, URL_BYTES_MAX
from tidegate.proxy.policies.webhooks.inbound_headers import header_value
from tidegate.proxy.policies.webhooks.json_body import scalar_text, verified_json
from tidegate.proxy.policies.webhooks.recipe import WebhookRecipe
from tidegate.proxy.policies.webhooks.signature_keys import keys_of
from tidegate.proxy.policies.webhooks.verdict import InboundWebhook, RefusedWebhook, WebhookFlaw
from tidegate.vendor.webhook_facts import Challenge

_PLAIN = re.compile(r"[A-Za-z0-9_.~+/=-]+")


@dataclass(frozen=True, slots=True)
class WebhookAnswer:
    """Our answer to the vendor."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""


def accepted_answer(recipe: WebhookRecipe) -> WebhookAnswer:
    """What the vendor wants to hear when its webhook is stored: Adyen's `[accepted]`, Twilio's empty TwiML."""
    accepted = recipe.accepted
    return _answer(accepted.body.encode(), accepted.content_type if accepted.body else "", accepted.status)


def challenge_answer(
    recipe: WebhookRecipe,
    webhook: InboundWebhook,
    secrets: Sequence[str],
    token: str | None = None,
    *,
    is_verified: bool,
) -> WebhookAnswer | RefusedWebhook | None:
    """The answer to a question; None where the request asks none, and is an event or nothing that we know.

    `is_verified` is whether its signature is right, `token` what the declared token's reference holds.
    """
    challenge = recipe.challenge
    if challenge is None or webhook.method != challenge.method or (challenge.signed and not is_verified):
        return None
    query = _query(webhook.url)
    document = _document(challenge, webhook.body)
    for place, text in challenge.when.items():
        if (_text_at(document, place) if place.startswith("/") else query.get(place)) != text:
            return None
    asked = _asked(challenge, webhook, query, document)
    if asked is None:
        return None
    if not 0 < len(asked) <= CHALLENGE_CHARS_MAX or not (asked.isascii() and asked.isprintable()):
        return RefusedWebhook(WebhookFlaw.MALFORMED_CHALLENGE)
    if challenge.token is not None and not _is_token(query.get(challenge.token.parameter), token):
        return RefusedWebhook(WebhookFlaw.WRONG_TOKEN)
    return _written(recipe, challenge, asked, secrets)


def _written(
    recipe: WebhookRecipe, challenge: Challenge, asked: str, secrets: Sequence[str]
) -> WebhookAnswer | RefusedWebhook:
    places = {"challenge": asked}
    if "{hmac_" in str(challenge.answer):
        key = next((key for _, key in keys_of(recipe.grammar, secrets) if isinstance(key, bytes)), None)
        if key is None:
            return RefusedWebhook(WebhookFlaw.NO_SECRET)
        if not _PLAIN.fullmatch(asked):
            return RefusedWebhook(WebhookFlaw.MALFORMED_CHALLENGE)
        digest = hmac.new(key, asked.encode(), sha256).digest()
        places |= {"hmac_hex": digest.hex(), "hmac_base64": b64encode(digest).decode("ascii")}
    if isinstance(challenge.answer, str):
        return _answer(_filled(challenge.answer, places).encode(), "text/plain")
    return _answer(orjson.dumps(_filled(challenge.answer, places)), "application/json")


def _filled(template: Any, places: dict[str, str]) -> Any:
    """The template with its places filled in. Braces in what is filled in are left alone."""
    if isinstance(template, str):
        return re.sub(r"\{(\w+)\}", lambda match: places.get(match[1], match[0]), template)
    if isinstance(template, dict):
        return {name: _filled(value, places) for name, value in template.items()}
    return [_filled(value, places) for value in template] if isinstance(template, list | tuple) else template


def _document(challenge: Challenge, body: bytes) -> Any:
    in_body = challenge.pointer is not None or any(place.startswith("/") for place in challenge.when)
    document = verified_json(body) if in_body else None
    return None if isinstance(document, WebhookFlaw) else document


def _asked(challenge: Challenge, webhook: InboundWebhook, query: dict[str, str], document: Any) -> str | None:
    if challenge.pointer is not None:
        return _text_at(document, challenge.pointer)
    if challenge.parameter is not None:
        return query.get(challenge.parameter)
    value = header_value(webhook.headers, (challenge.header or "").lower().encode())
    return value.decode("ascii") if isinstance(value, bytes) else None


def _text_at(document: Any, pointer: str) -> str | None:
    """A text, a number or a truth value as text: Discord asks with `"type": 1`."""
    value = at_pointer(document, pointer)
    return None if value is None else scalar_text(value)


def _query(url: str) -> dict[str, str]:
    """The parameters of an address. One that stands twice is left out: it says two things."""
    query = url.partition("?")[2].partition("#")[0]
    if len(query) > URL_BYTES_MAX:
        return {}
    try:
        fields = parse_qsl(query, keep_blank_values=True, errors="strict", max_num_fields=FORM_FIELDS_MAX)
    except ValueError:
        return {}
    count = Counter(name for name, _ in fields)
    return {name: value for name, value in fields if count[name] == 1}


def _is_token(given: str | None, token: str | None) -> bool:
    """An empty token is nobody's."""
    if given is None or not token or not token.strip():
        return False
    return hmac.compare_digest(given.encode("utf-8", "replace"), token.encode("utf-8", "surrogateescape"))


def _answer(body: bytes, content_type: str, status: int = 200) -> WebhookAnswer:
    headers = (("Content-Type", f"{content_type}; charset=utf-8"), ("X-Content-Type-Options", "nosniff"))
    return WebhookAnswer(status, headers if content_type else (), body)
