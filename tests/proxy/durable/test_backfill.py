"""Events whose webhooks never came are found in the vendor's list, and brought to the app as others are."""

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import aiohttp
import orjson
import pytest

from tests.proxy.durable.inbox_town import InboxTown, inbox_town
from tests.waiting import until
from tidegate.chaos.world.virtual_loop import run
from tidegate.chaos.world.virtual_world import VirtualWorld
from tidegate.proxy.durable.backfill import EVERY_MIN_S, FIRST_S, LOOK_EVERY_S, BackfillPoller, is_pollable
from tidegate.proxy.durable.own_reads import ReadError
from tidegate.proxy.policies.resilience.store_time import StoreTime
from tidegate.vendor.webhook_facts import Backfill


def poller(town: InboxTown) -> BackfillPoller:
    """A poller that waits for nobody."""
    assert town.inbox.poller is not None
    return town.inbox.poller


async def polled(town: InboxTown) -> int:
    source = town.proxy.parts.inbox.routes.sources["stripe"]
    poll = source.facts.backfill
    assert isinstance(poll, Backfill)
    return await poller(town).poll(source, poll)


async def customer(town: InboxTown, name: str) -> None:
    """A thing that happens at the vendor."""
    url = f"http://127.0.0.1:{town.vendors['stripe'].port}/v1/customers"
    headers = {"Authorization": "Bearer k"}
    async with aiohttp.ClientSession() as session, session.post(url, data={"name": name}, headers=headers) as answer:
        assert answer.status == 200


def names(town: InboxTown) -> list[str]:
    """The customers that the app was told of."""
    return [orjson.loads(post.body)["data"]["object"]["name"] for post in town.app.got]


async def test_what_never_came_is_brought_once_the_oldest_first_and_is_known_when_it_comes_late(tmp_path: Path) -> None:
    async with inbox_town(tmp_path) as town:
        webhooks = town.vendors["stripe"].webhooks
        await customer(town, "came")
        await until(lambda: names(town) == ["came"])
        address = webhooks.registered.pop()
        for name in ("missed", "missed too"):
            await customer(town, name)
        webhooks.registered.append(address)
        await customer(town, "came later")
        await until(lambda: names(town) == ["came", "came later"])
        assert await polled(town) == 2
        await until(lambda: len(town.app.got) == 4)
        assert names(town)[2:] == ["missed", "missed too"]
        late = [post.headers.get("tidegate-backfilled") for post in town.app.got]
        assert late == [None, None, "true", "true"]
        assert await polled(town) == 0
        assert await town.stripe(town.app.got[2].body) == 200
        assert town.outcomes[-1] == "repeated"
        assert len(town.app.got) == 4


async def test_a_poll_that_fails_is_told_and_tried_again_later(tmp_path: Path) -> None:
    async with inbox_town(tmp_path) as town:
        source = town.proxy.parts.inbox.routes.sources["stripe"]
        poll = source.facts.backfill
        assert isinstance(poll, Backfill)
        broken = poll.model_copy(update={"operation": "GetNothing"})
        await poller(town)._polled(source, broken)
        assert any(b'"note":"no backfill"' in line and b"not served" in line for line in town.lines)
        with pytest.raises(ReadError):
            await poller(town).poll(source, broken)


async def test_an_inbox_that_has_just_begun_has_missed_nothing(tmp_path: Path) -> None:
    async with inbox_town(tmp_path) as town:
        assert await polled(town) == 0


async def test_what_was_delivered_and_is_forgotten_was_not_missed_though_a_dead_letter_is_older(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with inbox_town(tmp_path) as town:
        town.app.statuses = [410]
        for count, name in enumerate(("dead", "done"), 1):
            await customer(town, name)
            await until(lambda count=count: len(town.app.got) == count)  # type: ignore[misc]  # of this turn
        deliveries, now = town.proxy.parts.store.deliveries, town.proxy.parts.store.clock.now()
        later = StoreTime(*(time + 11 * 86_400.0 for time in now))
        await until(lambda: len(town.app.got) == 2)
        while not await deliveries.sweep(later):
            await town.inbox._world.sleep(0.01)
        monkeypatch.setattr(poller(town), "_clock", lambda: later)
        assert await polled(town) == 0
        assert names(town) == ["dead", "done"]


@pytest.mark.parametrize(("vendor", "can"), [("stripe", True), ("twilio", False), ("slack", False), ("github", False)])
async def test_only_an_event_that_holds_its_own_id_and_name_can_be_known_again(
    vendor: str, can: bool, tmp_path: Path
) -> None:
    async with inbox_town(tmp_path, (vendor,)) as town:
        assert is_pollable(town.proxy.parts.inbox.routes.sources[vendor]) is can


def test_a_source_is_polled_soon_after_the_start_and_never_more_often_than_once_a_minute(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[float] = []

    async def main() -> None:
        world = VirtualWorld(1)

        async def noted(*_: object) -> int:
            asked.append(world.now())
            return 0

        monkeypatch.setattr(BackfillPoller, "poll", noted)
        async with inbox_town(tmp_path, world=world) as town:
            routes = town.proxy.parts.inbox.routes
            source = routes.sources["stripe"]
            assert isinstance(source.facts.backfill, Backfill)
            eager = source.facts.backfill.model_copy(update={"every": 1.0})
            facts = source.facts.model_copy(update={"backfill": eager})
            town.proxy.parts.inbox.routes = replace(routes, sources={"stripe": replace(source, facts=facts)})
            await world.sleep(600.0)

    run(main)
    assert FIRST_S <= asked[0] <= FIRST_S + LOOK_EVERY_S
    assert min(later - earlier for earlier, later in pairwise(asked)) >= EVERY_MIN_S
    assert len(asked) >= 7
