"""Tests of tidegate.proxy.console.traffic.call_rows."""

from typing import Any

import pytest

from tidegate.proxy.call.outcome import Verdict
from tidegate.proxy.console.traffic.call_rows import BAR_MIN, SCALE, TONES, timeline_bars


def line(*events: dict[str, Any], took_ms: float = 100.0, **attempt: Any) -> dict[str, Any]:
    return {"took_ms": took_ms, "timeline": events, "attempts": [{"n": 1, "verdict": "failed"} | attempt]}


def test_every_verdict_has_its_colour() -> None:
    assert set(TONES) == set(map(str, Verdict))


def test_bars_are_as_wide_as_they_took_and_never_leave_the_drawing() -> None:
    bars = timeline_bars(
        line(
            {"at_ms": 0.0, "what": "arrived", "why": ""},
            {"at_ms": 25.0, "took_ms": 50.0, "what": "attempt 1", "why": ""},
            {"at_ms": 75.0, "took_ms": 5.0, "what": "waited", "why": ""},
            {"at_ms": 100.0, "what": "ended", "why": ""},
        )
    )
    assert [(bar.kind, bar.x, bar.width) for bar in bars] == [
        ("moment", 0.0, BAR_MIN), ("bad", 250.0, 500.0), ("wait", 750.0, 50.0), ("moment", SCALE - BAR_MIN, BAR_MIN)
    ]  # fmt: skip


@pytest.mark.parametrize("took_ms", [0.0, 1e-9])
def test_a_call_that_took_no_time_is_drawn(took_ms: float) -> None:
    (bar,) = timeline_bars(line({"at_ms": 0.0, "what": "arrived", "why": ""}, took_ms=took_ms))
    assert (bar.x, bar.width) == (0.0, BAR_MIN)
