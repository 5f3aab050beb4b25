"""Ordinary calls are counted as all others are, only faster."""

import random

import pytest

from tests.proxy.examples import attempt, finished, plan
from tests.proxy.telemetry.test_metrics import metrics, samples
from tidegate.problems import PROBLEMS
from tidegate.proxy.call.finished_call import FinishedCall
from tidegate.proxy.call.outcome import Outcome, Verdict
from tidegate.proxy.telemetry.metrics import Metrics
from tidegate.proxy.telemetry.overview.vendor_tally import VendorTally
from tidegate.proxy.telemetry.series import ordinary_calls
from tidegate.proxy.telemetry.series.ordinary_calls import OrdinaryCalls

PLANS = [plan(operation=f"Op{n}", idempotency=kind) for n, kind in enumerate(("safe", "vendor-key", "unsafe"))]


def drawn(rng: random.Random) -> FinishedCall:
    """A call that may be ordinary, and may not be for any one reason."""
    one = attempt(
        rng.choice((1, 1, 1, 2)), began=100.0, ended=100.0 + rng.choice((0.01, 0.3, 20.0)),
        status=rng.choice((200, 201, 302)), verdict=rng.choice((Verdict.SUCCESS, Verdict.SUCCESS, Verdict.FAILED)),
    )  # fmt: skip
    return finished(
        plan=rng.choice(PLANS), app=rng.choice(("shop", "office")), now=100.0 + rng.choice((0.02, 0.5, 30.0)),
        attempts=rng.choice(([one], [one], [one], [], [one, attempt(2)])), queued_s=rng.choice((0.0, 0.125)),
        outcome=rng.choice((Outcome.DONE, Outcome.NOT_APPLIED)), cache=rng.choice(("", "miss", "renewed")),
        verdict=rng.choice((Verdict.SUCCESS, Verdict.SUCCESS, Verdict.SUCCESS, Verdict.REFUSED)),
        repeats=rng.choice(("", "", "", "c0")), problem=rng.choice((None, None, None, PROBLEMS["overloaded"])),
    )  # fmt: skip


def shown(made: Metrics) -> tuple[object, list[object]]:
    tally = made.tallies["stripe"]
    numbers = [getattr(tally, name) for name in VendorTally.__slots__ if name != "seconds"]
    return samples(made), [*numbers, tally.seconds.counts, tally.seconds.sum_s]


@pytest.mark.parametrize("seed", range(4))
def test_counting_fast_and_counting_in_full_come_to_the_same(monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    rng = random.Random(seed)
    calls = [drawn(rng) for _ in range(400)]
    fast = metrics()
    for number, call in enumerate(calls):
        fast.count(call)
        if number % 90 == 0:
            shown(fast)  # a look in between loses nothing
    fast_only = metrics()
    assert 20 < sum(fast_only._ordinary.count(call) for call in calls) < 200
    monkeypatch.setattr(OrdinaryCalls, "count", lambda self, call: False)
    full = metrics()
    for call in calls:
        full.count(call)
    assert shown(fast) == shown(full)


def test_kinds_are_bounded_and_none_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ordinary_calls, "KINDS_MAX", 3)
    made = metrics()
    for number in range(50):
        made.count(finished(app=f"app{number}"))
    assert len(made._ordinary._kinds) <= 3
    found = [value for (name, _), value in samples(made).items() if name == "tidegate_calls_total"]
    assert found == [1.0] * 50
