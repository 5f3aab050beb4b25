"""TG007: webhooks that can be verified, told apart, and made up for when they do not come."""

from collections.abc import Iterator

from tidegate.configfile.rule import Breach, rule
from tidegate.vendor.webhook_facts import WebhookFacts


@rule("TG007", "a webhook source names its signature scheme, tolerance, dedupe id and poller", WebhookFacts)
def check_webhooks(webhooks: WebhookFacts) -> Iterator[Breach]:
    """A vendor that sends webhooks says how they are signed, known again and made up for."""
    needs = {
        "scheme": (webhooks.scheme, "the signature scheme"),
        "secrets": (webhooks.secrets, "a reference to the signing secret"),
        "tolerance": (webhooks.tolerance, "how old a signature may be, like 5m"),
        "dedupe": (webhooks.dedupe, "where the event's id stands, like {pointer: /id}"),
        "backfill": (webhooks.backfill, "the poller for events that never came, or `none, because …`"),
    }
    for name, (value, what) in needs.items():
        if not value:
            yield Breach((name,), f"{name} is missing; write {what}")
    if isinstance(webhooks.backfill, str) and not webhooks.backfill.lower().startswith("none, because "):
        text = "this is neither a poller nor a reason; write {operation: …, every: …} or `none, because …`"
        yield Breach(("backfill",), text)
