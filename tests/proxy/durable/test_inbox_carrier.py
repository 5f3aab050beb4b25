"""Webhooks on their way to apps: an app that refuses, is away, is slow, has gone; order; stops and restarts."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from tests.proxy.durable.inbox_town import ENVIRON, InboxTown, inbox_town, stripe_event
from tests.waiting import until
from tidegate.proxy.call.finished_call import FinishedCall
from tidegate.proxy.configured_vendors import ConfigChange
from tidegate.proxy.durable.inbox_carrier import POSTS_MAX
from tidegate.proxy.policies.delivery.backlog import BacklogBounds
from tidegate.proxy.policies.delivery.delivery import Delivery, NewDelivery
from tidegate.proxy.store.deliveries import DeliveryFilter, HandMade
from tidegate.proxy.telemetry.ended_post import EndedPost
from tidegate.proxy.telemetry.traceparent import parse
from tidegate.proxy.webhook_routes import OURSELVES, webhook_routes
from tidegate.world.world import RealWorld


async def rows(town: InboxTown) -> list[Delivery]:
    """What the inbox holds, the oldest first."""
    page = await town.proxy.parts.store.deliveries.page(DeliveryFilter(box="inbox"))
    return list(reversed(page.deliveries))


async def state_of(town: InboxTown) -> tuple[str, str, int]:
    """State, reason and counted tries of the only one."""
    [row] = await rows(town)
    return row.state, row.dead_reason, row.attempts


async def came_to(town: InboxTown, *states: str) -> Delivery:
    """The only one, once it has one of these states."""
    found: list[Delivery] = []
    for _ in range(2000):
        found = await rows(town)
        if found and found[0].state in states:
            return found[0]
        await RealWorld().sleep(0.002)
    raise AssertionError([row.state for row in found])


async def test_a_delivery_that_was_taken_is_done_and_known(tmp_path: Path) -> None:
    async with inbox_town(tmp_path) as town:
        await town.stripe(stripe_event())
        row = await came_to(town, "done")
        assert (row.status, row.attempts) == (204, 1)
        assert row.new.id == town.app.got[0].name
        assert town.inbox.metrics.posts == {("shop", "done"): 1}
        [line] = [json.loads(line) for chunk in town.lines for line in chunk.splitlines() if b"post to an app" in line]
        facts = (line["app"], line["vendor"], line["event"], line["outcome"], line["status"], line["attempt"])
        assert facts == ("shop", "stripe", "charge.succeeded", "done", 204, 1)
        assert (line["delivery"], line["trace"]) == (row.new.id, row.new.trace[3:35])
        [attempt] = await town.proxy.parts.store.deliveries.attempts(row.new.id)
        assert line["call"] == attempt.call_id


class SeenPosts:
    """The spans of posts; those of calls are left aside."""

    def __init__(self) -> None:
        self.posts: list[EndedPost] = []

    def add(self, finished: FinishedCall) -> None:
        pass

    def add_post(self, post: EndedPost) -> None:
        self.posts.append(post)

    def close(self) -> None:
        pass


async def test_each_sampled_post_has_a_span_in_the_webhooks_trace(tmp_path: Path) -> None:
    async with inbox_town(tmp_path, telemetry={"sample": "100%"}) as town:
        seen = SeenPosts()
        town.proxy.telemetry.spans = town.proxy.parts.inbox._spans = seen
        town.app.statuses = [503]
        await town.stripe(stripe_event())
        row = await came_to(town, "done")
        heads = [parse(post.headers["traceparent"]) for post in town.app.got]
    assert [(post.status, post.delivery, post.accepted_under) for post in seen.posts] == [
        (503, row.new.id, row.new.trace),
        (204, row.new.id, row.new.trace),
    ]
    assert [(post.trace.trace_id, post.trace.span_id, True) for post in seen.posts] == heads
    assert len({post.trace.span_id for post in seen.posts}) == 2


@pytest.mark.parametrize("status", [301, 400, 401, 403, 404, 422, 500, 502])
async def test_whatever_else_an_app_answers_is_tried_again_under_the_same_name(status: int, tmp_path: Path) -> None:
    async with inbox_town(tmp_path) as town:
        town.app.statuses = [status]
        await town.stripe(stripe_event())
        row = await came_to(town, "done")  # it waits in between, for a moment only
        first, second = await town.proxy.parts.store.deliveries.attempts(row.new.id)
        assert (first.status, second.status, row.attempts) == (status, 204, 2)
        assert len({post.name for post in town.app.got}) == 1
        assert len(town.app.got) == 2


async def test_an_address_that_is_gone_for_good_is_a_dead_letter_that_can_be_sent_again(tmp_path: Path) -> None:
    async with inbox_town(tmp_path) as town:
        town.app.statuses = [410]
        await town.stripe(stripe_event())
        row = await came_to(town, "dead")
        assert row.dead_reason == "rejected"
        store = town.proxy.parts.store
        assert await store.deliveries.act(row.new.id, HandMade("replay", "someone"), store.clock.now())
        await came_to(town, "done")
        assert [post.name for post in town.app.got] == [row.new.id, row.new.id]


async def test_an_app_that_says_how_long_it_is_away_is_left_alone_so_long_and_no_try_counts(tmp_path: Path) -> None:
    async with inbox_town(tmp_path) as town:
        town.app.statuses = [(503, {"Retry-After": "30"})]
        await town.stripe(stripe_event())
        row = await came_to(town, "waiting")
        assert row.attempts == 0
        assert row.not_before >= town.proxy.parts.store.clock.now().least + 25
        assert town.inbox.metrics.breakers() == {("shop", "webhooks"): "open"}
        assert any(b'"note":"breaker before an app","app":"shop"' in line for line in town.lines)


async def test_an_app_that_is_not_there_is_tried_until_it_is(tmp_path: Path) -> None:
    async with inbox_town(tmp_path, webhooks={"url": "http://127.0.0.1:1/nobody"}) as town:
        await town.stripe(stripe_event())
        row = await came_to(town, "waiting")
        assert "127.0.0.1" in row.detail or row.detail


async def test_an_app_that_does_not_answer_in_time_is_tried_again(tmp_path: Path) -> None:
    async with inbox_town(tmp_path, webhooks={"timeout": "50ms"}) as town:
        town.app.hold = asyncio.Event()
        await town.stripe(stripe_event())
        row = await came_to(town, "waiting")
        assert row.detail.startswith("no answer in 0.0")
        town.app.hold.set()
        await came_to(town, "done")


async def test_what_has_no_time_left_is_a_dead_letter(tmp_path: Path) -> None:
    async with inbox_town(tmp_path, webhooks={"deadline": "1ms"}) as town:
        town.app.statuses = [500] * 9
        await town.stripe(stripe_event())
        assert (await came_to(town, "dead")).dead_reason == "expired"


async def test_events_of_one_thing_are_told_in_order_and_others_pass(tmp_path: Path) -> None:
    async with inbox_town(tmp_path, webhooks={"order_by": "/data/object/id"}) as town:
        town.app.statuses = [500]
        for n in range(4):
            assert await town.stripe(stripe_event(f"evt_a{n}", thing="ch_a")) == 200
        assert await town.stripe(stripe_event("evt_b0", thing="ch_b")) == 200
        await until(lambda: len(town.app.got) == 6)
        bodies = [post.body.decode() for post in town.app.got]
        of_a = [body[8:14] for body in bodies if "ch_a" in body]
        assert of_a == ["evt_a0", "evt_a0", "evt_a1", "evt_a2", "evt_a3"]


async def test_a_breaker_that_is_open_burns_no_try(tmp_path: Path) -> None:
    async with inbox_town(tmp_path) as town:
        town.app.statuses = [500] * 8
        for n in range(8):
            await town.stripe(stripe_event(f"evt_{n}"))
        await until(lambda: town.inbox.metrics.breakers() == {("shop", "webhooks"): "open"})
        for n in range(5):
            assert await town.stripe(stripe_event(f"evt_late_{n}")) == 200
        late = [row for row in await rows(town) if "late" in row.new.key]
        assert {(row.state, row.attempts) for row in late} == {("queued", 0)}
        assert not any(b"late" in post.body for post in town.app.got)


async def test_a_stop_settles_what_is_under_way_and_the_next_start_carries_it(tmp_path: Path) -> None:
    async with inbox_town(tmp_path) as town:
        town.app.hold = asyncio.Event()
        await town.stripe(stripe_event())
        await came_to(town, "sending")
        await town.proxy._workers.close()
        row = (await rows(town))[0]
        assert (row.state, row.attempts, row.leases_lost) == ("waiting", 0, 0)
        town.app.hold.set()
    async with inbox_town(tmp_path) as again:
        await until(lambda: again.app.got)
        assert again.app.got[0].name == row.new.id


async def test_an_app_that_was_moved_gets_at_its_new_address_what_waits(tmp_path: Path) -> None:
    async with inbox_town(tmp_path, webhooks={"url": "http://127.0.0.1:1/nobody"}) as town:
        await town.stripe(stripe_event())
        await came_to(town, "waiting")
        moved(town, url=town.app.url)
        await until(lambda: town.app.got)


def moved(town: InboxTown, **changes: Any) -> None:
    """Put another address of the app in force, as a reload does."""
    config = town.proxy.config
    webhooks = config.apps["shop"].webhooks
    assert webhooks is not None
    app = config.apps["shop"].model_copy(update={"webhooks": webhooks.model_copy(update=changes)})
    config = config.model_copy(update={"apps": {"shop": app}})
    facts = {name: upstream.facts.webhooks for name, upstream in town.proxy.upstreams.items()}
    town.proxy.change(ConfigChange(config, routes=webhook_routes(config, facts, ENVIRON)))


def result_of(app: str) -> NewDelivery:
    """The result of a write that was carried out later, as the outbox leaves it."""
    return NewDelivery(
        id=f"whd_{app}", box="inbox", app=app, vendor=OURSELVES, operation="write.done", key=f"write-{app}",
        fingerprint="f", method="POST", destination="", headers=b'[["Content-Type","application/json"]]',
        body=b'{"call":"c1"}', accepted_wall=0.0, deadline=1e9, keep_s=60.0,
    )  # fmt: skip


async def test_the_result_of_a_write_goes_to_the_callback_and_waits_where_there_is_none(tmp_path: Path) -> None:
    async with inbox_town(tmp_path) as other:
        address = {"url": other.app.url, "secrets": ["env:SHOP_HOOKS"]}
        apps = {"pay": {"callback": address}, "desk": {"webhooks": address}}
        (tmp_path / "two").mkdir()
        async with inbox_town(tmp_path / "two", inbox={"sources": {}}, apps=apps) as town:
            store = town.proxy.parts.store
            for app in apps:
                await store.deliveries.accept(result_of(app), store.clock.now(), BacklogBounds())
            await until(lambda: other.app.got)
            await came_to(town, "done")
            assert [post.name for post in other.app.got] == ["whd_pay"]
            assert "tidegate-source" not in other.app.got[0].headers
            left = await store.deliveries.find("whd_desk")
            while left is not None and not left.detail:
                await RealWorld().sleep(0.01)
                left = await store.deliveries.find("whd_desk")
            assert left is not None
            assert (left.state, left.attempts) == ("queued", 0)
            assert left.detail == "apps.desk.callback is not in tidegate.yaml"


async def test_an_app_that_hangs_holds_up_nobody_else(tmp_path: Path) -> None:
    async with inbox_town(tmp_path) as other:
        other.app.hold = asyncio.Event()
        (tmp_path / "two").mkdir()
        secrets = {"secrets": ["env:SHOP_HOOKS"]}
        async with inbox_town(tmp_path / "two") as third:
            apps = {
                "slow": {"webhooks": {"url": other.app.url, **secrets}},
                "quick": {"webhooks": {"url": third.app.url, **secrets}},
            }
            sources = {"stripe": {"vendor": "stripe", "apps": ["slow", "quick"]}}
            (tmp_path / "three").mkdir()
            async with inbox_town(tmp_path / "three", inbox={"sources": sources}, apps=apps) as town:
                for n in range(40):
                    assert await town.stripe(stripe_event(f"evt_{n}")) == 200
                await until(lambda: len(third.app.got) == 40)
                assert len(other.app.got) == POSTS_MAX
                other.app.hold.set()
                await until(lambda: len({post.name for post in other.app.got}) == 40)
