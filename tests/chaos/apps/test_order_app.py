"""The order app: what it takes, what it drops, what it asks for again, and what it writes down of each."""

import base64
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
from aiohttp import web
from standardwebhooks import Webhook

from tests.adapters.shopify.order_payload import payload
from tidegate.adapters.ports.deferred import Deferred
from tidegate.adapters.ports.failures import Misconfigured, OutcomeUnknown, Unavailable, Undelivered, VendorFailure
from tidegate.adapters.ports.orders import Fulfilment, Order, Outdated
from tidegate.adapters.shopify.orders import ShopifyOrders
from tidegate.adapters.webhook_signature import WebhookVerifier
from tidegate.chaos.apps import order_app
from tidegate.chaos.apps.order_app import OrderApp
from tidegate.chaos.play.order_config import STAMP_HEADER
from tidegate.chaos.world.connector import WorldConnector, client_session
from tidegate.chaos.world.virtual_loop import run
from tidegate.chaos.world.virtual_world import WALL_BASE, VirtualWorld

SECRET = "whsec_" + base64.b64encode(b"s" * 32).decode()
TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
ORDER = "shopify:820982911946154508"


@dataclass
class Shelf:
    """A warehouse that fails as often as it is told, and then takes everything."""

    failures: list[VendorFailure] = field(default_factory=list)
    taken: list[tuple[int, str, str]] = field(default_factory=list)

    async def fulfil(self, order: Order, *, key: str, trace: str = "") -> Fulfilment | Deferred:
        if self.failures:
            raise self.failures.pop(0)
        self.taken.append((order.revision, key, trace))
        return Deferred("/_tidegate/calls/c1", "c1")

    async def fulfilment_of(self, deferred: Deferred) -> Fulfilment | Deferred:
        raise NotImplementedError

    async def find(self, order_id: str) -> Fulfilment:
        raise NotImplementedError


@dataclass
class Counter:
    """The app behind its door, and what came of each post."""

    shelf: Shelf
    lines: list[dict[str, object]]
    post: Callable[..., Awaitable[tuple[int, str | None]]]


def played(story: Callable[[Counter], Awaitable[None]], *failures: VendorFailure) -> Counter:
    """Let a story post to the app in the virtual world."""
    counters: list[Counter] = []

    async def main() -> None:
        world, shelf, lines = VirtualWorld(1), Shelf([*failures]), list[dict[str, object]]()
        verifier = WebhookVerifier([SECRET])
        app = OrderApp(ShopifyOrders(), shelf, verifier, wall=world.wall, log=lines.append, stamp_header=STAMP_HEADER)
        await world.listen(web.Server(app.handle), "127.0.0.1", 80)
        async with client_session(WorldConnector(world), 10.0) as session:

            async def post(body: bytes = payload(), name: str = "whd_1", **headers: str) -> tuple[int, str | None]:
                signature = Webhook(SECRET).sign(name, datetime.fromtimestamp(world.wall(), UTC), body.decode())
                sent = {
                    "webhook-id": name, "webhook-timestamp": str(int(world.wall())), "webhook-signature": signature,
                    "Tidegate-Event-Id": f"event of {name}", "Tidegate-Received": "2025-12-31T23:59:59.500Z",
                    "traceparent": TRACE, **headers,
                }  # fmt: skip
                async with session.post("http://127.0.0.1/", data=body, headers=sent) as answer:
                    return answer.status, answer.headers.get("Retry-After")

            counters.append(Counter(shelf, lines, post))
            await story(counters[0])

    run(main)
    return counters[0]


def stages(counter: Counter) -> list[object]:
    return [line["stage"] for line in counter.lines]


def test_an_order_is_handed_over_under_the_webhooks_id_and_its_trace() -> None:
    async def story(counter: Counter) -> None:
        assert await counter.post() == (200, None)

    counter = played(story)
    assert counter.shelf.taken == [(1_767_225_600_000, "whd_1", TRACE)]
    [line] = counter.lines
    latency_ms = line.pop("latency_ms")
    assert isinstance(latency_ms, int)
    assert 500 <= latency_ms < 600
    assert line == {
        "correlation_id": "0af7651916cd43dd8448eb211c80319c",
        "event_id": "event of whd_1",
        "order_id": ORDER,
        "stage": "handed over",
        "attempt": 1,
        "revision": 1_767_225_600_000,
        "detail": "/_tidegate/calls/c1",
    }


def test_a_webhook_that_is_posted_again_is_handed_over_once() -> None:
    async def story(counter: Counter) -> None:
        assert [await counter.post() for _ in range(3)] == [(200, None)] * 3

    counter = played(story)
    assert len(counter.shelf.taken) == 1
    assert stages(counter) == ["handed over", "duplicate", "duplicate"]
    assert [line["attempt"] for line in counter.lines] == [1, 2, 3]


def test_an_older_revision_than_the_newest_is_dropped_and_the_same_one_is_not() -> None:
    times = ["2026-01-01T00:00:09Z", "2026-01-01T00:00:08Z", "2026-01-01T00:00:09Z", "2026-01-01T00:00:10Z"]

    async def story(counter: Counter) -> None:
        for n, time in enumerate(times):
            assert (await counter.post(payload(updated_at=time), f"whd_{n}"))[0] == 200

    counter = played(story)
    assert stages(counter) == ["handed over", "stale", "handed over", "handed over"]
    assert [key for _, key, _ in counter.shelf.taken] == ["whd_0", "whd_2", "whd_3"]


@pytest.mark.parametrize(
    ("failure", "answer", "stage"),
    [
        (Unavailable("Away.", retry_after_s=7.0), (503, "7"), "put off"),
        (OutcomeUnknown("Who knows."), (503, None), "put off"),
        (Misconfigured("No such token."), (500, None), "failed"),
        (Outdated("Newer."), (200, None), "stale"),
        (Undelivered("It ended."), (200, None), "dead letter"),
    ],
)
def test_what_was_not_taken_is_asked_for_again_unless_there_is_no_need(
    failure: VendorFailure, answer: tuple[int, str | None], stage: str
) -> None:
    async def story(counter: Counter) -> None:
        assert await counter.post() == answer
        assert (await counter.post())[0] == 200

    counter = played(story, failure)
    assert stages(counter) == [stage, "duplicate" if answer[0] == 200 else "handed over"]


def test_of_two_changes_within_a_second_the_one_that_the_shop_sent_last_counts() -> None:
    async def story(counter: Counter) -> None:
        for name, stamp in (("a", "00:00:00.2Z"), ("b", "00:00:00.1Z"), ("c", "00:00:00.3Z")):
            assert (await counter.post(name=name, **{"X-Shopify-Triggered-At": f"2026-01-01T{stamp}"}))[0] == 200

    assert stages(played(story)) == ["handed over", "stale", "handed over"]


def test_an_older_revision_is_dropped_while_it_is_in_doubt_whether_a_newer_one_was_taken() -> None:
    async def story(counter: Counter) -> None:
        newer = payload(updated_at="2026-01-01T00:00:09Z")
        assert (await counter.post(newer, "whd_2"))[0] == 503
        assert (await counter.post(payload(), "whd_1"))[0] == 200
        assert (await counter.post(newer, "whd_2"))[0] == 200

    assert stages(played(story, OutcomeUnknown("Who knows."))) == ["put off", "stale", "handed over"]


def test_what_cannot_be_read_is_asked_for_again_so_that_a_repaired_app_gets_it() -> None:
    async def story(counter: Counter) -> None:
        assert [(await counter.post(b"{}"))[0] for _ in range(2)] == [422, 422]

    counter = played(story)
    assert stages(counter) == ["unreadable", "unreadable"]
    assert counter.lines[0]["detail"] == "/currency: expected a text, found no such field"


def test_what_tidegate_did_not_sign_goes_no_further() -> None:
    async def story(counter: Counter) -> None:
        forged: dict[str, Any] = {"webhook-signature": "v1,AAAA"}
        assert (await counter.post(**forged))[0] == 401

    counter = played(story)
    assert counter.shelf.taken == []
    assert counter.lines == [{"stage": "refused", "detail": "no signature fits"}]


def test_a_body_longer_than_any_of_the_inbox_is_not_read_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(order_app, "BODY_BYTES_MAX", 1000)

    async def story(counter: Counter) -> None:
        assert (await counter.post(b"x" * 1001))[0] == 413

    assert played(story).lines == []


def test_what_is_remembered_has_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(order_app, "REMEMBERED_MAX", 2)

    async def story(counter: Counter) -> None:
        for name in ("a", "b", "c", "c", "a"):
            await counter.post(name=name)

    counter = played(story)
    assert stages(counter) == ["handed over", "handed over", "handed over", "duplicate", "handed over"]


def test_a_trace_that_is_none_leaves_the_vendors_id_to_correlate_by() -> None:
    async def story(counter: Counter) -> None:
        await counter.post(traceparent="?")

    assert played(story).lines[0]["correlation_id"] == "event of whd_1"
    assert WALL_BASE == 1_767_225_600
