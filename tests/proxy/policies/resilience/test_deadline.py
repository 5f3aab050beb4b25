"""Tests of tidegate.proxy.policies.resilience.deadline."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.proxy.policies.resilience.deadline import TIMEOUT_MAX_S, deadline_of, fits, parse_timeout, remaining


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        pytest.param("3", 3.0, id="a bare number is seconds"),
        pytest.param("2.5", 2.5, id="a fraction of a second counts"),
        pytest.param("800ms", 0.8, id="milliseconds"),
        pytest.param("2s", 2.0, id="seconds with their unit"),
        pytest.param("1m", 60.0, id="minutes"),
        pytest.param(" 4 ", 4.0, id="blanks around it do not matter"),
        pytest.param("0", None, id="nought is no usable budget"),
        pytest.param("-1", None, id="a negative one is ignored"),
        pytest.param("nan", None, id="not a number is ignored"),
        pytest.param("inf", None, id="an endless one is ignored"),
        pytest.param("1e3", None, id="exponents are not how people write durations"),
        pytest.param("", None, id="an empty one is ignored"),
        pytest.param("soon", None, id="a word is ignored"),
        pytest.param("٣", None, id="digits of other scripts are ignored"),
        pytest.param("90000", None, id="more than a day is a mistake in units"),
    ],
)
def test_an_app_writes_its_budget_in_these_forms(header: str, seconds: float | None) -> None:
    assert parse_timeout(header) == seconds


@given(st.text())
def test_whatever_an_app_sends_is_a_usable_budget_or_none(header: str) -> None:
    found = parse_timeout(header)
    assert found is None or (0.0 < found <= TIMEOUT_MAX_S and math.isfinite(found))


@pytest.mark.parametrize(
    ("asked_s", "deadline"),
    [
        pytest.param(None, 130.0, id="who asks for nothing gets the budget"),
        pytest.param(5.0, 105.0, id="who asks for less gets less"),
        pytest.param(60.0, 130.0, id="who asks for more gets the budget"),
    ],
)
def test_a_deadline_is_never_later_than_the_budget(asked_s: float | None, deadline: float) -> None:
    assert deadline_of(100.0, 30.0, asked_s) == deadline


def test_what_is_left_is_never_negative() -> None:
    assert remaining(10.0, 4.0) == 6.0
    assert remaining(10.0, 12.0) == 0.0


@pytest.mark.parametrize(
    ("wait_s", "needed_s", "answer"),
    [
        pytest.param(1.0, 0.0, True, id="a wait that leaves time fits"),
        pytest.param(2.0, 0.0, False, id="a wait that leaves nothing does not"),
        pytest.param(1.5, 0.5, False, id="nor one that leaves only just what is needed"),
        pytest.param(1.4, 0.5, True, id="one that leaves more than is needed does"),
    ],
)
def test_a_wait_fits_when_something_can_still_be_done_after_it(wait_s: float, needed_s: float, answer: bool) -> None:
    assert fits(wait_s, 2.0, needed_s) is answer
