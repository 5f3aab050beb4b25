"""Tests of tidegate.proxy.durable.alarm_bell: nothing that died is passed over, and nothing is told twice."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from random import Random

import orjson
import pytest

from tests.proxy.desk.letters import accept, dead, letter, settle_all
from tests.proxy.store.places import PLACES, Place, at, sqlite_at
from tidegate.proxy.app_config import AppEndpoint
from tidegate.proxy.durable.alarm_bell import AlarmBell
from tidegate.proxy.durable.outbox_result import result_row
from tidegate.proxy.policies.delivery.delivery import Settlement
from tidegate.proxy.store.deliveries import ALARMS_MAX, Deliveries, DeliveryFilter, HandMade
from tidegate.proxy.store.sealed.seal import Seal
from tidegate.proxy.store.sealed.sealed_deliveries import KEY_GRACE_S, SealedDeliveries
from tidegate.proxy.store.sealed.sealing_keys import SealingKeys
from tidegate.proxy.webhook_routes import EVENT_APP
from tidegate.redaction.redactor import Redactor
from tidegate.world.world import RealWorld

URL = "https://alerts.example/in"
CALLBACK = AppEndpoint.model_validate({"url": "http://shop.example/told", "secrets": ("env:HOOK",)})
RECEIVER = AppEndpoint.model_validate({"url": URL, "secrets": ("env:EVENTS_SECRET",)})


@pytest.fixture(params=list(PLACES))
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    with PLACES[request.param](tmp_path) as made:
        yield made


class Bell:
    """A bell over a store, its notes, and the events that it had accepted."""

    def __init__(
        self,
        deliveries: Deliveries,
        receiver: AppEndpoint | None = RECEIVER,
        callback: AppEndpoint | None = None,
    ) -> None:
        self.deliveries = deliveries
        self.notes: list[tuple[str, Mapping[str, str | float]]] = []
        redact = Redactor(["canary"]).text
        self.bell = AlarmBell(
            RealWorld(),
            deliveries,
            lambda: at(5),
            self.note,
            receiver=lambda: receiver,
            callback=lambda app: callback if app == "shop" else None,
            redact=redact,
            crashed=print,
        )

    def note(self, text: str, facts: Mapping[str, str | float]) -> None:
        self.notes.append((text, facts))

    async def results(self) -> list[tuple[str, str]]:
        page = await self.deliveries.page(DeliveryFilter(box="inbox", app="shop"), limit=500)
        return [(one.new.operation, one.new.key) for one in page.deliveries]

    async def events(self) -> list[str]:
        page = await self.deliveries.page(DeliveryFilter(app=EVENT_APP), limit=500)
        return [one.new.key for one in page.deliveries]


async def test_each_end_is_noted_and_told_once(tmp_path: Path) -> None:
    async with sqlite_at(tmp_path).opened() as store:
        rung = Bell(store.deliveries)
        await accept(store.deliveries, letter(1, order_key="canary 7"))
        await settle_all(store.deliveries, dead())
        await accept(store.deliveries, letter(2))
        await settle_all(store.deliveries, Settlement("parked", detail="perhaps canary"))
        await accept(store.deliveries, letter(3))
        await settle_all(store.deliveries, Settlement("done"))
        assert not await rung.bell.look()
        assert not await rung.bell.look()
        assert [(text, facts["delivery"], facts["reason"]) for text, facts in rung.notes] == [
            ("a delivery is dead", "d1", "rejected"),
            ("a delivery is parked", "d2", ""),
        ]
        assert await rung.events() == ["d2.2", "d1.1"]
        (newest,) = (await store.deliveries.page(DeliveryFilter(app=EVENT_APP), limit=1)).deliveries
        event = await store.deliveries.find(newest.new.id)
    assert event is not None
    document = orjson.loads(event.new.body)
    assert (document["type"], document["data"]["id"], document["data"]["detail"]) == (
        "delivery.parked", "d2", "perhaps [redacted]"
    )  # fmt: skip
    assert (event.new.box, event.new.destination) == ("inbox", URL)


async def test_what_ended_by_itself_is_told_too(tmp_path: Path) -> None:
    """Nobody settles what expires: the store ends it when it is looked for work."""
    async with sqlite_at(tmp_path).opened() as store:
        rung = Bell(store.deliveries)
        await accept(store.deliveries, letter(1, deadline=3.0))
        await store.deliveries.claim("outbox", at(4), lease_s=60)
        await rung.bell.look()
        assert [facts["reason"] for _, facts in rung.notes] == ["expired"]
        assert await rung.events() == ["d1.1"]


async def test_a_crash_before_it_was_passed_on_loses_nothing(tmp_path: Path) -> None:
    place = sqlite_at(tmp_path)
    async with place.opened() as store:
        await accept(store.deliveries, letter(1))
        await settle_all(store.deliveries, dead())
    async with place.opened() as store:
        rung = Bell(store.deliveries)
        await rung.bell.look()
        assert await rung.events() == ["d1.1"]
    async with place.opened() as store:
        rung = Bell(store.deliveries)
        await rung.bell.look()
        assert rung.notes == []


async def test_two_proxies_that_see_one_alarm_make_one_event(tmp_path: Path) -> None:
    async with sqlite_at(tmp_path).opened() as store:
        rung = Bell(store.deliveries)
        await accept(store.deliveries, letter(1))
        await settle_all(store.deliveries, dead())
        alarms = await store.deliveries.alarms()
        await store.deliveries.pass_on(alarms, rung.bell._events(alarms, at(5)), at(5))
        await store.deliveries.pass_on(alarms, rung.bell._events(alarms, at(5)), at(5))
        assert await rung.events() == ["d1.1"]


async def test_an_event_that_dies_makes_no_event(tmp_path: Path) -> None:
    async with sqlite_at(tmp_path).opened() as store:
        rung = Bell(store.deliveries)
        await accept(store.deliveries, letter(1))
        await settle_all(store.deliveries, dead())
        await rung.bell.look()
        assert await settle_all(store.deliveries, dead(), age_s=9.0, box="inbox") == 1
        await rung.bell.look()
        assert [facts["app"] for _, facts in rung.notes] == ["shop", EVENT_APP]
        assert len(await rung.events()) == 1


async def test_many_are_passed_on_in_steps_and_without_a_receiver_none_becomes_an_event(tmp_path: Path) -> None:
    async with sqlite_at(tmp_path).opened() as store:
        rung = Bell(store.deliveries, receiver=None)
        await accept(store.deliveries, *map(letter, range(ALARMS_MAX + 1)))
        await settle_all(store.deliveries, dead())
        assert await rung.bell.look()
        assert not await rung.bell.look()
        assert len(rung.notes) == ALARMS_MAX + 1
        assert await rung.events() == []


async def test_a_replay_that_dies_again_is_told_again(tmp_path: Path) -> None:
    async with sqlite_at(tmp_path).opened() as store:
        rung = Bell(store.deliveries)
        await accept(store.deliveries, letter(1))
        await settle_all(store.deliveries, dead())
        await rung.bell.look()
        await store.deliveries.act("d1", HandMade("replay", "ada"), at(6))
        await settle_all(store.deliveries, dead("expired"), age_s=7.0)
        await rung.bell.look()
        assert await rung.events() == ["d1.2", "d1.1"]


async def test_an_app_is_told_of_a_write_that_the_store_has_ended_once_for_each_end(place: Place) -> None:
    async with place.opened() as store:
        rung = Bell(store.deliveries, callback=CALLBACK)
        await accept(store.deliveries, letter(1, deadline=3.0))
        await store.deliveries.claim("outbox", at(4), lease_s=60)
        alarms = await store.deliveries.alarms()
        await store.deliveries.pass_on([], rung.bell._results(alarms, at(5)), at(5))  # by another proxy
        await rung.bell.look()
        assert await rung.results() == [("write.dead", "d1-1")]
        (told,) = (await store.deliveries.page(DeliveryFilter(box="inbox", app="shop"))).deliveries
        event = await store.deliveries.find(told.new.id)
        await store.deliveries.act("d1", HandMade("replay", "ada"), at(6))
        await store.deliveries.claim("outbox", at(9 + 3), lease_s=60)  # its time is over again
        await rung.bell.look()
        assert await rung.results() == [("write.dead", "d1-2"), ("write.dead", "d1-1")]
    assert event is not None
    data = orjson.loads(event.new.body)["data"]
    assert (data["call"], data["state"], data["reason"], "answer" in data) == ("d1", "dead", "expired", False)


async def test_an_app_is_told_of_a_write_that_killed_its_workers(place: Place) -> None:
    async with place.opened() as store:
        rung = Bell(store.deliveries, callback=CALLBACK)
        await accept(store.deliveries, letter(1))
        for age_s in (1, 3, 5):
            (leased,) = await store.deliveries.claim("outbox", at(age_s), lease_s=1)
            await store.deliveries.begin_attempt(leased, "call", at(age_s))
        assert await store.deliveries.claim("outbox", at(7), lease_s=1) == []
        await rung.bell.look()
        assert await rung.results() == [("write.dead", "d1-4")]


async def test_an_app_is_told_of_a_write_that_cannot_be_opened(place: Place) -> None:
    async with place.opened() as store:
        rung = Bell(store.deliveries, callback=CALLBACK)
        sealed = SealedDeliveries(store.deliveries, Seal(Random(1), SealingKeys([b"k" * 32]), lambda _: True))
        await accept(sealed, letter(1), letter(2, state="unknown"))
        await SealedDeliveries(store.deliveries, Seal(Random(1))).claim("outbox", at(KEY_GRACE_S), lease_s=60)
        await rung.bell.look()
        assert sorted(await rung.results()) == [("write.dead", "d1-1"), ("write.parked", "d2-1")]


async def test_what_its_worker_has_parked_is_not_told_again(place: Place) -> None:
    async with place.opened() as store:
        rung = Bell(store.deliveries, callback=CALLBACK)
        await accept(store.deliveries, letter(1))
        (leased,) = await store.deliveries.claim("outbox", at(1), lease_s=60)
        end = Settlement("parked", detail="nobody knows")
        await store.deliveries.settle(leased, end, at(1), result_row(leased, end, CALLBACK, at(1)))
        await rung.bell.look()
        assert await rung.results() == [("write.parked", "d1-1")]


async def test_an_end_that_its_worker_has_told_is_not_told_again(place: Place) -> None:
    async with place.opened() as store:
        rung = Bell(store.deliveries, callback=CALLBACK)
        await accept(store.deliveries, letter(1), letter(2, app="till"))
        for leased in await store.deliveries.claim("outbox", at(1), lease_s=60):
            end = dead("expired")
            told = result_row(leased, end, CALLBACK, at(1)) if leased.new.app == "shop" else None
            await store.deliveries.settle(leased, end, at(1), told)
        await rung.bell.look()
        assert await rung.results() == [("write.dead", "d1-1")]
        assert (await store.deliveries.page(DeliveryFilter(box="inbox", app="till"))).deliveries == []
