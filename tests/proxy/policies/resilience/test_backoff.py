"""Tests of tidegate.proxy.policies.resilience.backoff."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.proxy.policies.resilience.backoff import Pauses, ceiling, equal_jitter, full_jitter, upwards


@pytest.mark.parametrize(
    ("retry_number", "ceiling_s"),
    [
        pytest.param(1, 0.1, id="the first retry waits up to the base"),
        pytest.param(2, 0.2, id="the second up to twice that"),
        pytest.param(5, 1.6, id="and so on"),
        pytest.param(8, 10.0, id="until the cap"),
        pytest.param(5000, 10.0, id="and however often after it"),
    ],
)
def test_full_jitter_spreads_over_all_of_nothing_to_the_ceiling(retry_number: int, ceiling_s: float) -> None:
    rng = random.Random(7)
    waits = [full_jitter(rng, 0.1, 10.0, retry_number) for _ in range(400)]
    assert max(waits) <= ceiling_s
    assert max(waits) > 0.95 * ceiling_s
    assert min(waits) < 0.05 * ceiling_s


def test_the_ceiling_doubles_with_each_retry_up_to_the_cap() -> None:
    assert [ceiling(0.1, 1.0, number) for number in (1, 2, 3, 4, 5, 5000)] == [0.1, 0.2, 0.4, 0.8, 1.0, 1.0]


def test_equal_jitter_never_waits_less_than_half_the_ceiling() -> None:
    rng = random.Random(7)
    waits = [equal_jitter(rng, 2.0, 5.0, 1) for _ in range(400)]
    assert 1.0 <= min(waits) < 1.05
    assert 1.95 < max(waits) <= 2.0
    assert max(equal_jitter(rng, 2.0, 5.0, 9) for _ in range(400)) <= 5.0


def test_the_same_seed_gives_the_same_waits() -> None:
    assert full_jitter(random.Random("a"), 0.1, 10.0, 3) == full_jitter(random.Random("a"), 0.1, 10.0, 3)


@given(st.floats(0.0, 3600.0), st.integers())
def test_a_wait_that_the_vendor_asked_for_is_stretched_and_never_shortened(wait_s: float, seed: int) -> None:
    assert wait_s <= upwards(random.Random(seed), wait_s) <= wait_s * 1.1 + 1e-9


def test_those_who_were_told_the_same_do_not_come_back_together() -> None:
    rng = random.Random(7)
    assert len({upwards(rng, 2.0) for _ in range(50)}) == 50


class TestPauses:
    """After refusals that do not say for how long."""

    def test_each_is_twice_the_one_before_up_to_a_cap(self) -> None:
        pauses, now, waits = Pauses(200.0), 0.0, []
        for _ in range(4):
            waits.append(pauses.refused(now, now, 60.0))
            now += waits[-1] + 1.0
        assert waits == [60.0, 120.0, 200.0, 200.0]

    def test_the_refusals_of_one_mistake_count_once(self) -> None:
        pauses = Pauses(3600.0)
        assert pauses.refused(10.0, 9.0, 60.0) == 60.0
        assert pauses.refused(11.0, 9.5, 60.0) == 59.0
        assert pauses.refused(12.0, 10.0, 60.0) == 58.0

    def test_an_answer_begins_anew(self) -> None:
        pauses = Pauses(3600.0)
        pauses.refused(0.0, 0.0, 60.0)
        pauses.answered()
        assert pauses.refused(100.0, 99.0, 60.0) == 60.0
