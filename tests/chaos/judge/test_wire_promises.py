"""The judge of the wire: what it lets pass. What it does not is in good_run.py, one of each."""

from dataclasses import replace

import pytest

from tests.chaos.judge.good_run import BROKEN, GOOD, asked, entry, intent, words
from tidegate.chaos.apps.stories import HIDDEN_PATH
from tidegate.chaos.judge.promises import violations
from tidegate.chaos.judge.wire_promises import SPARES_MAX
from tidegate.chaos.timeline.surroundings import SurroundingEvents


def test_a_hidden_request_is_found_by_its_path_where_the_vendor_refused_it() -> None:
    hidden = entry(90, operation="", path=f"{HIDDEN_PATH}?limit=1", effects=[])
    assert words(replace(GOOD, entries=[*GOOD.entries, hidden])) == ["smuggled"]
    refused = entry(90, operation="", path="/v1/payment_intents", effects=[])
    assert words(replace(GOOD, entries=[*GOOD.entries, refused])) == []


def test_an_answer_made_for_the_call_itself_is_its_own() -> None:
    audit = BROKEN["mixed up"]
    own = replace(GOOD.tap, answers={**GOOD.tap.answers, "req_51": "order-51/2"})
    answer = audit.calls[-1].answer
    assert answer is not None
    answered = replace(answer, headers={**answer.headers, "Request-Id": "req_51"})
    ending = replace(GOOD.endings[-1], intent=intent(51, "audit"))
    calls = [*GOOD.calls, replace(audit.calls[-1], answer=answered)]
    assert "mixed up" not in words(replace(GOOD, calls=calls, tap=own, endings=[*GOOD.endings, ending]))


def test_a_first_request_may_go_on_a_used_connection() -> None:
    assert words(replace(GOOD, tap=replace(GOOD.tap, reused=[(39.03, "order-39/1")]))) == []


@pytest.mark.parametrize("at", [39.06, 58.5])
def test_a_success_that_came_too_late_or_before_a_crash_may_be_lost(at: float) -> None:
    told = [*GOOD.calls[:-1], asked(39, status=504, problem="outcome-unknown")]
    crashed = SurroundingEvents(crashes=[(39.05, 39.08)]) if at == 39.06 else GOOD.happened
    tap = replace(GOOD.tap, successes={"order-39/1": at})
    assert "wasted" not in words(replace(GOOD, calls=told, tap=tap, happened=crashed))


def test_spares_may_stay() -> None:
    assert words(replace(GOOD, rest={"connections to stripe": SPARES_MAX, "calls under way": 0})) == []
    assert words(replace(GOOD, rest={"calls that wait for stripe": 1})) == ["at rest"]


def test_each_thing_that_is_left_over_is_named() -> None:
    rest = {"records that still run": 2, "calls under way": 0, "timers that are set": 1, "connections of apps": 1}
    assert [sentence.partition(",")[0] for sentence in violations(replace(GOOD, rest=rest))] == [
        "at rest: 2 records that still run",
        "at rest: 1 timers that are set",
        "at rest: 1 connections of apps",
    ]
