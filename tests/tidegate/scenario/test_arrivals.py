"""A load's moments: as many as its rate comes to, where it comes to them, and the same for the same seed."""

import random
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.problems import UsageError
from tidegate.scenario.arrivals import ARRIVALS_MAX, RatePiece, arrival_times, rate_pieces
from tidegate.scenario.load import Load


def load(**keys: Any) -> Load:
    return Load.model_validate(keys)


def times(seconds: float = 10.0, seed: int = 1, /, **keys: Any) -> list[float]:
    return arrival_times(load(**keys), seconds, random.Random(seed))


def within(moments: list[float], begin: float, end: float) -> int:
    return sum(begin <= at < end for at in moments)


def test_a_constant_rate_is_spread_evenly() -> None:
    assert times(2.0, rate="4/s") == [0, 0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 1.75]
    assert times(2.3, rate="100/s")[-1] == pytest.approx(2.29)
    assert len(times(2.3, rate="100/s")) == 230
    assert times(rate="1/s", **{"from": "7s"}) == [7, 8, 9]
    assert times(rate="1/s", until="3s") == [0, 1, 2]
    assert times(20.0, rate="1/m") == []


def test_a_burst_comes_at_once_beside_the_rate() -> None:
    assert times(2.0, rate="1/s", burst=3, **{"from": "1s"}) == [1, 1, 1, 1]


def test_a_ramp_grows_evenly() -> None:
    moments = times(shape="ramp", rate="10/s", to="30/s")
    assert len(moments) == 200
    assert [within(moments, n, n + 1) for n in range(10)] == [11, 13, 15, 17, 19, 21, 23, 25, 27, 29]
    down = times(shape="ramp", rate="30/s", to="10/s")
    assert [within(down, n, n + 1) for n in range(10)] == [29, 27, 25, 23, 21, 19, 17, 15, 13, 11]


def test_steps_are_equally_long_and_equally_high() -> None:
    moments = times(8.0, shape="step", rate="10/s", to="40/s")
    assert [within(moments, n, n + 2) for n in range(0, 8, 2)] == [20, 40, 60, 80]
    assert len(times(8.0, shape="step", rate="10/s", to="40/s", steps=1)) == 320


def test_a_spike_stands_in_the_middle_or_where_it_is_put() -> None:
    moments = times(12.0, shape="spike", rate="40/s", to="400/s", peak_for="3s")
    assert (within(moments, 0, 4.5), within(moments, 4.5, 7.5), within(moments, 7.5, 12)) == (180, 1200, 180)
    early = times(8.0, shape="spike", rate="1/s", to="10/s", peak_at="1s")
    assert (within(early, 1, 3), len(early)) == (20, 26)
    late = times(8.0, shape="spike", rate="1/s", to="10/s", peak_at="7s", peak_for="5s")
    assert len(late) == 17


@pytest.mark.parametrize("at", ["8s", "100s"])
def test_a_peak_that_is_never_reached_is_told(at: str) -> None:
    with pytest.raises(UsageError, match="its peak is never reached; `peak_at` must lie within the load and the run"):
        times(8.0, shape="spike", rate="1/s", to="10/s", peak_at=at)


def test_a_load_that_goes_on_after_the_run_is_cut_at_its_end() -> None:
    assert rate_pieces(load(shape="ramp", rate="10/s", to="30/s", **{"for": "20s"}), 10.0) == [
        RatePiece(0.0, 10.0, 10.0, 20.0)
    ]
    assert rate_pieces(load(rate="10/s", **{"from": "20s"}), 10.0) == []


def test_random_arrivals_are_the_seeds_and_come_to_the_same_rate() -> None:
    moments = times(100.0, rate="50/s", spacing="random")
    assert moments == times(100.0, rate="50/s", spacing="random")
    assert moments != times(100.0, 2, rate="50/s", spacing="random")
    assert 4700 < len(moments) < 5300  # a Poisson number: four of its deviations around 5,000
    gaps = [second - first for first, second in pairwise(moments)]
    assert 0.33 < sum(gap > 0.02 for gap in gaps) / len(gaps) < 0.41  # e^-1 wait longer than the mean


def test_a_replay_plays_the_moments_of_a_log() -> None:
    assert times(shape="replay", times=[0, 0.5, 3, 20], **{"from": "2s"}) == [2, 2.5, 5]
    assert times(shape="replay", times=[8, 4, 0], speed=2) == [0, 2, 4]
    with pytest.raises(UsageError, match=r"a.log: this log has no moment of arrival"):
        times(shape="replay", log="a.log")


def test_more_calls_than_can_be_played_are_refused_before_any_is_worked_out() -> None:
    with pytest.raises(UsageError, match=f"a load of 2,000,000 calls is more than can be played, {ARRIVALS_MAX:,}"):
        times(rate="200000/s")


@given(
    shape=st.sampled_from(["constant", "ramp", "step", "spike"]),
    first=st.integers(1, 300),
    last=st.integers(1, 300),
    seconds=st.floats(0.1, 30),
    begin=st.integers(0, 40),
    length=st.integers(1, 40),
)
def test_moments_are_in_order_inside_the_load_and_as_many_as_the_rate_comes_to(
    shape: str, first: int, last: int, seconds: float, begin: int, length: int
) -> None:
    keys = {"shape": shape, "rate": f"{first}/s", "from": f"{begin}s", "for": f"{length}s"}
    one = load(**keys, **({} if shape == "constant" else {"to": f"{last}/s"}))
    moments = arrival_times(one, seconds, random.Random(0))
    assert moments == sorted(moments)
    assert all(begin <= at <= min(begin + length, seconds) for at in moments)
    assert len(moments) == int(sum(piece.calls for piece in rate_pieces(one, seconds)) + 1e-9)
