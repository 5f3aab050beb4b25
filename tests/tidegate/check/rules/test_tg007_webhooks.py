"""TG007: a webhook is told apart from a forgery."""

from pathlib import Path

from tests.tidegate.plans import LIMIT, broken
from tidegate.vendor.vendor import WebhookFacts


def test_webhooks_must_be_told_apart_from_forgeries(tmp_path: Path) -> None:
    hooks = "  webhooks: {}\n"
    breaches = broken(tmp_path, (LIMIT, LIMIT + hooks))
    assert breaches == [
        ("TG007", f"facts.webhooks.{name}") for name in ("backfill", "dedupe", "scheme", "secrets", "tolerance")
    ]
    full = (
        "  webhooks: {scheme: stripe, secrets: ['env:A'], tolerance: 5m, dedupe: {pointer: /id}, "
        "backfill: 'none, because the shop asks for each order'}\n"
    )
    assert broken(tmp_path, (LIMIT, LIMIT + full)) == []
    lazy = full.replace("none, because the shop asks for each order", "later")
    assert broken(tmp_path, (LIMIT, LIMIT + lazy)) == [("TG007", "facts.webhooks.backfill")]
    assert WebhookFacts().scheme is None
