"""A vendor's webhooks are declared with a scheme, an id, a challenge, and a schedule in units."""

from typing import Any

import pytest
from pydantic import ValidationError

from tidegate.vendor.webhook_facts import Acknowledgement, WebhookFacts


def test_a_schedule_is_a_list_of_pauses() -> None:
    told = WebhookFacts.model_validate({"scheme": "standard", "retry": ("5s", "5m")})
    assert told.retry == (5.0, 300.0)


def test_an_unknown_scheme_is_refused() -> None:
    with pytest.raises(ValidationError, match="standard"):
        WebhookFacts.model_validate({"scheme": "mine"})


def test_an_event_is_told_by_a_header_or_by_its_body() -> None:
    assert WebhookFacts.model_validate({"dedupe": {"header": "X-Id"}}).dedupe is not None
    told = WebhookFacts.model_validate({"dedupe": {"pointer": "/id", "also": ("/type",)}}).dedupe
    assert told is not None
    assert told.also == ("/type",)


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"dedupe": {}}, "write header or pointer"),
    ({"dedupe": {"header": "X-Id", "pointer": "/id"}}, "write header or pointer"),
    ({"dedupe": {"header": "X-Id", "also": ("/type",)}}, "also is for ids in the body"),
    ({"challenge": {}}, "write pointer, parameter or header"),
    ({"challenge": {"pointer": "/c", "parameter": "c"}}, "write pointer, parameter or header"),
    ({"challenge": {"pointer": "/c", "signed": False}}, "a body that is not signed is not read"),
    ({"challenge": {"parameter": "c", "when": {"/type": "x"}, "signed": False}}, "a body that is not signed"),
    ({"accepted": {"status": 302}}, "less than or equal to 299"),
    ({"accepted": {"content_type": "text/plain\r\nX: y"}}, "pattern"),
    ({"challenge": {"parameter": "c", "token": {"parameter": "t", "secret": "hunter2"}}}, "literal secret"),
]


@pytest.mark.parametrize(("written", "message"), REFUSED)
def test_what_makes_no_sense_is_refused_with_what_to_write(written: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError) as refused:
        WebhookFacts.model_validate(written)
    (error,) = refused.value.errors()
    assert message in error["msg"]


def test_a_webhook_is_accepted_with_an_empty_200_where_the_file_does_not_say() -> None:
    assert WebhookFacts().accepted == Acknowledgement(status=200, body="", content_type="text/plain")
