"""Tests of tidegate.proxy.telemetry.overview.vendor_standing."""

from typing import Any

import pytest

from tidegate.proxy.telemetry.metrics import VendorState
from tidegate.proxy.telemetry.overview.vendor_history import Between
from tidegate.proxy.telemetry.overview.vendor_standing import standing


def window(calls: int = 0, errors: int = 0) -> Between:
    return Between(60.0, calls, errors, {}, calls, 0, None, None, 0.0, 0.0, 0.0)


def breaker(word: str) -> dict[str, Any]:
    return {"breakers": {"refunds": {"state": word}}}


@pytest.mark.parametrize(
    ("state", "seen", "word", "why"),
    [
        ({}, window(), "idle", "Nobody has called it in the last 60 s."),
        ({}, window(100, 4), "up", "4 of 100 calls failed in the last 60 s."),
        ({}, window(100, 5), "degraded", "5 of 100 calls failed in the last 60 s."),
        ({}, window(100, 50), "down", "50 of 100 calls failed in the last 60 s."),
        (breaker("open"), window(), "down", "The breaker refunds is open; 0 of 0 calls failed in the last 60 s."),
        (breaker("open"), window(100, 10), "degraded", "The breaker refunds is open; 10 of 100 calls"),
        (breaker("forced open"), window(9, 9), "down", "The breaker refunds is forced open; 9 of 9 calls"),
        (breaker("half-open"), window(9), "degraded", "The breaker refunds is half-open"),
        (breaker("closed"), window(9), "up", "0 of 9"),
        ({"queued": 2, "limits": {"account": 1.0, "x": 0.2}}, window(9), "degraded",
         "2 calls wait for a limit; the fullest is account"),
        ({"queued": 1}, window(9), "degraded", "1 call waits for a limit"),
        ({"limits": {"account": 1.0}}, window(9), "up", "0 of 9"),
        ({"credentials": {"old": {"standing": "set aside"}, "new": {"standing": "in force"}}}, window(9), "degraded",
         "The credential old is set aside."),
    ],
)  # fmt: skip
def test_a_vendor_stands_as_its_breakers_limits_and_last_minute_say(
    state: dict[str, Any], seen: Between, word: str, why: str
) -> None:
    found = standing(VendorState(**state), seen)
    assert (found.word, found.why[: len(why)]) == (word, why)
