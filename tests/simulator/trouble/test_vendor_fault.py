"""A fault says what it means, or is refused with its cure."""

import random
from typing import Any

import pytest

from tests.simulator.conftest import Play, facts
from tidegate.scenario.scenario import Scenario, parse_faults
from tidegate.simulator.answer.answer import Answer
from tidegate.simulator.trouble.connection.hang import Hang
from tidegate.simulator.trouble.fault_scope import FaultTarget
from tidegate.simulator.trouble.vendor_fault import ArmedFault, VendorFault


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        ({"kind": "latency", "delay": "1s", "p99": "2s"}, "`p99` needs `distribution: lognormal` or `pareto`"),
        ({"kind": "latency", "delay": "1s", "distribution": "pareto"}, "needs a `delay` above 0s and a `p99` above it"),
        ({"kind": "latency", "delay": "2s", "p99": "1s", "distribution": "lognormal"}, "a `p99` above it"),
        (
            {"kind": "latency", "delay": "1s", "p99": "2s", "jitter": "1s", "distribution": "lognormal"},
            "`jitter` is for `uniform`",
        ),
        ({"kind": "error", "status": 399}, "at least 400"),
        ({"kind": "wrong_length", "by": 0}, "say how many bytes too many"),
        ({"kind": "hang", "at": "body"}, "add `effect: done`"),
        ({"kind": "reset_after", "at": "trailer"}, "'start', 'headers' or 'body'"),
        ({"kind": "garbage", "size": 0}, "at least 1"),
        ({"kind": "hang", "nth": 0}, "at least 1"),
        ({"kind": "headers", "put": {"X-Note": "a\r\nX-Other: b"}}, "breaks its line"),
        ({"kind": "headers", "put": {"X-Note: a": "b"}}, "breaks its line"),
        ({"kind": "webhook"}, "mode: this key is missing"),
        ({"kind": "webhook", "mode": "lost"}, "'duplicate', 'late'"),
        ({"kind": "outage", "operations": ["x"]}, "unknown key"),
    ],
)
def test_what_makes_no_sense_is_refused_with_its_cure(fault: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=r".+") as refused:
        parse_faults(fault, VendorFault)
    assert says in str(refused.value)


def test_a_fault_that_overrides_nothing_hits_nothing_and_leaves_everything_as_it_is() -> None:
    nothing, answer = VendorFault(kind="nothing"), Answer(200, b"{}")
    assert not nothing.aims_at("PostRefunds", FaultTarget())
    assert not nothing.aims_at_event("refund.created")
    assert nothing.answered(answer) is nothing.spoil(answer, 0) is answer
    assert (nothing.stops, nothing.failure, nothing.pace, nothing.chunked) == (False, None, None, None)


def test_an_armed_fault_counts_what_it_meets_and_what_it_hits() -> None:
    armed = ArmedFault(Hang(nth=2), 0, 10.0, 20.0, random.Random(1))
    assert [armed.active(at) for at in (9.0, 10.0, 20.0)] == [False, True, False]
    assert [armed.hits(10.0) for _ in range(4)] == [False, True, False, True]
    assert (armed.matched, armed.fired) == (4, 2)


async def test_the_simulator_takes_what_happens_around_the_vendor_and_ignores_it(play: Play) -> None:
    written = {"name": "x", "faults": [{"kind": name, "delay": "1s"} for name in ("wire", "latency", "disk")]}
    vendor = await play(facts(), scenario=Scenario.model_validate(written))
    assert [armed["kind"] for armed in vendor.simulator.faults.described()] == ["latency"]
