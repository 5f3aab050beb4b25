"""What a stranger may ask of us is bounded: each bound is met, and one more is refused."""

from dataclasses import replace

from tests.proxy.policies.webhooks.signed import flaw, signed
from tidegate.proxy.policies.webhooks import bounds
from tidegate.proxy.policies.webhooks.verdict import InboundWebhook, WebhookFlaw


def test_as_many_signatures_count_as_the_bound_says() -> None:
    case = signed("standard")
    headers = dict(case.webhook.headers)
    right = headers[b"webhook-signature"]
    for count, expected in (
        (bounds.SIGNATURES_MAX - 1, None),
        (bounds.SIGNATURES_MAX, WebhookFlaw.TOO_MANY_SIGNATURES),
    ):
        headers[b"webhook-signature"] = b" ".join([b"v1,AAAA"] * count + [right])
        assert flaw(case, InboundWebhook(tuple(headers.items()), case.webhook.body)) is expected


def test_a_body_may_be_as_large_as_the_bound_says() -> None:
    case = signed("github", bytes(bounds.BODY_BYTES_MAX))
    assert flaw(case) is None
    assert flaw(case, replace(case.webhook, body=bytes(bounds.BODY_BYTES_MAX + 1))) is WebhookFlaw.BODY_TOO_LARGE


def test_a_form_may_have_as_many_fields_as_the_bound_says() -> None:
    most = b"&".join([b"a=1"] * bounds.FORM_FIELDS_MAX)
    assert flaw(signed("twilio", most)) is None
    assert flaw(signed("twilio", most + b"&a=1")) is WebhookFlaw.MALFORMED_BODY
