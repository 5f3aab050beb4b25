"""Faults hit exactly the requests that they are aimed at, and roll dice of their own."""

import random
from typing import Any

from tidegate.scenario import parse_faults
from tidegate.simulator.faults import Faults


def faults(*wanted: dict[str, Any], at: float = 0.0) -> Faults:
    armed = Faults(lambda name: random.Random(f"7:{name}"))
    armed.arm(parse_faults(list(wanted)), at)
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
    assert chosen.drip is not None
    assert (chosen.names, chosen.drip.every, chosen.drip.pieces) == (("truncate", "drip"), 1.0, 3)
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
    armed.arm(parse_faults({"kind": "hang", "probability": "50%"}), 0.0)
    assert hits(armed, count=50) == before


def test_armed_faults_describe_how_often_they_hit() -> None:
    armed = faults({"kind": "hang", "skip": 2})
    hits(armed, count=5)
    assert armed.described() == [{"kind": "hang", "from_s": 0.0, "until_s": None, "matched": 5, "fired": 3}]
