"""Tests of tidegate.proxy.telemetry.overview.vendor_history."""

from tests.proxy.examples import attempt, finished
from tidegate.proxy.call.outcome import Verdict
from tidegate.proxy.telemetry.overview.vendor_history import (
    READINGS_MAX,
    STEP_S,
    STEPS_MAX,
    Step,
    VendorHistory,
    between,
    read,
)
from tidegate.proxy.telemetry.overview.vendor_tally import VendorTally


def test_what_happened_between_two_readings_is_their_difference() -> None:
    tally = VendorTally()
    tally.note(finished(verdict=Verdict.FAILED))
    first = read(tally, 100.0)
    for _ in range(9):
        tally.note(finished(now=100.5, queued_s=0.1))  # half a second each
    failed = attempt(began=100.0, ended=103.0, verdict=Verdict.FAILED, status=500)
    tally.note(finished(now=105.5, verdict=Verdict.FAILED, attempts=[failed]))
    window = between(first, read(tally, 110.0))
    assert (window.calls, window.errors, window.ended, window.attempts) == (10, 1, {"failed": 1}, 10)
    assert (window.calls_rate, window.errors_rate) == (1.0, 0.1)
    assert (round(window.held, 6), round(window.queued, 6), round(window.failing, 6)) == (1.0, 0.09, 0.3)
    assert window.p50_s is not None
    assert 0.25 < window.p50_s <= 0.5
    assert window.p99_s is not None
    assert 5.0 < window.p99_s <= 7.5


def test_no_time_has_no_rate() -> None:
    reading = read(VendorTally(), 5.0)
    window = between(reading, reading)
    assert (window.calls_rate, window.errors_rate, window.held, window.p50_s) == (0.0, 0.0, 0.0, None)


def test_the_window_begins_at_the_newest_reading_that_is_old_enough() -> None:
    tally = VendorTally()
    history = VendorHistory(read(tally, 0.0))
    assert history.since(0.0).at == 0.0
    for step in range(1, 21):
        history.add(read(tally, step * STEP_S))
    assert history.since(100.0).at == 40.0
    assert history.since(102.0).at == 40.0


def test_only_so_many_steps_are_kept() -> None:
    tally = VendorTally()
    history = VendorHistory(read(tally, 0.0))
    assert history.curves() == {name: [] for name in Step._fields}
    for step in range(1, 3 * STEPS_MAX):
        tally.note(finished(began=0.0, now=0.02))
        history.add(read(tally, step * STEP_S, waiting=step))
    curves = history.curves()
    assert {len(points) for points in curves.values()} == {STEPS_MAX}
    assert curves["waiting"][-1] == 3 * STEPS_MAX - 1
    assert (curves["calls_per_s"][0], curves["p50_ms"][0], curves["held"][0]) == (0.2, 17.5, 0.004)
    assert len(history._readings) == READINGS_MAX


def test_readings_of_a_vendor_that_nobody_calls_share_their_counts() -> None:
    tally = VendorTally()
    tally.note(finished(verdict=Verdict.FAILED))
    first = read(tally, 0.0)
    second = read(tally, 5.0, last=first)
    assert second.buckets is first.buckets
    assert second.ended is first.ended
