"""What is said of single resends: evidence made wrong on purpose that it catches, and what excuses it."""

from dataclasses import replace

import pytest

from tests.chaos.judge.good_run import COUNT, GOOD, asked
from tidegate.chaos.judge.evidence import Evidence
from tidegate.chaos.judge.resend_promises import RESENDS_MIN, eager, given_up, unwanted
from tidegate.chaos.judge.tap import Tap


def test_what_the_vendor_does_not_want_again_is_not_sent_again() -> None:
    told = replace(GOOD, tap=Tap(sends=[(1.0, "a/1"), (1.2, "a/1")], refusals=[(1.1, "a/1")]))
    assert list(unwanted(told)) == ["call a/1 was sent again at 1.200 s, and the vendor had said no at 1.100 s"]
    assert list(unwanted(replace(told, tap=replace(told.tap, refusals=[(1.3, "a/1")])))) == []
    assert list(unwanted(replace(told, tap=replace(told.tap, refusals=[(1.1, "a/2")])))) == [], "that is another call"


def resent(waits_s: list[float]) -> Evidence:
    """Each call failed at its second, and was sent again after its wait."""
    calls = [(float(n), f"order-{n}/1") for n in range(len(waits_s))]
    again = [(at + wait_s, tag) for (at, tag), wait_s in zip(calls, waits_s, strict=True)]
    sends = sorted([*((at - 0.1, tag) for at, tag in calls), *again])
    return replace(GOOD, tap=Tap(sends=sends, failures=calls))


def test_resends_that_all_follow_at_once_were_not_drawn() -> None:
    (sentence,) = eager(resent([0.0005] * RESENDS_MIN))
    assert sentence == f"{RESENDS_MIN} of {RESENDS_MIN} resends followed an error at once"


@pytest.mark.parametrize(
    "waits_s",
    [
        pytest.param([0.0005] * (RESENDS_MIN - 1), id="too few to tell"),
        pytest.param([0.0005, 0.15] * RESENDS_MIN, id="half of them by chance"),
        pytest.param([n / 100 for n in range(20)], id="drawn"),
    ],
)
def test_resends_that_may_have_been_drawn_are_believed(waits_s: list[float]) -> None:
    assert list(eager(resent(waits_s))) == []


@pytest.mark.parametrize(
    ("ended_s", "sends", "allowed_s", "broken"),
    [
        pytest.param(10.0, [0.1, 8.5], 20.0, True, id="in the middle of its time"),
        pytest.param(19.0, [0.1, 18.5], 20.0, False, id="near its end"),
        pytest.param(8.2, [0.1], 20.0, False, id="a timer rang"),
        pytest.param(10.0, [], 20.0, False, id="another call asked for it"),
        pytest.param(1.0, [0.1], 1.0, False, id="it had less time"),
    ],
)
def test_a_call_is_given_up_when_its_time_is_used_up(
    ended_s: float, sends: list[float], allowed_s: float, broken: bool
) -> None:
    one = asked(0, ended_s=ended_s, headed_s=ended_s, allowed_s=allowed_s, status=504, problem="deadline-exceeded")
    found = list(given_up(replace(GOOD, calls=[one], tap=Tap(sends=[(at, "order-0/1") for at in sends]))))
    assert bool(found) is broken


def test_a_good_run_has_nothing_to_say_here() -> None:
    assert [sentence for check in (unwanted, eager, given_up) for sentence in check(GOOD)] == []
    assert len(GOOD.calls) == COUNT
