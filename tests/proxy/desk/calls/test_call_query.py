"""Tests of tidegate.proxy.desk.calls.call_query."""

from typing import Any

import pytest

from tests.proxy.examples import attempt, finished
from tidegate.problems import PROBLEMS
from tidegate.proxy.call.call import CarriedDeliveries
from tidegate.proxy.call.outcome import Outcome, Verdict
from tidegate.proxy.desk.calls.call_query import CallQuery, read_call_query
from tidegate.proxy.desk.delivery_query import Misread

WALL = 1_700_000_000.5
CALL: dict[str, Any] = {
    "call_id": "c123", "wall": WALL, "verdict": Verdict.REFUSED, "problem": PROBLEMS["overloaded"], "trace_id": "t1",
    "attempts": [attempt(request_id="req_9")], "repeats": "c100", "outcome": Outcome.UNKNOWN,
}  # fmt: skip


@pytest.mark.parametrize(
    "given",
    [
        {"id": "c12"}, {"id": "t1"}, {"id": "req_9"}, {"id": "c100"}, {"id": "d7"},
        {"app": "shop"}, {"vendor": "stripe"}, {"operation": "PostRefunds"}, {"verdict": "refused"},
        {"verdict": "unsuccessful"},
        {"outcome": "unknown"}, {"problem": "overloaded"}, {"since": "1h"}, {"until": "2100-01-01"}, {},
    ],
)  # fmt: skip
def test_a_call_is_found_by_what_is_known_of_it(given: dict[str, str]) -> None:
    query = read_call_query({name: [value] for name, value in given.items()}, WALL + 60)
    assert isinstance(query, CallQuery)
    carried = CarriedDeliveries(("d7",), ())
    assert query.matches(finished(**CALL, carried=carried))


@pytest.mark.parametrize(
    "given",
    [
        {"id": "123"}, {"app": "sho"}, {"vendor": "twilio"}, {"operation": "PostX"}, {"verdict": "success"},
        {"outcome": "done"}, {"problem": "outcome-unknown"}, {"since": "10s"}, {"until": "1h"},
    ],
)  # fmt: skip
def test_another_call_is_left_out(given: dict[str, str]) -> None:
    query = read_call_query({name: [value] for name, value in given.items()}, WALL + 60)
    assert isinstance(query, CallQuery)
    assert not query.matches(finished(**CALL))


def test_a_time_that_is_none_is_refused() -> None:
    assert isinstance(read_call_query({"since": ["soon"]}, WALL), Misread)


def test_a_success_is_not_unsuccessful() -> None:
    query = read_call_query({"verdict": ["unsuccessful"]}, WALL)
    assert isinstance(query, CallQuery)
    assert not query.matches(finished())
