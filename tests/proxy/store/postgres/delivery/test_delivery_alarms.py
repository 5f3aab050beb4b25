"""Tests of tidegate.proxy.store.postgres.delivery.delivery_alarms, by the port."""

from tests.proxy.desk.letters import accept, dead, letter, settle_all
from tests.proxy.store.places import at
from tests.proxy.store.postgres.conftest import CutWire
from tidegate.proxy.policies.delivery.delivery import Settlement
from tidegate.proxy.store.deliveries import ALARMS_MAX, HandMade
from tidegate.proxy.store.postgres.postgres_store import PostgresStore


async def test_an_alarm_says_what_happened_though_it_is_replayed_already(store: PostgresStore) -> None:
    await accept(store.deliveries, letter(1))
    await settle_all(store.deliveries, dead("quota"))
    await store.deliveries.act("d1", HandMade("replay", "ada"), at(2))
    [alarm] = await store.deliveries.alarms()
    assert (alarm.state, alarm.dead_reason, alarm.delivery.state, alarm.delivery.new.body) == (
        "dead", "quota", "unknown", b""
    )  # fmt: skip


async def test_only_what_was_passed_on_is_forgotten_and_the_oldest_come_first(store: PostgresStore) -> None:
    await accept(store.deliveries, *map(letter, range(ALARMS_MAX + 2)))
    await settle_all(store.deliveries, Settlement("parked"))
    first = await store.deliveries.alarms()
    assert len(first) == ALARMS_MAX
    await store.deliveries.pass_on(first[1:], [], at(2))
    left = await store.deliveries.alarms()
    assert [alarm.n for alarm in left] == [1, ALARMS_MAX + 1, ALARMS_MAX + 2]


async def test_what_comes_to_a_good_end_raises_none(store: PostgresStore) -> None:
    await accept(store.deliveries, letter(1), letter(2))
    await settle_all(store.deliveries, Settlement("done"))
    await accept(store.deliveries, letter(3))
    await store.deliveries.act("d3", HandMade("cancel", "ada"), at(2))
    assert await store.deliveries.alarms() == []


async def test_an_event_whose_answer_was_lost_is_accepted_once(behind_wire: PostgresStore, wire: CutWire) -> None:
    deliveries = behind_wire.deliveries
    await accept(deliveries, letter(1))
    await settle_all(deliveries, dead("quota"))
    alarms = await deliveries.alarms()
    wire.lose_next_answer = True
    await deliveries.pass_on(alarms, [letter(2)], at(2))
    assert await deliveries.alarms() == []
    event = await deliveries.find("d2")
    assert event is not None
    assert event.state == "queued"
