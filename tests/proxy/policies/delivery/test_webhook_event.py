"""Tests of tidegate.proxy.policies.delivery.webhook_event."""

import json

import pytest

from tidegate.proxy.policies.delivery.webhook_event import EVENT_NAME_CHARS_MAX, ORDER_KEY_CHARS_MAX, WebhookEvent

FORM = {"content-type": "application/x-www-form-urlencoded; charset=utf-8"}


@pytest.mark.parametrize(
    ("parts", "headers", "body", "name"),
    [
        (("/type",), {}, b'{"type": "charge.failed"}', "charge.failed"),
        (("X-GitHub-Event", "/action"), {"x-github-event": "issues"}, b'{"action": "opened"}', "issues.opened"),
        (("X-GitHub-Event", "/action"), {"x-github-event": "push"}, b"{}", "push"),
        (("/MessageStatus",), FORM, b"MessageSid=SM1&MessageStatus=sent", "sent"),
        (("/type", "/data/name"), {}, b'{"type": 2, "data": {"name": "refund"}}', "2.refund"),
        (("/type",), {}, b'{"type": true}', ""),
        (("/type",), {}, b"not json", ""),
        (("/type",), {}, b'{"type": {"a": 1}}', ""),
        (("/type",), {}, b'{"type": "two words"}', "two words"),
        (("/type",), {}, b'{"type": "line\\r\\nX-Evil: 1"}', "line??X-Evil: 1"),
        (("/type",), {}, b'{"type": "half\\ud800"}', "half?"),
        (("/type",), {}, json.dumps({"type": "x" * 200}).encode(), "x" * EVENT_NAME_CHARS_MAX),
        (
            ("X-GitHub-Event", "/action"),
            FORM | {"x-github-event": "issues"},
            b"payload=%7B%22action%22%3A%22opened%22%7D",
            "issues.opened",
        ),
        (("/payload",), FORM, b"payload=text&type=a", "text"),
        (("/type",), {}, b"[" * 100_000, ""),
        (("/type",), {}, b"\xff", ""),
        (("X-Topic",), {"x-topic": "a\xe9"}, b"{}", "a\xe9"),
        ((), {}, b"{}", ""),
    ],
)
def test_the_name_of_an_event(parts: tuple[str, ...], headers: dict[str, str], body: bytes, name: str) -> None:
    assert WebhookEvent(headers, body).name(parts) == name


@pytest.mark.parametrize(
    ("pointer", "body", "key"),
    [
        ("/data/object/id", b'{"data": {"object": {"id": "cus_1"}}}', '["pay","cus_1"]'),
        ("/id", b'{"id": 820982911946154508}', '["pay",820982911946154508]'),
        ("/id", b'{"id": "820982911946154508"}', '["pay","820982911946154508"]'),
        ("/id", b'{"id": null}', ""),
        ("/id", b'{"id": true}', ""),
        ("/id", b'{"id": [1]}', ""),
        ("/id", b"{}", ""),
        (None, b'{"id": 1}', ""),
    ],
)
def test_the_order_key_of_an_event(pointer: str | None, body: bytes, key: str) -> None:
    assert WebhookEvent({}, body).order_key("pay", pointer) == key


def test_a_long_order_key_is_told_by_its_digest_and_stays_apart_from_others() -> None:
    keys = {WebhookEvent({}, json.dumps({"id": "x" * n}).encode()).order_key("pay", "/id") for n in (1000, 1001)}
    assert len(keys) == 2
    assert all(len(key) <= ORDER_KEY_CHARS_MAX for key in keys)


@pytest.mark.parametrize(
    ("body", "unreadable"), [(b"not json", True), (b"null", False), (b"{}", False), (b"\xff", True)]
)
def test_what_is_asked_for_and_cannot_be_read_is_told(body: bytes, *, unreadable: bool) -> None:
    event = WebhookEvent({}, body)
    assert not event.is_unreadable
    assert event.name(("/type",)) == ""
    assert event.is_unreadable == unreadable


def test_a_body_is_not_read_where_nobody_asks() -> None:
    event = WebhookEvent({"x-topic": "a"}, b"not json")
    assert (event.name(("X-Topic",)), event._is_read) == ("a", False)
