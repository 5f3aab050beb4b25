"""Tests of tidegate.proxy.telemetry.counted_deliveries, over a store in a file."""

from pathlib import Path

from tests.proxy.desk.letters import dead, letter
from tests.proxy.store.places import at, sqlite_at
from tidegate.proxy.policies.delivery.backlog import BacklogBounds
from tidegate.proxy.policies.delivery.delivery import Settlement
from tidegate.proxy.store.deliveries import Accepted, DeliveryFilter, HandMade
from tidegate.proxy.telemetry.counted_deliveries import CountedDeliveries
from tidegate.proxy.telemetry.delivery_metrics import DeliveryMetrics

ROOM = BacklogBounds()
OURS = ("outbox", "shop", "stripe")


async def test_what_comes_in_and_goes_out_is_counted_and_unchanged(tmp_path: Path) -> None:
    metrics = DeliveryMetrics()
    async with sqlite_at(tmp_path).opened() as store:
        deliveries = CountedDeliveries(store.deliveries, metrics)
        assert await deliveries.accept(letter(1), at(), ROOM) == Accepted()
        await deliveries.accept(letter(1), at(), ROOM)
        await deliveries.accept(letter(2), at(), BacklogBounds(rows=1))
        (one,) = await deliveries.claim("outbox", at(1), lease_s=60)
        assert await deliveries.extend([one], at(1), lease_s=60) == {"d1"}
        assert await deliveries.begin_attempt(one, "call", at(1)) == 1
        assert await deliveries.settle(one, dead(), at(2), letter(3, box="inbox"))
        assert not await deliveries.settle(one, Settlement("done"), at(2))
        alarms = await deliveries.alarms()
        await deliveries.pass_on(alarms, [], at(3))
        assert await deliveries.act("d1", HandMade("confirm", "ada"), at(3)) is None
        assert await deliveries.act("d1", HandMade("replay", "ada"), at(3)) is not None
        assert (await deliveries.find("d1")) == (
            await deliveries.find_key("outbox", "shop", "stripe", "PostRefunds", "k1")
        )
        assert [len(await deliveries.attempts("d1")), len(await deliveries.audit("d1"))] == [1, 1]
        assert len((await deliveries.page(DeliveryFilter())).deliveries) == 2
        assert [depth.rows for depth in await deliveries.depths()] == [1, 1]
        assert await deliveries.next_due("outbox", at(3)) == 0.0
        assert await deliveries.sweep(at(3)) == 0
    assert metrics.accepted == {
        (*OURS, "accepted"): 1, (*OURS, "repeated"): 1, (*OURS, "full"): 1, ("inbox", "shop", "stripe", "accepted"): 1
    }  # fmt: skip
    assert metrics.settled == {(*OURS, "dead", "rejected"): 1, (*OURS, "lease lost", ""): 1}
    assert metrics.attempts == {OURS: 1}
    assert metrics.alarms == {(*OURS, "dead", "rejected"): 1}
    assert metrics.by_hand == {("confirm", "refused"): 1, ("replay", "done"): 1}


async def test_whoever_is_to_be_woken_is_the_store_s(tmp_path: Path) -> None:
    woken: list[str] = []
    async with sqlite_at(tmp_path).opened() as store:
        deliveries = CountedDeliveries(store.deliveries, DeliveryMetrics())
        deliveries.wake = woken.append
        assert store.deliveries.wake == deliveries.wake
        await deliveries.accept(letter(1), at(), ROOM)
    assert woken == ["outbox"]
