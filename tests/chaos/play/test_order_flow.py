"""The order flow keeps its promises through outage, crashes and bad webhooks, and broken flows are caught."""

from dataclasses import replace
from typing import Any

import pytest

from tidegate.adapters.ports.orders import Order
from tidegate.chaos.apps.order_app import OrderApp
from tidegate.chaos.play.order_config import shipped_orders
from tidegate.chaos.play.order_flow import PlayedOrders, play_orders
from tidegate.proxy.durable.outbox_door import OutboxDoor
from tidegate.proxy.policies.delivery import outbox_decision
from tidegate.scenario.scenario import Scenario

SHORT: dict[str, Any] = {
    "name": "short",
    "seconds": 240,
    "load": [{"rate": "10/m", "mix": {"order": 1, "changed order": 2}}],
    "faults": [
        {"kind": "webhook", "mode": "duplicate", "events": ["orders.*"], "probability": "30%"},
        {"kind": "webhook", "mode": "reorder", "events": ["orders.updated"], "probability": "40%", "delay": "30s"},
        {"kind": "webhook", "mode": "forge", "events": ["orders.*"], "probability": "10%"},
        {"kind": "latency", "delay": "50ms", "jitter": "100ms"},
        {"kind": "outage", "from": "90s", "for": "60s", "mode": "status"},
        {"kind": "crash", "from": "120s", "first_n": 1, "down": "3s"},
    ],
}


def short(*without: str, **more: Any) -> Scenario:
    """The short scenario, without some kinds of faults and with more keys."""
    faults = [fault for fault in SHORT["faults"] if fault["kind"] not in without]
    return Scenario.model_validate({**SHORT, "faults": faults, **more})


def words(played: PlayedOrders) -> set[str]:
    return {sentence.partition(":")[0] for sentence in played.broken}


def stages(played: PlayedOrders) -> set[object]:
    return {line["stage"] for line in played.lines if "stage" in line}


@pytest.mark.slow
def test_every_order_arrives_once_in_order_and_soon_though_much_goes_wrong() -> None:
    played = play_orders(short(), seed=1)
    assert (played.broken, played.untried) == ([], [])
    assert stages(played) == {"handed over", "stale"}
    outcomes = {line["outcome"] for line in played.lines if line.get("note") == "webhook"}
    assert outcomes == {"accepted", "repeated", "no-match"}
    assert (played.figures.met_outage > 10, played.figures.dead) == (True, 0)


@pytest.mark.slow
def test_the_shipped_scenario_holds_at_the_seeds_load() -> None:
    played = play_orders(shipped_orders(), seed=1)
    assert (played.broken, played.untried) == ([], [])
    assert played.figures.p99_s < 30.0
    assert played.figures.drained_s < 30.0


@pytest.mark.slow
def test_without_its_outage_the_shipped_scenario_is_faster() -> None:
    played = play_orders(shipped_orders(outage=False), seed=1)
    assert (played.broken, played.untried, played.figures.met_outage) == ([], [], 0)


@pytest.mark.slow
def test_the_same_seed_plays_the_same_story() -> None:
    first, second = (play_orders(short(seconds=60, faults=SHORT["faults"][:4]), seed=5) for _ in range(2))
    assert first.evidence == second.evidence


@pytest.mark.slow
def test_the_lines_of_the_app_have_the_seeds_fields_and_lead_to_the_proxys() -> None:
    played = play_orders(short("outage", "crash", "webhook", seconds=60), seed=2)
    line = next(line for line in played.lines if line.get("stage") == "handed over")
    assert {"correlation_id", "order_id", "stage", "latency_ms", "attempt"} <= set(line)
    calls = [other for other in played.lines if other.get("trace") == line["correlation_id"]]
    assert {call.get("note") or (call["operation"], call["verdict"]) for call in calls} == {
        "post to an app", ("PutOrder", "success")
    }  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["refuse", "reset", "silent"])
def test_however_the_warehouse_is_away_nothing_is_dead_for_it(mode: str) -> None:
    outage = {"kind": "outage", "from": "60s", "for": "60s", "mode": mode}
    played = play_orders(short(seconds=180, faults=[outage]), seed=3)
    assert played.broken == []
    assert played.figures.met_outage > 0


@pytest.mark.slow
@pytest.mark.parametrize(("status", "reason"), [(400, "rejected"), (401, "credential"), (403, "credential")])
def test_what_the_warehouse_refuses_is_tried_once_and_a_dead_letter(status: int, reason: str) -> None:
    refusal = {"kind": "error", "status": status, "first_n": 1, "operations": ["PutOrder"]}
    played = play_orders(short(seconds=60, faults=[refusal], load=[{"burst": 3, "mix": {"order": 1}}]), seed=4)
    assert played.evidence.dead == {reason: 1}
    assert played.figures.requests == 3
    assert words(played) == {"lost", "dead"}


@pytest.mark.slow
def test_a_breaker_that_burns_tries_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = outbox_decision._is_try
    monkeypatch.setattr(outbox_decision, "_is_try", lambda carried: whole(replace(carried, away=False)))
    assert "dead" in words(play_orders(short("webhook", "crash"), seed=1))


@pytest.mark.slow
def test_an_app_and_an_outbox_that_keep_no_order_are_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(OutboxDoor, "_order_key", lambda *_: "")
    whole = OrderApp._hand_over

    async def forgetful(self: OrderApp, order: Order, post: Any) -> Any:
        self._newest.clear()
        return await whole(self, order, post)

    monkeypatch.setattr(OrderApp, "_hand_over", forgetful)
    assert "dead" in words(play_orders(short("outage", "crash"), seed=1))
