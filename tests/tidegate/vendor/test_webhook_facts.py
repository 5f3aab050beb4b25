"""A vendor's webhooks are declared with a known scheme and a schedule in units."""

import pytest
from pydantic import ValidationError

from tidegate.vendor.webhook_facts import WebhookFacts


def test_a_schedule_is_a_list_of_pauses() -> None:
    told = WebhookFacts.model_validate({"scheme": "standard", "retry": ("5s", "5m")})
    assert told.retry == (5.0, 300.0)


def test_an_unknown_scheme_is_refused() -> None:
    with pytest.raises(ValidationError, match="standard"):
        WebhookFacts.model_validate({"scheme": "mine"})
