"""The stories' requests: whole, under the right key, by the right app, and about the right thing."""

from collections import Counter

import pytest

from tidegate.chaos.apps.retry_loop import Intent
from tidegate.chaos.apps.stories import APPS, KEPT_CUSTOMERS, OPERATIONS, STORIES, app_of, key_of, request
from tidegate.chaos.search_vendors import shipped


def test_each_app_shows_its_own_token() -> None:
    requests = [request(Intent(f"order-{n}", "chat", 0.0), STORIES["chat"], "t") for n in (2, 3)]
    assert [b"Bearer shop-token\r\n" in one for one in requests] == [True, False]
    assert [b"Bearer office-token\r\n" in one for one in requests] == [False, True]


@pytest.mark.parametrize(
    ("story", "begin", "body"),
    [
        ("payment", b"POST /stripe/v1/payment_intents ", b"metadata%5Border_id%5D=order-6"),
        ("signup", b"POST /stripe/v1/customers ", b"metadata%5Border_id%5D=order-6"),
        ("browse", b"GET /stripe/v1/refunds?limit=3 ", b""),
        ("leave", b"DELETE /stripe/v1/customers/cus_order-6 ", b""),
        ("talk", b"POST /openai/chat/completions ", b'"content": "order-6"}]}'),
    ],
)
def test_a_request_is_whole_and_says_what_it_wants(story: str, begin: bytes, body: bytes) -> None:
    head, _, rest = request(Intent("order-6", story, 0.0), STORIES[story], "t").partition(b"\r\n\r\n")
    assert head.startswith(begin)
    assert rest.endswith(body)
    assert (b"Content-Length: %d" % len(rest) in head) is bool(rest)


def test_each_key_is_one_intents_of_each_app() -> None:
    intents = [Intent(f"order-{n:06d}", "payment", 0.0) for n in range(1, 200)]
    used = Counter((app_of(one), key_of(one)) for one in intents)
    assert set(used.values()) == {1}
    assert sorted(Counter(key for _, key in used).values()) == [1, *[2] * 99]


@pytest.mark.parametrize(
    ("story", "wish"), [("later", b"respond-async"), ("await", b"respond-async, wait=2"), ("payment", b"")]
)
def test_who_may_wait_says_so(story: str, wish: bytes) -> None:
    head = request(Intent("order-000006", story, 0.0), STORIES[story], "t")
    assert (b"\r\nPrefer: %s\r\n" % wish in head) is bool(wish)
    assert STORIES[story].may_wait is bool(wish)


def test_an_apps_changes_are_of_a_few_customers_of_its_own() -> None:
    intents = [Intent(f"order-{n:06d}", "amend", 0.0) for n in range(60)]
    paths = {(app_of(one), request(one, STORIES["amend"], "t").split(b" ")[1]) for one in intents}
    assert len(paths) == len(APPS) * KEPT_CUSTOMERS
    assert all(path.startswith(b"/stripe/v1/customers/cus_%s_" % app.encode()) for app, path in paths)


def test_every_story_asks_for_what_a_vendor_has() -> None:
    known = {*shipped("stripe")[1].operations, *shipped("openai")[1].operations}
    assert {*OPERATIONS.values()} <= known
