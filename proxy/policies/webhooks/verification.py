"""Whether a webhook is the vendor's own: a pure decision over what came, the secrets, and the clock on the wall.

No input makes it raise. It reads no more of a webhook than its scheme signs, and nothing of a body before the
signature is right, unless the signature stands in the body. The time is judged last: a stale webhook that is the
vendor's own says something about clocks, and a forged one nothing. `now` is when it came: what is in the inbox is not
judged again.
"""

import hmac
import re
from collections.abc import Sequence
from hashlib import sha256

from tidegate.proxy.policies.dialects.header_formats import iso
from tidegate.proxy.policies.webhooks.bounds import BODY_BYTES_MAX
from tidegate.proxy.policies.webhooks.dedupe_id import dedupe_id
from tidegate.proxy.policies.webhooks.inbound_headers import header_value, id_value
from tidegate.proxy.policies.webhooks.recipe import WebhookRecipe
from tidegate.proxy.policies.webhooks.signature_header import PresentedSignatures, presented_signatures
from tidegate.proxy.policies.webhooks.signature_keys import Key, keys_of, matching_secret
from tidegate.proxy.policies.webhooks.signed_items import signed_item_secret
from tidegate.proxy.policies.webhooks.signed_text import body_digest_of, signed_texts
from tidegate.proxy.policies.webhooks.verdict import InboundWebhook, RefusedWebhook, VerifiedWebhook, WebhookFlaw

_DIGITS = re.compile(rb"\d{1,15}")
_ISO = re.compile(rb"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)")
"""RFC 3339 §5.6. The offset is needed: a time without one is anybody's."""


def verify(
    recipe: WebhookRecipe, webhook: InboundWebhook, secrets: Sequence[str], now: float
) -> VerifiedWebhook | RefusedWebhook:
    """The verdict.

    `secrets` are the newest first, those that are being replaced after it; `now` is in wall-clock seconds since 1970.
    """
    keys = keys_of(recipe.grammar, secrets)
    if not keys:
        return RefusedWebhook(WebhookFlaw.NO_SECRET)
    if len(webhook.body) > BODY_BYTES_MAX:
        return RefusedWebhook(WebhookFlaw.BODY_TOO_LARGE)
    if recipe.grammar.pointer is not None:
        secret, timestamp = signed_item_secret(recipe, keys, webhook.body), None
    else:
        secret, timestamp = _signed_by(recipe, keys, webhook)
    if isinstance(secret, WebhookFlaw):
        return RefusedWebhook(secret)
    return _judged(recipe, webhook, secret, timestamp, now)


def _signed_by(
    recipe: WebhookRecipe, keys: Sequence[tuple[int, Key]], webhook: InboundWebhook
) -> tuple[int | WebhookFlaw, float | None]:
    """The place of the secret that a header's signature was made with, and when it was made."""
    value = header_value(webhook.headers, recipe.header)
    presented = value if isinstance(value, WebhookFlaw) else presented_signatures(value, recipe)
    if isinstance(presented, WebhookFlaw):
        return presented, None
    values = _signed_values(recipe, webhook, presented)
    if isinstance(values, WebhookFlaw):
        return values, None
    texts = signed_texts(recipe, webhook, values)
    if isinstance(texts, WebhookFlaw):
        return texts, None
    timestamp = _seconds(recipe, values["ts"]) if "ts" in values else None
    secret: int | WebhookFlaw = WebhookFlaw.NO_MATCH
    for text in texts:
        secret = matching_secret(recipe.grammar, keys, text, presented.signatures)
        if secret is not WebhookFlaw.NO_MATCH:
            break
    return secret, timestamp


def _signed_values(
    recipe: WebhookRecipe, webhook: InboundWebhook, presented: PresentedSignatures
) -> dict[str, bytes] | WebhookFlaw:
    """{id} and {ts}, where the scheme signs them."""
    values: dict[str, bytes] = {}
    if recipe.id_header:
        name = id_value(webhook.headers, recipe.id_header)
        if isinstance(name, WebhookFlaw):
            return name
        values["id"] = name
    if recipe.grammar.is_timed:
        stamp = header_value(webhook.headers, recipe.ts_header) if recipe.ts_header else presented.timestamp
        if stamp is None or stamp is WebhookFlaw.MISSING_HEADER:
            return WebhookFlaw.NO_TIMESTAMP
        if isinstance(stamp, WebhookFlaw):
            return stamp
        if _seconds(recipe, stamp) is None:
            return WebhookFlaw.MALFORMED_TIMESTAMP
        values["ts"] = stamp
    return values


def _seconds(recipe: WebhookRecipe, stamp: bytes) -> float | None:
    """Seconds since 1970; None where the time is not written as the scheme has it."""
    if recipe.grammar.ts_form != "iso8601":
        seconds = float(int(stamp)) if _DIGITS.fullmatch(stamp) else None
        return seconds if seconds is None or recipe.grammar.ts_form == "epoch_s" else seconds / 1000
    return iso(stamp.decode()) if _ISO.fullmatch(stamp) else None


def _judged(
    recipe: WebhookRecipe, webhook: InboundWebhook, secret: int, timestamp: float | None, now: float
) -> VerifiedWebhook | RefusedWebhook:
    """The verdict on a webhook whose signature is right."""
    digest = sha256(webhook.body).hexdigest()
    declared = body_digest_of(recipe, webhook.url.encode("utf-8", "backslashreplace"))
    if declared is not None and not hmac.compare_digest(declared.lower(), digest.encode()):
        return RefusedWebhook(WebhookFlaw.DIGEST_MISMATCH)
    skew_s = None if timestamp is None else now - timestamp
    if skew_s is not None and not -recipe.tolerance_s <= skew_s <= recipe.tolerance_s:
        return RefusedWebhook(WebhookFlaw.TOO_OLD if skew_s > 0 else WebhookFlaw.TOO_NEW, skew_s)
    name = dedupe_id(recipe, webhook, digest)
    if isinstance(name, WebhookFlaw):
        return RefusedWebhook(name)
    return VerifiedWebhook(name, digest, secret, timestamp, skew_s)
