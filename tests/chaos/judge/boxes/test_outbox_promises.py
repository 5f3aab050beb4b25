"""What is said of the outbox: what breaks each promise is in good_boxes.py, what excuses it here."""

from dataclasses import replace

import pytest

from tests.chaos.judge.boxes.good_boxes import (
    BOXES,
    BROKEN_BOXES,
    DONE,
    GOOD_BOXES,
    SECOND,
    accepted,
    boxes,
    effects,
    told,
)
from tests.chaos.judge.good_run import GOOD, pooled, words
from tidegate.chaos.apps.http_client import HttpResponse
from tidegate.chaos.apps.stories import key_of
from tidegate.chaos.judge.boxes.box_evidence import WriteRecord
from tidegate.chaos.search_vendors import Deferral
from tidegate.chaos.timeline.surroundings import SurroundingEvents

JUMPED = SurroundingEvents(skews_s=[0.0, 7200.0])


def test_a_good_run_breaks_nothing_with_them_and_without() -> None:
    assert words(GOOD_BOXES) == words(GOOD) == []


def test_what_waits_behind_one_that_waits_for_a_person_is_not_forgotten() -> None:
    waits = BROKEN_BOXES["forgotten"].boxes
    assert waits is not None
    assert words(replace(GOOD_BOXES, boxes=replace(waits, behind=frozenset({"w2"})))) == []


def test_a_dead_letter_has_a_reason() -> None:
    dead = {"w1": DONE, "w2": WriteRecord("dead", "", "not applied")}
    silent = boxes(records=dead, taken=[*BOXES.taken, told("w2", "dead", 46.0)])
    assert words(replace(silent, entries=effects(43.0, None))) == ["forgotten"]


def test_who_is_cancelled_is_not_told() -> None:
    ended = boxes(records={"w1": DONE, "w2": WriteRecord("cancelled", "", "not applied")}, taken=BOXES.taken[:-1])
    assert words(replace(ended, entries=effects(43.0, None))) == []


@pytest.mark.parametrize("lasts", [True, False])
def test_what_was_sent_under_a_key_that_is_gone_for_good_may_stay_unknown(lasts: bool) -> None:
    gone = {"kind": "expired_token", "from": "42.5s", "apps": ["***0002"]} | ({} if lasts else {"for": "60s"})
    senders = ["0001"] * len(GOOD.tap.sends)
    tap = replace(GOOD.tap, sends=[*GOOD.tap.sends, (43.0, f"{SECOND}/1")], senders=[*senders, "0002"])
    unknown = pooled(boxes(records={"w1": DONE, "w2": WriteRecord("unknown")}, left={"w2": "outbox unknown"}))
    drawn = replace(unknown.drawn, pieces=(*unknown.drawn.pieces, gone))
    found = words(replace(unknown, drawn=drawn, tap=tap))
    assert found == ([] if lasts else ["forgotten", "left over"])
    left = boxes(left={"w3": "outbox unknown"}, keys={"w3": ("shop", key_of(GOOD_BOXES.calls[-1].intent))})
    nameless = words(replace(pooled(left), drawn=drawn, tap=tap))
    assert nameless == ([] if lasts else ["left over"])


def test_a_clock_that_jumped_may_leave_a_write_to_a_person() -> None:
    assert words(replace(BROKEN_BOXES["unresolved"], happened=JUMPED)) == []


def test_a_call_of_unknown_outcome_is_found_out_by_itself() -> None:
    answer = HttpResponse(504, {"Tidegate-Call": "w2"}, b"", 42.09)
    unknown = accepted(SECOND, "w2", 42.0, status=504, problem="outcome-unknown", answer=answer)
    calls = [*GOOD_BOXES.calls[:-1], unknown]
    still = boxes(records={"w1": DONE, "w2": WriteRecord("unknown", "", "unknown")})
    endings = GOOD_BOXES.endings[:-1]
    assert words(replace(still, calls=calls, endings=endings)) == ["unresolved"]
    assert words(replace(GOOD_BOXES, calls=calls, endings=endings)) == []


def test_what_a_record_calls_not_applied_has_not_happened() -> None:
    gone = boxes(records={"w1": DONE, "w2": WriteRecord("cancelled", "", "not applied")})
    assert words(gone) == ["misreported"]
    assert words(replace(gone, entries=effects(43.0, None))) == []


@pytest.mark.parametrize(("tries", "broken"), [(1, ["out of turn"]), (2, [])])
def test_with_skip_one_is_passed_once_it_was_tried_often_enough(tries: int, broken: list[str]) -> None:
    skipping = boxes(
        deferral=Deferral(order="skip", skip_after=2), records={"w1": replace(DONE, tries=tries), "w2": DONE}
    )
    assert words(replace(skipping, entries=effects(46.0, 44.0))) == broken


@pytest.mark.parametrize(
    ("begun_s", "skew_s", "broken"), [(3601.0, 0.0, []), (3603.0, 0.0, ["overdue"]), (3603.0, 9.0, [])]
)
def test_a_try_is_begun_before_the_deadline_by_a_clock_that_may_be_wrong(
    begun_s: float, skew_s: float, broken: list[str]
) -> None:
    late = replace(boxes(begun={"w1": 1.0, "w2": begun_s}), happened=SurroundingEvents(skews_s=[0.0, skew_s]))
    assert words(late) == broken


def test_writes_that_come_at_once_have_no_order() -> None:
    calls = [*GOOD_BOXES.calls[:-1], accepted(SECOND, "w2", 41.05)]
    assert words(replace(GOOD_BOXES, calls=calls, entries=effects(46.0, 44.0))) == []


@pytest.mark.parametrize(("status", "broken"), [(0, []), (503, ["out of turn"])])
def test_a_write_may_have_been_accepted_when_its_app_heard_no_answer(status: int, broken: list[str]) -> None:
    earlier = accepted(SECOND, "", 41.05, status=status, problem="" if status == 0 else "not connected", answer=None)
    again = replace(GOOD_BOXES.calls[-1], tag=f"{SECOND}/2")
    evidence = replace(GOOD_BOXES, calls=[*GOOD_BOXES.calls[:-1], earlier, again], entries=effects(46.0, 44.0))
    assert words(evidence) == broken


def test_a_few_writes_may_go_before_a_call_that_waits() -> None:
    crowd = BROKEN_BOXES["crowded"]
    fewer = replace(crowd.tap, sends=crowd.tap.sends[:-2])
    assert words(replace(crowd, tap=fewer)) == []


def test_a_vendor_that_wants_no_resend_leaves_a_write_without_a_lookup_to_a_person() -> None:
    parked = BROKEN_BOXES["unresolved"]
    refused = replace(parked.tap, refusals=[(43.5, f"{SECOND}/1")])
    assert words(replace(parked, tap=refused)) == []
