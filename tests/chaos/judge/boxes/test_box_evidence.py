"""The tap on the way to the inbox: which webhooks are the vendor's own, and what they were answered."""

import pytest

from tidegate.chaos.judge.boxes.box_evidence import InboxTap
from tidegate.chaos.world.line import Line
from tidegate.simulator.behaviour import signatures

BODY = b'{"id": "evt_1", "data": {"object": {"id": "cus_1"}}}'


def tapped(secrets: tuple[str, ...], answer: bytes = b"HTTP/1.1 200 OK\r\n\r\n") -> InboxTap:
    line, now = Line(0.0), iter((1.0, 2.0))
    tap = InboxTap(line, lambda: next(now), "whsec_right")
    signed = signatures.headers("stripe", signatures.WebhookMessage("http://x", BODY, 1000, "n"), secrets)
    head = "".join(f"{name}: {value}\r\n" for name, value in signed.items())
    assert line.sent is not None
    assert line.received is not None
    line.sent("connection", f"POST /stripe HTTP/1.1\r\n{head}\r\n".encode() + BODY)
    line.received("connection", answer)
    return tap


@pytest.mark.parametrize(
    ("secrets", "genuine"),
    [(("whsec_right",), True), (("whsec_next", "whsec_right"), True), (("whsec_wrong",), False)],
)
def test_a_webhook_is_the_vendors_own_by_its_signature(secrets: tuple[str, ...], genuine: bool) -> None:
    (post,) = tapped(secrets).posts
    assert (post.event, post.thing, post.body, post.genuine) == ("evt_1", "cus_1", BODY, genuine)
    assert (post.at, post.status, post.answered_s) == (1.0, 200, 2.0)


def test_a_webhook_without_an_answer_has_none() -> None:
    (post,) = tapped(("whsec_right",), answer=b"").posts
    assert (post.status, post.answered_s) == (0, float("inf"))
