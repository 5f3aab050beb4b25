"""A store beside the model of its deliveries: each step is done to both, and what they answer is compared."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.proxy.store.delivering import new
from tests.proxy.store.delivery_model import DeliveryModel, ModelRow, judge_claim, seen_of
from tests.proxy.store.places import PLACES, at
from tidegate.proxy.policies.delivery.backlog import BacklogBounds
from tidegate.proxy.policies.delivery.delivery import FOLLOWS, Box, ByHand, Delivery, NewDelivery, Settlement
from tidegate.proxy.store.deliveries import CLAIM_MAX, Accepted, DeliveryFilter, HandMade
from tidegate.proxy.store.store import Store

LEASE_S = 20.0
ROOM = BacklogBounds(age_s=float("inf"))


class StoreBesideModel:
    """See the module. `place` is the kind of store; `held` is what each of two workers believes to have leased."""

    def __init__(self, place: str) -> None:
        self.loop = asyncio.new_event_loop()
        self.folder = TemporaryDirectory()
        self.kept = PLACES[place](Path(self.folder.name))
        self.model = DeliveryModel()
        self.now = 0.0
        self.count = 0
        self.held: tuple[list[Delivery], list[Delivery]] = ([], [])
        self.store: Store

    def run(self, work: Any) -> Any:
        return self.loop.run_until_complete(work)

    def begin(self) -> None:
        async def entered() -> Any:
            return self.kept.__enter__()

        self.at = self.run(entered())
        self._open()

    def _open(self) -> None:
        async def opened() -> Store:
            store: Store = self.at.store()  # of the loop that runs
            await store.open(at(self.now).wall)
            return store

        self.store = self.run(opened())

    def end(self) -> None:
        self.run(self.store.close())
        self.kept.__exit__(None, None, None)
        self.loop.run_until_complete(self.loop.shutdown_default_executor())
        self.loop.close()
        self.folder.cleanup()

    def restart(self) -> None:
        """Another life of the proxy: the leases of the one before are over."""
        self.run(self.store.close())
        self._open()
        for row in self.model.rows.values():
            row.lease_until = 0.0

    def one(self, given: dict[str, Any], *, after_s: float = -1.0, within_s: float = 500.0) -> NewDelivery:
        self.count += 1
        return new(self.count, not_before=self.now + after_s, deadline=self.now + within_s, **given)

    def some(self, which: int) -> ModelRow:
        rows = list(self.model.rows.values())
        return rows[which % len(rows)]

    def ours(self, worker: int, which: int) -> Delivery | None:
        """One of a worker's whose lease is not lost; None where there is none."""
        ours = [one for one in self.held[worker] if self.model.ours(one) is not None]
        return ours[which % len(ours)] if ours else None

    def accept(self, one: NewDelivery) -> None:
        answer = self.run(self.store.deliveries.accept(one, at(self.now), ROOM))
        assert self.model.accept(one, self.now) is not None
        assert answer == Accepted()

    def claim(self, worker: int, box: Box, limit: int = CLAIM_MAX, vendors: list[str] | None = None) -> None:
        self.model.overdue(box, self.now)
        eligible = self.model.eligible(box, self.now, vendors)
        claiming = self.store.deliveries.claim(box, at(self.now), lease_s=LEASE_S, limit=limit, vendors=vendors)
        leased = self.run(claiming)
        for one in leased:
            self.model.lease(one.new.id, self.now + LEASE_S)
        judge_claim([one.new.id for one in leased], eligible, limit)
        self.held[worker].extend(leased)

    def begin_attempt(self, one: Delivery) -> None:
        n = self.run(self.store.deliveries.begin_attempt(one, "c", at(self.now)))
        assert (n is not None) == self.model.begin(one, self.now)
        if n is not None:
            assert n == len(self.model.rows[one.new.id].tries)

    def settle(self, one: Delivery, settlement: Settlement, wait_s: float = 0.0, *, push: bool = False) -> None:
        ours = self.model.ours(one)
        if ours is not None and settlement.state not in FOLLOWS[ours.state]:
            return
        reason = settlement.dead_reason if settlement.state == "dead" else ""
        settlement = Settlement(
            settlement.state,
            not_before=self.now + wait_s,
            dead_reason=reason,
            counts=settlement.counts,
            outcome=settlement.outcome,
            status=settlement.status,
        )
        then = self.one({"box": "inbox", "app": one.new.app}) if push else None
        settled = self.run(self.store.deliveries.settle(one, settlement, at(self.now), then))
        assert settled == self.model.settle(one, settlement, self.now)
        if settled and then is not None:
            assert self.model.accept(then, self.now) is not None

    def extend(self, held: Sequence[Delivery]) -> None:
        extended = self.run(self.store.deliveries.extend(held, at(self.now), lease_s=LEASE_S))
        ours = [row for one in held if (row := self.model.ours(one)) is not None]
        assert extended == {row.new.id for row in ours}
        for row in ours:
            row.lease_until = self.now + LEASE_S

    def act(self, row: ModelRow, action: ByHand, *, taken: bool = False) -> None:
        """`taken`: under a key that is known."""
        self.count += 1
        hand = HandMade(action, "ann", key=row.new.key if taken else f"k{self.count}")
        lines = len(self.run(self.store.deliveries.audit(row.new.id)))
        changed = self.run(self.store.deliveries.act(row.new.id, hand, at(self.now)))
        assert (changed is not None) == self.model.act(row.new.id, hand, self.now)
        assert len(self.run(self.store.deliveries.audit(row.new.id))) == lines + (changed is not None)

    def compare(self) -> None:
        """Every delivery is what the model says."""

        async def everything() -> dict[str, Delivery]:
            page = await self.store.deliveries.page(DeliveryFilter(), limit=500)
            assert page.next == ""
            return {one.new.id: one for one in page.deliveries}

        found = self.run(everything())
        assert set(found) == set(self.model.rows)
        for name, row in self.model.rows.items():
            assert seen_of(found[name]) == row.seen(), name
