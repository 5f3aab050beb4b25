"""A source's recipe: what its vendor file says of webhooks, worked out once at load. It looks at no webhook."""

import re
from dataclasses import dataclass

from tidegate.vendor.signature_facts import SignatureGrammar, grammar_of
from tidegate.vendor.webhook_facts import Acknowledgement, Challenge, Dedupe, WebhookFacts

TOLERANCE_S = 300.0
"""Where the vendor file does not say: as Stripe, Slack and Standard Webhooks have it."""

_TOKENS = re.compile(r"\{([^{}]*)\}|([^{}]+)")


@dataclass(frozen=True, slots=True)
class Place:
    """A part of the signed text that is filled in. `delimiter` is the first letter after it, empty at the end."""

    name: str
    delimiter: bytes = b""


@dataclass(frozen=True, slots=True)
class WebhookRecipe:
    """How webhooks of one source are verified, known again and answered. `source` is the inbox's name for it."""

    source: str
    grammar: SignatureGrammar
    parts: tuple[Place | bytes, ...]
    """The signed text: places, and what stands between them."""
    tolerance_s: float
    dedupe: Dedupe | None
    challenge: Challenge | None
    accepted: Acknowledgement
    separator: bytes
    assignment: bytes
    header: bytes
    """Names of headers in small letters, empty where there is none."""
    ts_header: bytes
    id_header: bytes
    dedupe_header: bytes


def recipe_of(source: str, facts: WebhookFacts) -> WebhookRecipe | None:
    """The recipe of a source; None where the vendor file names no scheme, so that nothing can be verified."""
    if facts.scheme is None:
        return None
    grammar = grammar_of(facts.scheme)
    spaced = grammar.parse == "spaced"
    return WebhookRecipe(
        source=source,
        grammar=grammar,
        parts=_parts(grammar.signed),
        tolerance_s=TOLERANCE_S if facts.tolerance is None else facts.tolerance,
        dedupe=facts.dedupe,
        challenge=facts.challenge,
        accepted=facts.accepted,
        separator=(grammar.separator or (" " if spaced else ",")).encode(),
        assignment=(grammar.assignment or ("," if spaced else "=")).encode(),
        header=_name(grammar.header),
        ts_header=_name(grammar.ts_header),
        id_header=_name(grammar.id_header),
        dedupe_header=_name(facts.dedupe.header if facts.dedupe else None),
    )


def _parts(template: str) -> tuple[Place | bytes, ...]:
    tokens = [(match[1], match[2]) for match in _TOKENS.finditer(template)]
    parts: list[Place | bytes] = []
    for (name, text), (_, after) in zip(tokens, [*tokens[1:], ("", "")], strict=True):
        parts.append(text.encode() if text else Place(name, (after or "")[:1].encode()))
    return tuple(parts)


def _name(header: str | None) -> bytes:
    return (header or "").lower().encode()
