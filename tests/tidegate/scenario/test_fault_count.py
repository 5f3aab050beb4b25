"""A fault that hit nothing did not happen, and says why."""

from typing import Any

import pytest

from tidegate.scenario.fault import Fault
from tidegate.scenario.fault_count import FaultCount, never_happened
from tidegate.scenario.scenario import parse_faults

WANTED = [(2.0, 3.0)]


@pytest.mark.parametrize(
    ("fault", "count", "says"),
    [
        ({"kind": "error"}, FaultCount(0, 0), ["(error) never happened: it met no target"]),
        ({"kind": "error"}, FaultCount(1_200, 0), ["(error) never happened: it met 1,200 targets, and hit none"]),
        ({"kind": "webhook", "mode": "drop"}, FaultCount(0, 0), ["(webhook) never happened: it met no webhook"]),
        ({"kind": "error"}, FaultCount(7, 1), []),
        ({"kind": "outage", "from": "3s"}, None, []),
        ({"kind": "outage", "from": "4s"}, None,
         ["(outage) never happened: while it lasted nobody wanted anything"]),
    ],
)  # fmt: skip
def test_a_fault_that_hit_nothing_says_why(fault: dict[str, Any], count: FaultCount | None, says: list[str]) -> None:
    assert never_happened(parse_faults(fault, Fault), [count], WANTED) == [f"fault 1 {one}" for one in says]
