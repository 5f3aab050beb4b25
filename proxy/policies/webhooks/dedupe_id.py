"""What makes a webhook the same webhook: the id that the inbox keeps, and refuses to take twice.

An id is a JSON list, `["stripe","body",["evt_1"]]`: the source, the kind of id, its parts. So no two ids run into each
other, as `ab`+`c` and `a`+`bc` do where parts are only joined, and one source's id is never another's. Where a body
holds several items that are signed one by one, the parts of all of them make one id: they came together, and are sent
together again. Where an id is missing, the body's digest is the id. It looks at verified webhooks alone.
"""

import json
from hashlib import sha256
from typing import Any

from tidegate.json_pointer import at_pointer
from tidegate.proxy.policies.webhooks.bounds import DEDUPE_ID_CHARS_MAX
from tidegate.proxy.policies.webhooks.inbound_headers import id_value
from tidegate.proxy.policies.webhooks.json_body import verified_json
from tidegate.proxy.policies.webhooks.recipe import WebhookRecipe
from tidegate.proxy.policies.webhooks.signed_items import items_of
from tidegate.proxy.policies.webhooks.verdict import InboundWebhook, WebhookFlaw


def dedupe_id(recipe: WebhookRecipe, webhook: InboundWebhook, body_sha256: str) -> str | WebhookFlaw:
    """The id of a verified webhook. A flaw only where the header that holds it stands twice or cannot be read."""
    by_digest = _written(recipe.source, "digest", [body_sha256])
    if recipe.dedupe_header:
        value = id_value(webhook.headers, recipe.dedupe_header)
        if isinstance(value, bytes):
            return _written(recipe.source, "header", [value.decode("ascii")])
        return by_digest if value is WebhookFlaw.MISSING_HEADER else value
    parts = _body_parts(recipe, webhook.body)
    return by_digest if parts is None else _written(recipe.source, "body", parts)


def _body_parts(recipe: WebhookRecipe, body: bytes) -> list[Any] | None:
    """The parts of an id that stands in the body: a list for each item, where there are items."""
    if recipe.dedupe is None or recipe.dedupe.pointer is None:
        return None
    document = verified_json(body)
    items = document if isinstance(document, WebhookFlaw) else items_of(recipe, document)
    if isinstance(items, WebhookFlaw):
        return None
    pointers = (recipe.dedupe.pointer, *recipe.dedupe.also)
    found = [[at_pointer(item, pointer) for pointer in pointers] for item in items]
    if not all(_is_id(parts[0]) and all(map(_is_scalar, parts)) for parts in found):
        return None
    return found if recipe.grammar.items is not None else found[0]


def _is_id(value: object) -> bool:
    return isinstance(value, str | int) and not isinstance(value, bool) and value != ""


def _is_scalar(value: object) -> bool:
    """A float is none: two ids of many digits may be one float."""
    return value is None or isinstance(value, str | int)


def _written(source: str, kind: str, parts: list[Any]) -> str:
    text = json.dumps([source, kind, parts], separators=(",", ":"))
    if len(text) <= DEDUPE_ID_CHARS_MAX:
        return text
    return json.dumps([source, f"{kind}-digest", [sha256(text.encode()).hexdigest()]], separators=(",", ":"))
