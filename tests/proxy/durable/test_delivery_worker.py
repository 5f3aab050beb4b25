"""The worker of a box, on a real store in the virtual world, with a carrier that does what the test says."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.proxy.policies.delivery.deliveries import NEW
from tidegate.chaos.world.virtual_loop import run
from tidegate.chaos.world.virtual_world import VirtualWorld
from tidegate.proxy.durable.delivery_worker import Begin, DeliveryWorker, HeldBy, Settled
from tidegate.proxy.policies.delivery.backlog import BacklogBounds
from tidegate.proxy.policies.delivery.delivery import Box, Delivery, Settlement
from tidegate.proxy.store.deliveries import Deliveries
from tidegate.proxy.store.store import Store
from tidegate.proxy.store.store_choice import store_for
from tidegate.proxy.store.store_error import StoreError

Carry = Callable[["Bench", Delivery], Awaitable[Settlement]]


class Bench:
    """A carrier, and the store and worker around it."""

    box: Box = "outbox"
    held_by: HeldBy = "vendors"
    longest_s = 1.0

    def __init__(self, folder: Path, carry: Carry) -> None:
        self.world = VirtualWorld(1)
        self.machine = self.world.machine("proxy")
        self.store: Store = store_for(self.machine, folder / "store.db")
        self._carry = carry
        self.bug_before = False
        """Of ours: each delivery is stopped by it before its attempt is begun."""
        self.places: Mapping[str, int] | None = None
        self.carried: list[str] = []
        self.at_once = 0
        self.most_at_once = 0
        self.crashes: list[BaseException] = []
        self.worker = self.new_worker()

    def new_worker(self, **more: Any) -> DeliveryWorker:
        crashed: Any = lambda what, error: self.crashes.append(error)  # noqa: E731
        return DeliveryWorker(self.machine, self.deliveries, self.store.records.now, self, crashed=crashed, **more)

    @property
    def deliveries(self) -> Deliveries:
        return self.store.deliveries

    def room(self) -> Mapping[str, int] | None:
        return self.places

    def cut_off(self, delivery: Delivery, *, begun: bool) -> Settlement:
        return Settlement("unknown" if begun else "queued", counts=False)

    async def carry(self, delivery: Delivery, begin: Begin) -> Settled:
        if self.bug_before:
            raise KeyError("no such")
        await begin(f"call of {delivery.new.id}")
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            settlement = await self._carry(self, delivery)
        finally:
            self.at_once -= 1
        self.carried.append(delivery.new.id)
        return settlement, None

    async def accept(self, *ids: str, **changes: Any) -> None:
        for id_ in ids:
            new = replace(NEW, id=id_, key=id_, **changes)
            await self.deliveries.accept(new, self.store.records.now(), BacklogBounds())

    async def state(self, id_: str) -> str:
        found = await self.deliveries.find(id_)
        assert found is not None
        return found.state


def played(folder: Path, carry: Carry, story: Callable[[Bench], Awaitable[Any]]) -> Any:
    async def main() -> Any:
        bench = Bench(folder, carry)
        await bench.store.open(bench.world.wall())
        bench.deliveries.wake = lambda _: bench.worker.wake()
        try:
            return await story(bench)
        finally:
            await bench.worker.close()
            await bench.store.close()

    return run(main)


async def at_once(bench: Bench, delivery: Delivery) -> Settlement:
    return Settlement("done")


async def slow(bench: Bench, delivery: Delivery) -> Settlement:
    await bench.world.sleep(2.0)
    return Settlement("done")


def test_what_is_accepted_is_carried_at_once(tmp_path: Path) -> None:
    async def story(bench: Bench) -> Any:
        bench.worker.start()
        await bench.world.sleep(30.0)
        began = bench.world.now()
        await bench.accept("a")
        while await bench.state("a") != "done":
            await bench.world.sleep(0.01)
        return bench.world.now() - began

    assert played(tmp_path, at_once, story) < 0.2


def test_what_was_there_before_it_started_is_carried(tmp_path: Path) -> None:
    async def story(bench: Bench) -> Any:
        await bench.accept("a", "b")
        bench.worker.start()
        await bench.world.sleep(1.0)
        return bench.carried

    assert played(tmp_path, at_once, story) == ["a", "b"]


def test_no_more_than_the_bound_are_under_way(tmp_path: Path) -> None:
    async def story(bench: Bench) -> Any:
        bench.worker = bench.new_worker(in_flight_max=3)
        await bench.accept(*map(str, range(10)))
        bench.worker.start()
        await bench.world.sleep(60.0)
        return bench.most_at_once, len(bench.carried)

    assert played(tmp_path, slow, story) == (3, 10)


@pytest.mark.parametrize(("places", "carried"), [({}, []), ({"things": 0}, []), ({"things": 5}, ["a"])])
def test_what_may_not_go_is_not_even_leased(tmp_path: Path, places: dict[str, int], carried: list[str]) -> None:
    async def story(bench: Bench) -> Any:
        bench.places = places
        await bench.accept("a")
        bench.worker.start()
        await bench.world.sleep(20.0)
        found = await bench.deliveries.find("a")
        assert found is not None
        return bench.carried, found.lease_token

    assert played(tmp_path, at_once, story) == (carried, len(carried))


def test_what_waits_is_tried_again_when_its_time_has_come(tmp_path: Path) -> None:
    async def later(bench: Bench, delivery: Delivery) -> Settlement:
        if delivery.attempts == 3:
            return Settlement("done")
        return Settlement("waiting", not_before=bench.store.records.now().least + 100.0)

    async def story(bench: Bench) -> Any:
        await bench.accept("a")
        bench.worker.start()
        await bench.world.sleep(299.0)
        before = len(bench.carried)
        await bench.world.sleep(20.0)
        return before, len(bench.carried), await bench.state("a")

    assert played(tmp_path, later, story) == (3, 4, "done")


def test_a_drain_leases_nothing_more_and_waits_for_what_is_under_way(tmp_path: Path) -> None:
    async def story(bench: Bench) -> Any:
        bench.worker = bench.new_worker(in_flight_max=1)
        await bench.accept("a", "b")
        bench.worker.start()
        await bench.world.sleep(1.0)
        await bench.worker.drain()
        return await bench.state("a"), await bench.state("b"), bench.worker.in_flight

    assert played(tmp_path, slow, story) == ("done", "queued", 0)


def test_a_stop_hands_back_what_is_under_way(tmp_path: Path) -> None:
    async def story(bench: Bench) -> Any:
        await bench.accept("a")
        bench.worker.start()
        await bench.world.sleep(1.0)
        await bench.worker.close()
        return await bench.state("a"), bench.carried

    assert played(tmp_path, slow, story) == ("unknown", [])


def test_a_long_one_keeps_its_lease(tmp_path: Path) -> None:
    async def very_slow(bench: Bench, delivery: Delivery) -> Settlement:
        await bench.world.sleep(300.0)
        return Settlement("done")

    async def story(bench: Bench) -> Any:
        await bench.accept("a")
        bench.worker.start()
        await bench.world.sleep(320.0)
        found = await bench.deliveries.find("a")
        assert found is not None
        return bench.carried, found.state, found.leases_lost

    assert played(tmp_path, very_slow, story) == (["a"], "done", 0)


def test_a_bug_of_ours_is_told_and_ends_as_poison(tmp_path: Path) -> None:
    async def bug(bench: Bench, delivery: Delivery) -> Settlement:
        raise KeyError("no such")

    async def story(bench: Bench) -> Any:
        await bench.accept("a")
        bench.worker.start()
        await bench.world.sleep(400.0)
        found = await bench.deliveries.find("a")
        assert found is not None
        return found.state, found.dead_reason, len(bench.crashes)

    assert played(tmp_path, bug, story) == ("dead", "poison", 3)


def test_a_bug_of_ours_before_an_attempt_ends_as_poison_too(tmp_path: Path) -> None:
    async def story(bench: Bench) -> Any:
        bench.bug_before = True
        await bench.accept("a", "b", state="unknown")
        bench.worker.start()
        await bench.world.sleep(100.0)
        early = await bench.state("a")
        await bench.world.sleep(300.0)
        found = await bench.deliveries.find("a")
        assert found is not None
        return early, found.state, found.dead_reason, found.attempts, len(bench.crashes)

    assert played(tmp_path, at_once, story) == ("leased", "dead", "poison", 0, 6)


def test_what_two_workers_died_with_is_tried_alone_and_nothing_is_leased_meanwhile(tmp_path: Path) -> None:
    async def story(bench: Bench) -> Any:
        await bench.accept("a", "b", "c", state="unknown")
        for n in range(2):
            now = bench.store.records.now()
            for one in await bench.deliveries.claim("outbox", now, lease_s=1.0, limit=2):
                assert await bench.deliveries.begin_attempt(one, f"lost {n}", now) is not None
            await bench.world.sleep(1.5)
        bench.worker.start()
        await bench.world.sleep(1.0)
        await bench.accept("d")
        early = bench.worker.in_flight, bench.at_once
        await bench.world.sleep(15.0)
        return early, bench.most_at_once, sorted(bench.carried)

    early, most, carried = played(tmp_path, slow, story)
    assert (early, carried) == ((3, 1), ["a", "b", "c", "d"])
    assert most <= 2, "the two that are no suspects"


def test_a_store_that_is_away_for_a_while_loses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(bench: Bench) -> Any:
        await bench.accept("a")
        settle, failures = bench.deliveries.settle, iter(range(3))

        async def failing(*given: Any) -> bool:
            if next(failures, None) is not None:
                raise StoreError("away", "disk")
            return await settle(*given)

        monkeypatch.setattr(bench.deliveries, "settle", failing)
        bench.worker.start()
        await bench.world.sleep(30.0)
        return await bench.state("a"), bench.carried

    assert played(tmp_path, at_once, story) == ("done", ["a"])


def test_a_lease_that_another_took_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(bench: Bench) -> Any:
        await bench.accept("a")

        async def none_is_ours(*_given: Any, **_more: Any) -> set[str]:
            return set()

        monkeypatch.setattr(bench.deliveries, "extend", none_is_ours)
        bench.worker.start()
        await bench.world.sleep(30.0)
        return bench.at_once, bench.carried

    async def hanging(bench: Bench, delivery: Delivery) -> Settlement:
        await asyncio.Event().wait()
        return Settlement("done")

    assert played(tmp_path, hanging, story)[1] == []
