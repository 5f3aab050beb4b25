"""Faults hit exactly the requests that they are aimed at, and roll dice of their own."""

import random
from typing import Any

import pytest

from tidegate.scenario.scenario import parse_faults
from tidegate.simulator.trouble.fault_scope import FaultTarget
from tidegate.simulator.trouble.faults import Faults
from tidegate.simulator.trouble.vendor_fault import VendorFault


def faults(*wanted: dict[str, Any], at: float = 0.0) -> Faults:
    armed = Faults(lambda name: random.Random(f"7:{name}"))
    armed.arm(parse_faults(list(wanted), VendorFault), at)
    return armed


def hits(armed: Faults, operation: str = "PostRefunds", count: int = 10, at: float = 0.0) -> list[bool]:
    return [bool(armed.choose(operation, at).names) for _ in range(count)]


def test_nothing_armed_hits_nothing() -> None:
    assert hits(faults()) == [False] * 10


def test_a_fault_is_active_from_its_beginning_up_to_its_end() -> None:
    armed = faults({"kind": "hang", "from": "10s", "for": "5s"})
    assert [bool(armed.choose("x", at).names) for at in (9.999, 10.0, 14.999, 15.0)] == [False, True, True, False]


def test_times_count_from_the_moment_of_arming() -> None:
    armed = faults({"kind": "hang", "from": "10s", "for": "5s"}, at=100.0)
    assert [bool(armed.choose("x", at).names) for at in (10.0, 110.0, 115.0)] == [False, True, False]


def test_only_matching_operations_are_hit() -> None:
    armed = faults({"kind": "hang", "operations": ["Post*", "GetEvents"]})
    assert [hits(armed, name, 1)[0] for name in ("PostRefunds", "GetEvents", "GetEventsId")] == [True, True, False]


def test_skip_and_first_n_pick_one_certain_call() -> None:
    armed = faults({"kind": "hang", "skip": 3, "first_n": 1, "operations": ["PostRefunds"]})
    hits(armed, "GetRefunds", 5)
    assert hits(armed) == [False] * 3 + [True] + [False] * 6


def test_probability_is_kept_and_repeats_with_its_seed() -> None:
    fault = {"kind": "reset_after", "probability": "30%"}
    first, second = hits(faults(fault), count=1000), hits(faults(fault), count=1000)
    assert first == second
    assert 250 < sum(first) < 350


def test_a_new_fault_does_not_move_the_dice_of_the_others() -> None:
    some, other = {"kind": "latency", "delay": "1s", "probability": "50%"}, {"kind": "hang", "probability": "50%"}
    alone = [armed.choose("x", 0.0).delay_s for armed in [faults(some)] for _ in range(50)]
    beside = [armed.choose("x", 0.0).delay_s for armed in [faults(some, other)] for _ in range(50)]
    assert alone == beside


def test_every_so_many_are_hit_after_those_that_pass() -> None:
    assert (
        hits(faults({"kind": "hang", "nth": 3, "skip": 2})) == [False] * 4 + [True] + [False] * 2 + [True] + [False] * 2
    )


def test_a_ramp_brings_the_fault_on_little_by_little() -> None:
    armed = faults({"kind": "hang", "from": "100s", "ramp": "100s", "probability": "80%"})
    shares = [sum(hits(armed, count=1000, at=at)) / 1000 for at in (100.0, 125.0, 150.0, 200.0, 500.0)]
    assert shares[0] == 0.0
    for share, expected in zip(shares[1:], (0.2, 0.4, 0.8, 0.8), strict=True):
        assert abs(share - expected) < 0.05


def delays(**latency: str) -> list[float]:
    armed = faults({"kind": "latency", **latency})
    return sorted(armed.choose("x", 0.0).delay_s for _ in range(5000))


def test_a_lognormal_delay_has_its_median_and_its_p99() -> None:
    found = delays(delay="100ms", distribution="lognormal", p99="1s")
    assert 0.09 < found[2500] < 0.11
    assert 0.8 < found[4950] < 1.25


def test_a_pareto_delay_has_its_least_its_p99_and_the_heavier_tail() -> None:
    found = delays(delay="100ms", distribution="pareto", p99="1s")
    assert 0.1 <= found[0] < 0.101
    assert 0.8 < found[4950] < 1.25
    assert found[-1] > delays(delay="100ms", distribution="lognormal", p99="1s")[-1]
    assert delays(delay="100ms", distribution="pareto", p99="1s", most="2s")[-1] == 2.0


def test_an_app_and_headers_narrow_the_aim() -> None:
    armed = faults({"kind": "hang", "apps": ["*42"], "headers": {"X-Tenant": "a*"}})
    callers = [("***42", "acme"), ("***43", "acme"), ("***42", "other"), ("***42", None)]
    seen = [
        bool(armed.choose("x", 0.0, FaultTarget(app, {"X-Tenant": tenant} if tenant else {})).names)
        for app, tenant in callers
    ]
    assert seen == [True, False, False, False]
    anything = faults({"kind": "hang", "headers": {"X-Tenant": "*"}})
    assert not anything.choose("x", 0.0, FaultTarget("", {})).names
    assert anything.choose("x", 0.0, FaultTarget("", {"X-Tenant": ""})).names


@pytest.mark.parametrize(
    ("version", "drifts"),
    [("2024-01-31", False), ("2024-02-01", True), ("2024-10-01", True), ("2025-01-01.acacia", True), ("", False)],
)
def test_drift_by_version_hits_that_one_and_later_ones(version: str, drifts: bool) -> None:
    armed = faults({"kind": "drift", "change": "removed", "from_version": "2024-02-01"})
    assert bool(armed.choose("x", 0.0, FaultTarget(version=version)).changes) is drifts


def test_versions_are_compared_by_their_numbers() -> None:
    armed = faults({"kind": "drift", "change": "removed", "from_version": "v10.2"})
    seen = [
        bool(armed.choose("x", 0.0, FaultTarget(version=one)).changes) for one in ("9", "v10.1", "10.2", "v10.10", "11")
    ]
    assert seen == [False, False, True, True, True]


def test_a_request_that_was_refused_at_the_door_meets_only_what_changes_answers() -> None:
    armed = faults(
        {"kind": "latency", "delay": "1s"},
        {"kind": "error"},
        {"kind": "drift", "change": "scope"},
        {"kind": "lie", "about": "headers"},
    )
    chosen = armed.choose("x", 0.0, refused=True)
    assert (chosen.delay_s, chosen.fault, chosen.names) == (0.0, None, ())
    assert [one.fault.kind for one in chosen.changes] == ["lie"]
    assert [one["matched"] for one in armed.described()] == [0, 0, 0, 1]


def test_limits_are_granted_by_the_strictest_lie() -> None:
    armed = faults(
        {"kind": "lie", "about": "limits", "factor": "50%", "operations": ["Post*"]},
        {"kind": "lie", "about": "limits", "factor": "20%", "from": "10s"},
    )
    found = [armed.granted(name, at) for name, at in (("PostX", 0.0), ("GetX", 0.0), ("PostX", 10.0))]
    assert found == [0.5, 1.0, 0.2]


def test_webhooks_have_faults_and_drift_of_their_own() -> None:
    armed = faults(
        {"kind": "webhook", "mode": "late", "events": ["payment*"], "first_n": 1},
        {"kind": "drift", "change": "removed", "of": "webhooks", "operations": ["payment.done"]},
        {"kind": "hang"},
    )
    seen = [[one.fault.kind for one in armed.webhook(event, 0.0)] for event in ("payment.done", "payment.done", "x")]
    assert seen == [["webhook", "drift"], ["drift"], []]
    assert armed.choose("payment.done", 0.0).names == ("hang",)
    assert armed.choose("payment.done", 0.0).changes == ()


def test_delays_add_up_and_come_with_one_other_fault() -> None:
    armed = faults(
        {"kind": "latency", "delay": "1s"},
        {"kind": "latency", "delay": "2s", "jitter": "1s"},
        {"kind": "truncate"},
        {"kind": "hang"},
    )
    chosen = armed.choose("x", 0.0)
    assert 3.0 <= chosen.delay_s <= 4.0
    assert chosen.names == ("latency", "latency", "truncate")


def test_a_slow_pace_comes_with_any_other_fault() -> None:
    chosen = faults({"kind": "truncate"}, {"kind": "drip", "every": "1s", "pieces": 3}).choose("x", 0.0)
    assert chosen.pace is not None
    assert (chosen.names, chosen.pace.every_s, chosen.pace.pieces) == (("truncate", "drip"), 1.0, 3)
    assert chosen.fault is not None


def test_an_outage_hits_no_request_by_itself_and_is_asked_for_by_time() -> None:
    armed = faults({"kind": "outage", "from": "10s", "for": "5s", "mode": "reset"})
    assert hits(armed, at=12.0) == [False] * 10
    assert [armed.outage(at) is not None for at in (9.0, 10.0, 15.0)] == [False, True, False]
    assert [armed.next_turn(at) for at in (0.0, 10.0, 15.0)] == [10.0, 15.0, None]


def test_disarming_drops_all_and_the_dice_begin_again() -> None:
    armed = faults({"kind": "hang", "probability": "50%"})
    before = hits(armed, count=50)
    armed.disarm()
    assert hits(armed) == [False] * 10
    armed.arm(parse_faults({"kind": "hang", "probability": "50%"}, VendorFault), 0.0)
    assert hits(armed, count=50) == before


def test_one_of_several_is_dropped_by_its_number() -> None:
    armed = faults({"kind": "hang"}, {"kind": "error"})
    assert (armed.disarm(7), armed.disarm(0)) == (False, True)
    assert [one["kind"] for one in armed.described()] == ["error"]
    armed.arm(parse_faults({"kind": "empty"}, VendorFault), 0.0)
    assert [one["n"] for one in armed.described()] == [1, 2]


def test_armed_faults_describe_how_often_they_hit() -> None:
    armed = faults({"kind": "hang", "skip": 2})
    hits(armed, count=5)
    counts = {"matched": 5, "fired": 3}
    assert armed.described() == [{"n": 0, "kind": "hang", "skip": 2, "from_s": 0.0, "until_s": None, **counts}]
