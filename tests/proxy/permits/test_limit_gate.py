"""Those who wait for a permit: in order, in time, and no permit is lost when one leaves. The clock is a number."""

import asyncio
from collections.abc import Callable
from itertools import pairwise

import pytest

from tests.waiting import settle
from tidegate.proxy.permits.limit_gate import LimitGate, LimitPermit
from tidegate.proxy.permits.waiting_room import WaitingRoom
from tidegate.proxy.policies.dialects.vendor_clock import VendorClock
from tidegate.proxy.policies.limits.concurrency_limit import ConcurrencyLimit
from tidegate.proxy.policies.limits.counted_windows import FixedWindow, SlidingWindow
from tidegate.proxy.policies.limits.gauge import Gauge
from tidegate.proxy.policies.limits.limit_set import LimitSet
from tidegate.proxy.policies.limits.periods import Every
from tidegate.proxy.policies.limits.token_bucket import TokenBucket
from tidegate.proxy.policies.limits.wait_queue import QueueRefusal, WaitQueue


class Clock:
    """A world of one clock, moved by hand."""

    def __init__(self) -> None:
        self.time = 0.0
        self.timers: list[tuple[float, Callable[..., object]]] = []

    def now(self) -> float:
        return self.time

    def call_later(self, delay_s: float, callback: Callable[..., object], *_: object) -> "Clock.Handle":
        entry = (self.time + delay_s, callback)
        self.timers.append(entry)
        return Clock.Handle(self, entry)

    class Handle:
        """A timer."""

        def __init__(self, clock: "Clock", entry: tuple[float, Callable[..., object]]) -> None:
            self.clock, self.entry = clock, entry

        def cancel(self) -> None:
            if self.entry in self.clock.timers:
                self.clock.timers.remove(self.entry)

    async def advance(self, seconds: float) -> None:
        until = self.time + seconds
        while due := [entry for entry in self.timers if entry[0] <= until + 1e-9]:
            first = min(due, key=lambda entry: entry[0])
            self.timers.remove(first)
            self.time = max(self.time, first[0])
            first[1]()
            await settle()
        self.time = until


def gate(clock: Clock, *, rate: float = 10.0, burst: int = 1, depth: int = 10) -> LimitGate:
    room = WaitingRoom(clock, WaitQueue(depth))  # type: ignore[arg-type]  # a world of one clock
    return LimitGate(LimitSet([TokenBucket(rate, burst, clock.now())]), room)


async def test_permits_come_at_the_rate_and_not_faster() -> None:
    clock, entered = Clock(), list[float]()
    door = gate(clock, rate=10.0)

    async def call() -> None:
        assert isinstance(await door.acquire(clock.now(), 100.0, 100.0), LimitPermit)
        entered.append(clock.now())

    tasks = [asyncio.create_task(call()) for _ in range(10)]
    await settle()
    await clock.advance(2.0)
    await asyncio.gather(*tasks)
    gaps = [later - earlier for earlier, later in pairwise(entered)]
    assert min(gaps) >= 0.1 - 1e-9


async def test_a_call_that_would_wait_too_long_is_refused_at_once() -> None:
    clock = Clock()
    door = gate(clock, rate=1.0)
    waiting = [asyncio.create_task(door.acquire(clock.now(), 100.0, 100.0)) for _ in range(3)]
    await settle()
    assert await door.acquire(clock.now(), 100.0, 2.0) == QueueRefusal("would expire")
    assert await door.acquire(clock.now(), 1.0, 50.0) == QueueRefusal("would expire")
    await clock.advance(10.0)
    await asyncio.gather(*waiting)


async def test_a_pause_sends_away_those_who_cannot_wait_for_its_end() -> None:
    clock = Clock()
    door = gate(clock, rate=10.0)
    brief = asyncio.create_task(door.acquire(clock.now(), 100.0, 5.0))
    patient = asyncio.create_task(door.acquire(clock.now(), 100.0, 50.0))
    await settle()
    door.pause_until(20.0)
    await clock.advance(6.0)
    assert await brief == QueueRefusal("would expire")
    await clock.advance(30.0)
    assert isinstance(await patient, LimitPermit)


def test_a_permit_knows_of_a_pause_that_began_after_it_was_taken() -> None:
    clock = Clock()
    door = gate(clock)
    clock.time = 10.0
    other = LimitGate(LimitSet([*door.limits.gauges, ConcurrencyLimit(9)]), door.room)
    apart = LimitGate(LimitSet([TokenBucket(1.0, 1, 0.0)]), door.room)
    permit, elsewhere = door.try_acquire(10.0), apart.try_acquire(10.0)
    assert permit is not None
    assert elsewhere is not None
    assert permit.paused_s(10.0) == 0.0
    other.pause_until(20.0)
    other.pause_until(15.0)
    assert (permit.paused_s(12.0), elsewhere.paused_s(12.0)) == (8.0, 0.0)
    clock.time = 21.0
    assert permit.paused_s(21.0) <= 0.0
    apart.pause_until(30.0)
    assert len(door.room.pauses) == 1, "what is over is forgotten"


async def test_a_permit_granted_to_one_who_just_left_goes_back() -> None:
    clock = Clock()
    door = gate(clock, rate=1.0)
    task = asyncio.create_task(door.acquire(clock.now(), 100.0, 100.0))
    await settle()
    clock.time = 1.0
    door.room.serve()
    task.cancel()
    await settle()
    assert task.cancelled()
    assert door.limits.take(clock.now()) == 0.0


async def test_a_permit_holds_what_it_took_whoever_took_another_meanwhile() -> None:
    """A request that waits for a connection counts as sent when it leaves, and its neighbour as it was."""
    clock = Clock()
    door = gate(clock, rate=1.0, burst=4)
    clock.time = 10.0
    first = door.try_acquire(clock.now(), (3.0,))
    clock.time = 10.5
    second = door.try_acquire(clock.now())
    assert first is not None
    assert second is not None
    assert (first.taken_at, first.amounts, second.taken_at, second.amounts) == (10.0, (3.0,), 10.5, None)
    first.release(clock.now(), sent=False)
    assert door.limits.used(clock.now()) == pytest.approx(0.125), "three came back, half of one has flowed in"


@pytest.mark.parametrize(
    "limit",
    [
        pytest.param(lambda: TokenBucket(1.0, 4, -10.0, 0.2), id="a bucket"),
        pytest.param(lambda: SlidingWindow(4, 4.0, -10.0, 0.2), id="a sliding window"),
        pytest.param(
            lambda: FixedWindow(4, Every(4.0), VendorClock(0.0, 0.0), -10.0, 0.2, fresh=True), id="a fixed window"
        ),
    ],
)
@pytest.mark.parametrize("waits_s", [0.1, 1.0, 4.5])
def test_what_had_to_wait_for_a_connection_is_given_back_as_what_left_then(
    limit: Callable[[], Gauge], waits_s: float
) -> None:
    """Else it would be looked for at the moment in which it was taken, and not be found."""
    clock, gauge = Clock(), limit()
    room = WaitingRoom(clock, WaitQueue(1))  # type: ignore[arg-type]  # a world of one clock
    clock.time = 11.0
    permit = LimitGate(LimitSet([gauge]), room).try_acquire(11.0)
    assert permit is not None
    permit.hold()
    clock.time += waits_s
    permit.leave()
    permit.release(clock.now(), sent=False)
    assert gauge.used(clock.now()) == 0.0


def test_a_permit_is_given_back_once() -> None:
    clock = Clock()
    door = gate(clock)
    clock.time = 10.0
    permit = door.try_acquire(clock.now())
    assert permit is not None
    permit.release(clock.now(), sent=False)
    with pytest.raises(AssertionError, match="given back twice"):
        permit.release(clock.now(), sent=False)


def test_what_was_sent_gives_back_its_places_and_no_token() -> None:
    clock, places = Clock(), ConcurrencyLimit(1)
    clock.time = 10.0
    bucket = TokenBucket(1.0, 1, 0.0)
    room = WaitingRoom(clock, WaitQueue(1))  # type: ignore[arg-type]  # a world of one clock
    permit = LimitGate(LimitSet([bucket, places]), room).try_acquire(clock.now())
    assert permit is not None
    permit.release(clock.now(), sent=True)
    assert (places.held, bucket.used(clock.now())) == (0.0, 1.0)


def test_a_limit_that_is_only_reported_lends_what_it_has_not() -> None:
    clock = Clock()
    door = gate(clock, rate=1.0)
    assert door.try_acquire(clock.now()) is None
    door.overdraw(clock.now())
    assert door.limits.ready_in(clock.now()) == pytest.approx(2.0)
