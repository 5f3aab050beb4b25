"""An answer proves that its request has arrived: that makes room for late timers, and overruns nobody."""

import heapq
import random

import pytest

from tests.proxy.policies.limits.test_token_bucket import full_bucket, taken_at_once

RATE_PER_S, BURST, SPREAD_S = 100.0, 20, 0.18


def played(late_s: float, wire: str, *, seed: int = 1, answers: bool = True) -> tuple[list[float], float]:
    """When requests arrive at the vendor, and how long it all took, where each timer rings up to `late_s` late.

    A wire is quick, as slow and uneven as is foreseen, or holds everything back to let it go at once.
    """
    rng = random.Random(seed)
    bucket, now = full_bucket(RATE_PER_S, BURST, SPREAD_S)
    began, arrivals, flying = now, list[float](), list[tuple[float, float]]()
    while len(arrivals) < 2000:
        now += bucket.ready_in(now) + 1e-9 + rng.random() * late_s
        while flying and flying[0][0] <= now:
            answered, departed = heapq.heappop(flying)
            if answers:
                bucket.arrived(max(answered, departed), departed)
        while bucket.take(now) == 0.0:
            if wire == "quick":
                arrived = now + 0.002
            elif wire == "uneven":
                arrived = now + rng.random() * SPREAD_S
            else:
                arrived = now + SPREAD_S - (now % SPREAD_S)
            arrivals.append(arrived)
            if wire != "uneven" or rng.random() < 0.8:  # some answers never come
                heapq.heappush(flying, (arrived + 0.001 * rng.random(), now))
    return sorted(arrivals), now - began


def overrun(arrivals: list[float]) -> float:
    """How many tokens more than there are the vendor's own bucket would have had to give, at the worst."""
    level, last, worst = float(BURST), arrivals[0], 0.0
    for at in arrivals:
        level = min(level + (at - last) * RATE_PER_S, float(BURST)) - 1.0
        last, worst = at, max(worst, -level)
    return worst


@pytest.mark.parametrize("wire", ["quick", "uneven", "held back"])
@pytest.mark.parametrize("late_s", [0.0, 0.03, 0.3])
def test_no_wire_overruns_the_vendor(wire: str, late_s: float) -> None:
    for seed in range(3):
        arrivals, _ = played(late_s, wire, seed=seed)
        assert overrun(arrivals) < 1e-6


def test_timers_that_ring_late_cost_nothing_of_the_rate_while_the_wire_is_quick() -> None:
    _, took_s = played(0.1, "quick")
    assert 2000 - BURST <= RATE_PER_S * took_s < 1.01 * 2000
    _, without_s = played(0.1, "quick", answers=False)
    assert without_s > 1.1 * took_s, "this is what the answers are for"


def test_an_answer_that_comes_after_the_spread_changes_nothing_and_a_bucket_without_a_spread_knows_of_none() -> None:
    bucket, now = full_bucket(RATE_PER_S, BURST, SPREAD_S)
    assert bucket.take(now) == 0.0
    assert taken_at_once(bucket, now + 0.2) == BURST
    before = bucket.ready_in(now + 0.2)
    bucket.arrived(now + 0.2, now)
    assert bucket.ready_in(now + 0.2) == before
    plain, now = full_bucket(RATE_PER_S, BURST)
    assert taken_at_once(plain, now) == BURST
    plain.arrived(now, now)
    assert plain.ready_in(now) == pytest.approx(0.01)
