"""The worker of a box: leases what is due, has it carried, and settles it. One for each box of a proxy.

    claim → begin (the attempt is on record) → carry → settle
            └ extended by a heartbeat as long as it takes

It is woken when something is accepted, and else looks by itself when the store says that something will be due, with
jitter. How many may go at once, and whose, the carrier says. A worker that dies leaves leases, which the store takes
back. One that is stopped lets what is under way end, and hands back the rest. What was tried when two workers died is
tried alone. It knows nothing of what is delivered.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Literal, Protocol

from tidegate.proxy.policies.delivery.delivery import (
    DUE,
    LEASES_LOST_MAX,
    Box,
    Delivery,
    NewDelivery,
    Settlement,
)
from tidegate.proxy.policies.delivery.seclusion import Seclusion
from tidegate.proxy.policies.resilience.store_time import StoreTime
from tidegate.proxy.store.deliveries import CLAIM_MAX, Deliveries
from tidegate.proxy.store.store_error import StoreError
from tidegate.world.world import World

IN_FLIGHT_MAX = 32
"""So many deliveries of a box are under way at once."""
LEASE_MIN_S = 60.0
LEASE_MARGIN_S = 15.0
"""A lease is longer than what is done under it by this, however it is extended."""
IDLE_S = 5.0
"""Where nothing is known to be due: another proxy on the same store may have left something."""
BUSY_S = 0.5
"""Where something is due that may not go: so soon it is looked again."""
STORE_AGAIN_S = 2.0
"""After trouble with the store."""
SETTLE_TRIES = 100
BUGS_KNOWN_MAX = 1000
"""So many deliveries are remembered that a bug has stopped before they were sent. Of the oldest we count anew."""

HeldBy = Literal["vendors", "apps"]

Begin = Callable[[str], Awaitable[None]]
"""Writes down that an attempt begins, under the id of its call. Raises LeaseLost."""
Settled = tuple[Settlement, NewDelivery | None]
"""What becomes of a delivery, and what is accepted in the same transaction."""


class LeaseLost(Exception):
    """Another worker may have the delivery by now: nothing more is done with it."""


class Carrier(Protocol):
    """Carries the deliveries of one box."""

    @property
    def box(self) -> Box:
        """Whose deliveries it carries."""
        ...

    @property
    def held_by(self) -> HeldBy:
        """Whether `room` names vendors or apps."""
        ...

    @property
    def longest_s(self) -> float:
        """The seconds that one may take at most."""
        ...

    def room(self) -> Mapping[str, int] | None:
        """Vendor or app → how many more of its deliveries may be leased now; None where nothing is held back."""
        ...

    async def carry(self, delivery: Delivery, begin: Begin) -> Settled:
        """Carry one. `begin` is awaited before anything is sent."""
        ...

    def cut_off(self, delivery: Delivery, *, begun: bool) -> Settlement:
        """What becomes of one whose carrying was cancelled."""
        ...


class DeliveryWorker:
    """See the module. `crashed` is told of bugs of ours; `seclusion` is that of all workers of the process."""

    def __init__(
        self,
        world: World,
        deliveries: Deliveries,
        now: Callable[[], StoreTime],
        carrier: Carrier,
        *,
        crashed: Callable[[str, BaseException], object],
        in_flight_max: int = IN_FLIGHT_MAX,
        seclusion: Seclusion | None = None,
    ) -> None:
        self._world = world
        self._deliveries = deliveries
        self._now = now
        self._carrier = carrier
        self._crashed = crashed
        self._in_flight_max = in_flight_max
        self._seclusion = seclusion or Seclusion()
        self._rng = world.random(f"worker {carrier.box}")
        self._woken = asyncio.Event()
        self._under_way: dict[str, tuple[Delivery, asyncio.Task[None]]] = {}
        self._loops: list[asyncio.Task[None]] = []
        self._stopping = False
        self._bugs: dict[str, int] = {}
        """Delivery → how often a bug has stopped it before its attempt was begun."""
        self._strays: frozenset[str] = frozenset()
        """Those of which there is something; the carrier may not know all of them any more."""

    @property
    def in_flight(self) -> int:
        """The number of deliveries under way."""
        return len(self._under_way)

    def start(self) -> None:
        """Begin to work."""
        loop = asyncio.get_running_loop()
        self._loops = [loop.create_task(self._work()), loop.create_task(self._heartbeat())]

    def wake(self) -> None:
        """Something may be due."""
        self._woken.set()

    async def drain(self) -> None:
        """Lease nothing more, and wait for what is under way. May be cancelled."""
        self._stopping = True
        self._woken.set()
        tasks = [task for _, task in self._under_way.values()]
        if tasks:
            await asyncio.wait(tasks)

    async def close(self) -> None:
        """Stop now: what is under way is handed back."""
        self._stopping = True
        under_way = [task for _, task in self._under_way.values()]
        tasks = [*self._loops, *under_way]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._loops = []

    @property
    def _lease_s(self) -> float:
        return max(LEASE_MIN_S, self._carrier.longest_s + LEASE_MARGIN_S)

    async def _work(self) -> None:
        while not self._stopping:
            self._woken.clear()
            try:
                more = await self._lease()
                wait_s = 0.0 if more else await self._wait_s()
            except StoreError:
                wait_s = STORE_AGAIN_S
            except Exception as error:  # noqa: BLE001 - a bug of ours here must not leave the box to itself
                self._crashed(f"worker {self._carrier.box}", error)
                wait_s = STORE_AGAIN_S
            if wait_s > 0.0:
                await self._rest(wait_s)

    async def _rest(self, wait_s: float) -> None:
        try:
            async with self._world.timeout(wait_s * (1.0 + 0.2 * self._rng.random())):
                await self._woken.wait()
        except TimeoutError:
            return

    async def _lease(self) -> bool:
        """Lease what may go. True where there may be more at once."""
        await self._world.sleep(0.0)  # what was leased begins, so that the carrier counts it
        if self._seclusion.wanted:
            return False
        free = self._in_flight_max - len(self._under_way)
        leased = 0
        for names, limit in self._turns(free):
            limit = min(limit, free - leased, CLAIM_MAX)  # noqa: PLW2901 - what is left of it
            if limit <= 0:
                break
            by_app = self._carrier.held_by == "apps"
            claimed = await self._deliveries.claim(
                self._carrier.box, self._now(), lease_s=self._lease_s, limit=limit,
                vendors=None if by_app else names, apps=names if by_app else None,
            )  # fmt: skip
            leased += len(claimed)
            for delivery in claimed:
                self._begin(delivery)
        return 0 < leased < free

    def _turns(self, free: int) -> list[tuple[Sequence[str] | None, int]]:
        """Whose deliveries are leased, and how many at most: those with room for all together, others one by one."""
        room = self._carrier.room()
        if room is None:
            return [(None, free)]
        room = {**dict.fromkeys(self._strays, 1), **room}
        wide = sorted(vendor for vendor, places in room.items() if places >= free)
        narrow = [((vendor,), places) for vendor, places in sorted(room.items()) if 0 < places < free]
        return [*narrow, *([(wide, free)] if wide else [])]

    async def _wait_s(self) -> float:
        due_s = await self._deliveries.next_due(self._carrier.box, self._now())
        if due_s is None:
            return IDLE_S
        return min(max(due_s, BUSY_S if due_s <= 0.0 else 0.001), IDLE_S)

    def _begin(self, delivery: Delivery) -> None:
        entered = asyncio.Event()
        self._seclusion.arrive(delivery, entered.set)
        task = asyncio.get_running_loop().create_task(self._one(delivery, entered))
        self._under_way[delivery.new.id] = (delivery, task)

        def ended(_: "asyncio.Task[None]") -> None:
            self._seclusion.leave(delivery)
            if self._under_way.get(delivery.new.id, (None, None))[1] is task:
                del self._under_way[delivery.new.id]
            self._woken.set()

        task.add_done_callback(ended)

    async def _one(self, delivery: Delivery, entered: asyncio.Event) -> None:
        """One delivery from its lease to its settlement; nothing of it goes before it has `entered`."""
        begun = False

        async def begin(call_id: str) -> None:
            nonlocal begun
            if await self._deliveries.begin_attempt(delivery, call_id, self._now()) is None:
                raise LeaseLost
            begun = True

        then: NewDelivery | None = None
        try:
            await entered.wait()
            settlement, then = await self._carrier.carry(delivery, begin)
        except LeaseLost:
            return
        except StoreError:
            settlement = self._carrier.cut_off(delivery, begun=begun)
        except asyncio.CancelledError:
            await self._settle(delivery, self._carrier.cut_off(delivery, begun=begun), None, tries=1)
            raise
        except Exception as error:  # noqa: BLE001 - a bug of ours: the lease is kept, so that it does not come at once
            self._crashed(delivery.new.id, error)
            if begun or not self._is_hopeless(delivery.new.id):
                return
            detail = "a bug of ours stopped it each time before it was sent; the log tells which"
            settlement = Settlement("dead", dead_reason="poison", detail=detail, counts=False)
        await self._settle(delivery, settlement, then, tries=SETTLE_TRIES)

    def _is_hopeless(self, delivery_id: str) -> bool:
        """Count a bug before an attempt, which the store does not: whether it was the last that one may have."""
        count = self._bugs.pop(delivery_id, 0) + 1
        if count < LEASES_LOST_MAX:
            self._bugs[delivery_id] = count
            if len(self._bugs) > BUGS_KNOWN_MAX:
                del self._bugs[next(iter(self._bugs))]
        return count >= LEASES_LOST_MAX

    async def _settle(
        self, delivery: Delivery, settlement: Settlement, then: NewDelivery | None, *, tries: int
    ) -> None:
        """Write down what became of it. What the store does not take is tried again, as long as the lease lasts."""
        for _ in range(tries):
            try:
                await self._deliveries.settle(delivery, settlement, self._now(), then)
            except StoreError:
                if tries > 1:
                    await self._world.sleep(STORE_AGAIN_S)
            except ValueError as error:  # a bug of ours: what it was to become cannot follow
                self._crashed(delivery.new.id, error)
                return
            else:
                return

    async def _heartbeat(self) -> None:
        while True:
            await self._world.sleep(self._lease_s / 3.0)
            try:
                await self._beat()
            except StoreError:
                continue

    async def _beat(self) -> None:
        """Keep the leases of what is under way, and give up those that are lost."""
        under_way = [delivery for delivery, _ in self._under_way.values()]
        if under_way:
            ours = await self._deliveries.extend(under_way, self._now(), lease_s=self._lease_s)
            for delivery in under_way:
                if delivery.new.id not in ours and delivery.new.id in self._under_way:
                    self._under_way[delivery.new.id][1].cancel()
        depths = await self._deliveries.depths()
        due = [depth for depth in depths if depth.box == self._carrier.box and depth.state in DUE and depth.rows]
        by_app = self._carrier.held_by == "apps"
        self._strays = frozenset(depth.app if by_app else depth.vendor for depth in due)
