"""Tests of tidegate.proxy.telemetry.overview.overview."""

import asyncio
from collections.abc import Callable
from typing import Any

import orjson

from tests.proxy.examples import attempt, finished
from tidegate.proxy.call.outcome import Verdict
from tidegate.proxy.telemetry.metrics import VendorState
from tidegate.proxy.telemetry.overview.overview import Overview
from tidegate.proxy.telemetry.overview.vendor_history import STEP_S, STEPS_MAX
from tidegate.world.world import RealWorld


class SteppedWorld(RealWorld):
    """A world whose time goes on from timer to timer, when the test says so."""

    def __init__(self) -> None:
        super().__init__(seed=1)
        self.at = 1000.0
        self.timer: Callable[..., object] | None = None

    def now(self) -> float:
        return self.at

    def wall(self) -> float:
        return 1_700_000_000.0 + self.at

    def call_later(self, delay_s: float, callback: Callable[..., object], *args: object) -> asyncio.TimerHandle:
        self.timer = callback

        class Handle:
            def cancel(handle) -> None:  # noqa: N805
                self.timer = None

        return Handle()  # type: ignore[return-value]  # a fake

    def step(self, times: int = 1) -> None:
        for _ in range(times):
            self.at += STEP_S
            assert self.timer is not None
            self.timer()


def made(**states: VendorState) -> tuple[SteppedWorld, Overview]:
    world = SteppedWorld()
    overview = Overview(world, lambda: states)
    overview.start()
    return world, overview


def shown(overview: Overview, vendor: str = "stripe") -> dict[str, Any]:
    found: dict[str, Any] = orjson.loads(orjson.dumps(overview.document()))["vendors"][vendor]
    return found


def test_a_vendor_is_shown_with_what_it_carries_and_what_its_trouble_costs() -> None:
    state = VendorState(
        breakers={"a": {"state": "closed"}, "b": {"state": "half-open"}, "c": {"state": "open"}},
        limits={"account": 0.75, "daily": 0.2}, queued=3, connections=2, leased=1,
    )  # fmt: skip
    world, overview = made(stripe=state)
    failed = attempt(began=100.0, ended=103.0, verdict=Verdict.FAILED, status=503)
    for _ in range(10):
        overview.tallies["stripe"].note(finished(began=100.0, now=103.0, verdict=Verdict.FAILED, attempts=[failed]))
    world.step(2)
    found = shown(overview)
    assert (found["standing"], found["breaker"]) == ("down", "open")
    assert found["why"] == "The breaker c is open; 10 of 10 calls failed in the last 10 s."
    assert found["breakers"] == {"a": "closed", "b": "half-open", "c": "open"}
    assert found["fullest"] == {"limit": "account", "used": 0.75}
    assert (found["calls"], found["calls_per_s"], found["errors"], found["error_share"]) == (10, 1.0, 10, 1.0)
    assert found["ended"] == {"failed": 10}
    costs = {"waiting": 3, "connections": 2, "under_way": 1, "held": 3.0, "queued": 0.0, "failing": 3.0}
    assert found["costs"] == costs
    assert 2500 < found["p50_ms"] <= 5000
    assert found["history"]["calls_per_s"] == [2.0, 0.0]
    assert found["history"]["errors_per_s"] == [2.0, 0.0]
    assert found["history"]["waiting"] == [3, 3]
    assert found["history"]["p99_ms"][1] is None


def test_the_window_is_the_last_minute_and_what_came_since_the_last_step_counts() -> None:
    world, overview = made(stripe=VendorState())
    overview.tallies["stripe"].note(finished())
    world.step(30)
    assert shown(overview)["calls"] == 0
    overview.tallies["stripe"].note(finished())
    assert shown(overview)["calls"] == 1


def test_before_the_first_step_there_is_a_document_without_a_rate() -> None:
    overview = Overview(SteppedWorld(), lambda: {"stripe": VendorState()})
    overview.tallies["stripe"].note(finished())
    found = shown(overview)
    assert (found["standing"], found["calls"], found["calls_per_s"], found["history"]["held"]) == ("idle", 0, 0.0, [])


def test_a_vendor_that_a_reload_takes_out_is_forgotten_and_one_that_it_brings_is_shown() -> None:
    states = {"stripe": VendorState()}
    world = SteppedWorld()
    overview = Overview(world, lambda: states)
    overview.start()
    world.step()
    states["github"] = VendorState()
    del states["stripe"]
    overview.tallies["github"].note(finished())
    world.step()
    assert overview.document()["vendors"].keys() == {"github"}  # type: ignore[attr-defined]  # a document
    states["stripe"] = VendorState()
    assert shown(overview)["history"]["held"] == []


def test_history_is_bounded_and_ends_when_it_is_closed() -> None:
    world, overview = made(stripe=VendorState())
    world.step(STEPS_MAX + 30)
    assert len(shown(overview)["history"]["calls_per_s"]) == STEPS_MAX
    overview.close()
    assert world.timer is None
