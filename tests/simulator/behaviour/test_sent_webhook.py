"""A webhook that was sent is told as data."""

from tidegate.simulator.behaviour.sent_webhook import SentWebhook, WebhookEndpoint


def test_a_sent_webhook_is_described() -> None:
    sent = SentWebhook(1, "n", "order.created", "http://a.test", 0.1234567, 3)
    sent.tries.append(200)
    assert sent.described() == {
        "n": 1, "name": "n", "event": "order.created", "url": "http://a.test", "at": 0.123457, "request": 3,
        "faults": [], "tries": [200],
    }  # fmt: skip
    assert WebhookEndpoint("http://a.test").events == ("*",)
