"""The reasons for a refusal are a closed list, in words that a metric can carry."""

import re
from pathlib import Path

from tidegate.proxy.policies.webhooks.verdict import InboundWebhook, WebhookFlaw


def test_reasons_are_words_for_metrics() -> None:
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", flaw) for flaw in WebhookFlaw)
    assert len(set(WebhookFlaw)) == len(WebhookFlaw.__members__)


def test_every_reason_is_explained_on_the_page(root: Path) -> None:
    page = (root / "docs" / "webhooks.md").read_text(encoding="utf-8")
    assert [flaw for flaw in WebhookFlaw if f"| `{flaw}` |" not in page] == []


def test_a_webhook_is_a_post_where_nothing_else_is_said() -> None:
    assert InboundWebhook((), b"").method == "POST"
