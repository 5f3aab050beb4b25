"""TG007: webhooks that can be verified, told apart, and made up for when they do not come."""

from collections.abc import Iterator

from tidegate.configfile.rule import Breach, rule
from tidegate.vendor.signature_facts import ASYMMETRIC, SignatureGrammar, grammar_of
from tidegate.vendor.webhook_facts import SECRETS_MAX, WebhookFacts


@rule("TG007", "a webhook source names its signature scheme, tolerance, dedupe id and poller", WebhookFacts)
def check_webhooks(webhooks: WebhookFacts) -> Iterator[Breach]:
    """A vendor that sends webhooks says how they are signed, known again and made up for."""
    grammar = grammar_of(webhooks.scheme) if webhooks.scheme is not None else None
    timeless = grammar is not None and not grammar.is_timed
    needs = {
        "scheme": (webhooks.scheme, "the name of a signature scheme, or its grammar: {header: …, signed: …}"),
        "secrets": (webhooks.secrets, "a reference to the signing secret"),
        "tolerance": (webhooks.tolerance or timeless, "how old a signature may be, like 5m"),
        "dedupe": (webhooks.dedupe, "where the event's id stands, like {pointer: /id} or {header: X-Delivery}"),
        "backfill": (webhooks.backfill, "the poller for events that never came, or `none, because …`"),
    }
    for name, (value, what) in needs.items():
        if not value:
            yield Breach((name,), f"{name} is missing; write {what}")
    if isinstance(webhooks.backfill, str) and not webhooks.backfill.lower().startswith("none, because "):
        text = "this is neither a poller nor a reason; write {operation: …, every: …} or `none, because …`"
        yield Breach(("backfill",), text)
    if timeless and webhooks.tolerance is not None:
        yield Breach(("tolerance",), "this scheme signs no time, so no age can be judged; leave tolerance out")
    if len(webhooks.secrets) > SECRETS_MAX:
        yield Breach(("secrets",), f"only the first {SECRETS_MAX} secrets are tried; take out those that are retired")
    if grammar is not None:
        yield from _mismatches(webhooks, grammar)


def _mismatches(webhooks: WebhookFacts, grammar: SignatureGrammar) -> Iterator[Breach]:
    """What scheme and challenge say to each other."""
    challenge = webhooks.challenge
    if challenge is None:
        return
    if grammar.alg in ASYMMETRIC and "{hmac_" in str(challenge.answer):
        text = "an answer with an HMAC needs a secret that both sides have; this scheme's secrets are public keys"
        yield Breach(("challenge", "answer"), text, (("scheme",),))
    if grammar.pointer is not None and challenge.signed:
        text = "this scheme signs events alone; write signed: false"
        yield Breach(("challenge", "signed"), text, (("scheme",),))
