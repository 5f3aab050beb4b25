"""Tests of tidegate.proxy.store.postgres.delivery.delivery_alarms: what stands beside the contract."""

from tests.proxy.desk.letters import accept, dead, letter, settle_all
from tests.proxy.store.places import at
from tests.proxy.store.postgres.conftest import CutWire
from tidegate.proxy.store.postgres.postgres_store import PostgresStore


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
