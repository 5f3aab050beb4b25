"""Signatures that stand in the JSON body, like Adyen's: the items that are signed, and the text of each.

This is the one case in which a body is read before it is verified; how much of it is bounded. The text is joined as the
vendor joins it: where a value may hold the letter between two values, the vendor's own scheme does not tell them apart.
"""

from collections.abc import Sequence
from typing import Any

from tidegate.json_pointer import at_pointer
from tidegate.proxy.policies.webhooks.bounds import ITEMS_MAX
from tidegate.proxy.policies.webhooks.json_body import scalar_text, unverified_json
from tidegate.proxy.policies.webhooks.recipe import WebhookRecipe
from tidegate.proxy.policies.webhooks.signature_keys import Key, matching_secret
from tidegate.proxy.policies.webhooks.verdict import WebhookFlaw


def items_of(recipe: WebhookRecipe, document: Any) -> list[Any] | WebhookFlaw:
    """The items of a body that are signed one by one; the whole document, where the scheme names no list."""
    if recipe.grammar.items is None:
        return [document]
    items = at_pointer(document, recipe.grammar.items)
    if not isinstance(items, list) or not items:
        return WebhookFlaw.MALFORMED_BODY
    return items if len(items) <= ITEMS_MAX else WebhookFlaw.TOO_MANY_ITEMS


def signed_item_secret(recipe: WebhookRecipe, keys: Sequence[tuple[int, Key]], body: bytes) -> int | WebhookFlaw:
    """The place of the oldest secret that an item was signed with. One item that is wrong refuses them all."""
    document = unverified_json(body)
    if isinstance(document, WebhookFlaw):
        return document
    items = items_of(recipe, document)
    if isinstance(items, WebhookFlaw):
        return items
    oldest = 0
    for item in items:
        secret = _secret_of(recipe, keys, item)
        if isinstance(secret, WebhookFlaw):
            return secret
        oldest = max(oldest, secret)
    return oldest


def _secret_of(recipe: WebhookRecipe, keys: Sequence[tuple[int, Key]], item: Any) -> int | WebhookFlaw:
    signature = at_pointer(item, recipe.grammar.pointer or "")
    if not isinstance(signature, str) or not signature:
        return WebhookFlaw.NO_SIGNATURE
    text: list[bytes] = []
    for part in recipe.parts:
        value = part if isinstance(part, bytes) else _encoded(scalar_text(at_pointer(item, part.name)))
        if value is None:
            return WebhookFlaw.MALFORMED_BODY
        text.append(value)
    return matching_secret(recipe.grammar, keys, text, [signature.encode("utf-8", "backslashreplace")])


def _encoded(text: str | None) -> bytes | None:
    try:
        return None if text is None else text.encode("utf-8")
    except UnicodeError:
        return None
