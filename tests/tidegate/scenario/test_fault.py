"""A fault says what it means, or is refused with its cure."""

from typing import Any

import pytest

from tidegate.scenario.fault import Hang, Outage, ResetAfter
from tidegate.scenario.scenario import VENDOR_KINDS, parse_faults


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
        ({"kind": "error", "status": 399}, "greater than or equal to 400"),
        ({"kind": "wrong_length", "by": 0}, "say how many bytes too many"),
        ({"kind": "hang", "at": "body"}, "add `effect: done`"),
        ({"kind": "reset_after", "at": "trailer"}, "'start', 'headers' or 'body'"),
        ({"kind": "garbage", "size": 0}, "greater than or equal to 1"),
        ({"kind": "hang", "nth": 0}, "greater than or equal to 1"),
        ({"kind": "headers", "put": {"X-Note": "a\r\nX-Other: b"}}, "breaks its line"),
        ({"kind": "headers", "put": {"X-Note: a": "b"}}, "breaks its line"),
        ({"kind": "webhook"}, "mode: this key is missing"),
        ({"kind": "webhook", "mode": "lost"}, "'duplicate', 'late'"),
        ({"kind": "outage", "operations": ["x"]}, "unknown key"),
    ],
)
def test_what_makes_no_sense_is_refused_with_its_cure(fault: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=r".+") as refused:
        parse_faults(fault)
    assert says in str(refused.value)


def test_every_kind_has_one_name() -> None:
    assert len({*VENDOR_KINDS}) == len(VENDOR_KINDS) == 21


def test_what_is_left_out_has_its_ordinary_meaning() -> None:
    hang = Hang()
    assert (hang.operations, hang.apps, hang.probability, hang.nth, hang.first_n, hang.at) == (
        ("*",),
        ("*",),
        1.0,
        1,
        None,
        "start",
    )
    assert ResetAfter().at == "start"


def test_two_of_the_outages_end_connections() -> None:
    ends = {mode: Outage.model_validate({"mode": mode}).resets for mode in ("refuse", "reset", "silent", "status")}
    assert ends == {"refuse": True, "reset": True, "silent": False, "status": False}
