"""A signature header, read by its grammar: the signatures that count, and the time that stands among them.

It is strict: a part without its assignment, an empty part or a second time is a malformed header, because a header that
can be read in two ways is read in the other one by somebody.
"""

from dataclasses import dataclass

from tidegate.proxy.policies.webhooks.bounds import PARTS_MAX, SIGNATURES_MAX
from tidegate.proxy.policies.webhooks.recipe import WebhookRecipe
from tidegate.proxy.policies.webhooks.verdict import WebhookFlaw


@dataclass(frozen=True, slots=True)
class PresentedSignatures:
    """The signatures of the version that counts, as they are written, and the time as it is written."""

    signatures: tuple[bytes, ...]
    timestamp: bytes | None = None


def presented_signatures(value: bytes, recipe: WebhookRecipe) -> PresentedSignatures | WebhookFlaw:
    """What a header's value presents."""
    grammar = recipe.grammar
    match grammar.parse:
        case "plain":
            return PresentedSignatures((value,))
        case "prefix":
            prefix = grammar.prefix.encode()
            bare = value.removeprefix(prefix)
            return PresentedSignatures((bare,)) if value.startswith(prefix) and bare else WebhookFlaw.MALFORMED_HEADER
        case _:
            return _labelled(value, recipe)


def _labelled(value: bytes, recipe: WebhookRecipe) -> PresentedSignatures | WebhookFlaw:
    if value.count(recipe.separator) >= PARTS_MAX:
        return WebhookFlaw.TOO_MANY_SIGNATURES
    wanted, ts_key = recipe.grammar.version.encode(), recipe.grammar.ts_key.encode()
    signatures: list[bytes] = []
    times: list[bytes] = []
    for part in value.split(recipe.separator):
        label, assigned, text = part.partition(recipe.assignment)
        if not (label and assigned and text):
            return WebhookFlaw.MALFORMED_HEADER
        if label == wanted:
            signatures.append(text)
        elif ts_key and label == ts_key:
            times.append(text)
    if len(times) > 1:
        return WebhookFlaw.MALFORMED_HEADER
    if ts_key and not times:
        return WebhookFlaw.NO_TIMESTAMP
    if not signatures:
        return WebhookFlaw.NO_SIGNATURE
    if len(signatures) > SIGNATURES_MAX:
        return WebhookFlaw.TOO_MANY_SIGNATURES
    return PresentedSignatures(tuple(signatures), times[0] if times else None)
