"""Tests of tidegate.proxy.telemetry.traceparent."""

import random

import pytest

from tidegate.proxy.telemetry.traceparent import attempt_span_id, enter, parse, write

TRACE, SPAN = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"


@pytest.mark.parametrize(
    ("header", "sampled"),
    [
        (f"00-{TRACE}-{SPAN}-01", True),
        (f"00-{TRACE}-{SPAN}-00", False),
        (f"00-{TRACE}-{SPAN}-03", True),
        (f"00-{TRACE}-{SPAN}-02", False),
        (f" 00-{TRACE}-{SPAN}-01\t", True),
        (f"cc-{TRACE}-{SPAN}-01-what-the-future-brings", True),
        (f"cc-{TRACE}-{SPAN}-01", True),
    ],
)
def test_valid_headers(header: str, sampled: bool) -> None:
    assert parse(header) == (TRACE, SPAN, sampled)


@pytest.mark.parametrize(
    "header",
    [
        "",
        f"ff-{TRACE}-{SPAN}-01",
        f"00-{TRACE}-{SPAN}-01-more",
        f"00-{TRACE}-{SPAN}-01-",
        f"cc-{TRACE}-{SPAN}-01.more",
        f"00-{'0' * 32}-{SPAN}-01",
        f"00-{TRACE}-{'0' * 16}-01",
        f"00-{TRACE.upper()}-{SPAN}-01",
        f"00-{TRACE}-{SPAN}-1",
        f"00-{TRACE}-{SPAN}",
        f"00-{TRACE[:-1]}-{SPAN}-01",
        f"0-{TRACE}-{SPAN}-01",
        f"00-{TRACE}-{SPAN}-0g",
        f"00-{TRACE}-{SPAN}-01\n",
    ],
)
def test_invalid_headers_begin_a_new_trace(header: str) -> None:
    assert parse(header) is None
    trace = enter(header, random.Random(1), 0.0)
    assert trace.trace_id != TRACE
    assert trace.parent_span_id == ""


def test_the_apps_trace_is_joined_with_its_decision_whatever_the_share() -> None:
    for sampled, share in ((True, 0.0), (False, 1.0)):
        trace = enter(write(TRACE, SPAN, sampled=sampled), random.Random(1), share)
        assert (trace.trace_id, trace.parent_span_id, trace.sampled) == (TRACE, SPAN, sampled)
        assert trace.span_id != SPAN


def test_new_traces_are_sampled_by_their_share_and_are_valid() -> None:
    rng = random.Random(7)
    traces = [enter(None, rng, 0.05) for _ in range(4000)]
    assert 120 < sum(trace.sampled for trace in traces) < 280
    assert not any(trace.sampled for trace in (enter(None, rng, 0.0) for _ in range(100)))
    for trace in traces[:50]:
        assert parse(write(trace.trace_id, trace.span_id, sampled=True)) == (trace.trace_id, trace.span_id, True)


def test_attempts_have_ids_of_their_own_that_are_never_zero() -> None:
    ids = {SPAN, *(attempt_span_id(SPAN, number) for number in range(1, 11))}
    assert len(ids) == 11
    assert attempt_span_id("f" * 16, 1) == f"{1:016x}"
