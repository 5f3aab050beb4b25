"""Tests of tidegate.proxy.telemetry.log_line."""

import pytest

from tests.proxy.examples import attempt, finished
from tidegate.proxy.call.call import CarriedDeliveries
from tidegate.proxy.call.outcome import Verdict
from tidegate.proxy.call.reply import Streamed
from tidegate.proxy.telemetry.log_line import attempt_of, line_of, stamp


@pytest.mark.parametrize(
    ("wall", "text"),
    [
        (0.0, "1970-01-01T00:00:00.000Z"),
        (1_709_208_000.9996, "2024-02-29T12:00:00.999Z"),
        (1_700_000_000.0, "2023-11-14T22:13:20.000Z"),
    ],
)
def test_stamps_are_rfc_3339_in_utc(wall: float, text: str) -> None:
    assert stamp(wall) == text


def test_what_does_not_apply_is_left_out() -> None:
    line = line_of(finished(), b"k")
    assert {"problem", "error", "stop", "replayed", "cache", "key", "trace", "span"}.isdisjoint(line)


def test_what_a_worker_carries_out_names_its_deliveries() -> None:
    assert line_of(finished(carried=CarriedDeliveries(("d1",))), b"k")["delivery"] == "d1"
    assert line_of(finished(carried=CarriedDeliveries(("d1", "d2"))), b"k")["deliveries"] == ["d1", "d2"]


def test_what_the_cache_did_is_told() -> None:
    assert line_of(finished(cache="hit"), b"k")["cache"] == "hit"


def test_a_fingerprint_depends_on_this_proxys_own_key() -> None:
    made = finished(key="order-1")
    assert line_of(made, b"one")["key"] != line_of(made, b"two")["key"]
    assert "order-1" not in str(line_of(made, b"one"))


def test_an_attempt_without_an_answer_tells_whether_anything_was_sent() -> None:
    shown = attempt_of(attempt(status=0, error="dns_error", sent=False, verdict=Verdict.FAILED))
    assert shown == {"n": 1, "verdict": "failed", "took_ms": 250.0, "error": "dns_error", "sent": False}


def test_the_vendors_name_for_a_request_is_told_as_far_as_the_bound() -> None:
    assert attempt_of(attempt(request_id="req_7"))["request_id"] == "req_7"
    assert attempt_of(attempt(request_id="r" * 9000))["request_id"] == "r" * 128
    assert "request_id" not in attempt_of(attempt())


def test_what_was_left_of_the_calls_time_is_told_unless_a_stream_ruled_it() -> None:
    assert line_of(finished(deadline=120.25), b"k")["left_ms"] == 19_750.0
    assert line_of(finished(deadline=99.0), b"k")["left_ms"] == 0.0
    assert "left_ms" not in line_of(finished(deadline=120.25, streamed=Streamed(5)), b"k")


def test_a_call_that_repeats_another_names_it() -> None:
    assert line_of(finished(repeats="c0"), b"k")["repeats"] == "c0"
    assert "repeats" not in line_of(finished(), b"k")
