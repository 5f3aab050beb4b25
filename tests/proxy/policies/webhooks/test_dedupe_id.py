"""One event has one id, two events have two, whatever stands in them."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.proxy.policies.webhooks.signed import recipe
from tidegate.proxy.policies.webhooks.bounds import DEDUPE_ID_CHARS_MAX
from tidegate.proxy.policies.webhooks.dedupe_id import dedupe_id
from tidegate.proxy.policies.webhooks.verdict import InboundWebhook, WebhookFlaw

BODY = {"pointer": "/id", "also": ("/type",)}


def name(body: object, scheme: str = "stripe", **dedupe: Any) -> str:
    made = dedupe_id(recipe(scheme, dedupe=dedupe or BODY), InboundWebhook((), json.dumps(body).encode()), "d1g")
    assert not isinstance(made, WebhookFlaw)
    return made


def test_an_id_is_a_list_of_source_kind_and_parts() -> None:
    assert name({"id": "evt_1", "type": "paid"}) == '["source","body",["evt_1","paid"]]'
    assert name({"id": 7}) == '["source","body",[7,null]]'
    assert name({"id": "7"}) != name({"id": 7})


@given(st.lists(st.text(min_size=1), min_size=2, max_size=2), st.lists(st.text(min_size=1), min_size=2, max_size=2))
def test_parts_never_run_into_each_other(one: list[str], other: list[str]) -> None:
    first, second = ({"id": parts[0], "type": parts[1]} for parts in (one, other))
    assert (name(first) == name(second)) is (one == other)


@pytest.mark.parametrize(
    "body", [{}, {"id": None}, {"id": ""}, {"id": True}, {"id": 1.5}, {"id": []}, {"id": "a", "type": {}}, [], 5, "x"]
)
def test_where_the_id_is_missing_the_bodys_digest_is_the_id(body: object) -> None:
    assert name(body) == '["source","digest",["d1g"]]'


def test_where_nothing_is_declared_the_bodys_digest_is_the_id() -> None:
    assert dedupe_id(recipe("stripe"), InboundWebhook((), b"{}"), "d1g") == '["source","digest",["d1g"]]'


def test_several_items_make_one_id() -> None:
    items = [{"NotificationRequestItem": {"pspReference": f"P{n}", "success": "true"}} for n in (1, 2)]
    where = {"pointer": "/NotificationRequestItem/pspReference", "also": ("/NotificationRequestItem/success",)}
    assert name({"notificationItems": items}, "adyen", **where) == '["source","body",[["P1","true"],["P2","true"]]]'
    assert name({"notificationItems": items[:1]}, "adyen", **where) == '["source","body",[["P1","true"]]]'


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ([(b"X-GitHub-Delivery", b"72d3162e")], '["source","header",["72d3162e"]]'),
        ([], '["source","digest",["d1g"]]'),
        ([(b"x-github-delivery", b"1"), (b"X-GitHub-Delivery", b"2")], WebhookFlaw.DUPLICATE_HEADER),
        ([(b"x-github-delivery", b"\xff")], WebhookFlaw.MALFORMED_HEADER),
        ([(b"x-github-delivery", b"1" * 300)], WebhookFlaw.MALFORMED_HEADER),
    ],
)
def test_an_id_in_a_header_is_taken_as_it_is(headers: list[tuple[bytes, bytes]], expected: str) -> None:
    made = recipe("github", dedupe={"header": "X-GitHub-Delivery"})
    assert dedupe_id(made, InboundWebhook(headers, b"{}"), "d1g") == expected


def test_a_long_id_is_told_by_its_digest_and_is_still_its_own() -> None:
    one, other = name({"id": "a" * 1000}), name({"id": "a" * 1001})
    assert one != other
    assert one.startswith('["source","body-digest",["')
    assert len(one) <= DEDUPE_ID_CHARS_MAX
