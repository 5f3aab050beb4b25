"""The judge of a load run: every promise can break."""

from dataclasses import replace

import pytest

from tidegate.configfile.units import parse_rate
from tidegate.loadtests.burst_verdict import (
    MADE,
    MOVED,
    BurstTerms,
    BurstVerdict,
    Effect,
    JournalRequest,
    judge,
    peak_per_s,
    percentile,
    reported_outcome,
)
from tidegate.loadtests.call_record import CallRecord
from tidegate.loadtests.schedule import PAYMENT, READ, Planned
from tidegate.vendor.vendor import Limit

LIMIT = Limit.model_validate({"name": "account", "rate": "10/s", "burst": 2})
TERMS = BurstTerms(limits=(LIMIT,), wait_s=2.0, depth=100, budget_s=5.0, slack_s=0.0)
CALLS = 10
PLANNED = [Planned(n, n / 10, READ if n == 4 else PAYMENT, f"a-{n}") for n in range(CALLS)]


def answered(call: Planned, status: int = 200, took_s: float = 0.02, retry_after: str | None = None) -> CallRecord:
    return CallRecord(
        call.number, call.kind, call.intent, call.at_s, call.at_s, call.at_s + took_s, status, retry_after=retry_after
    )


def seen(call: Planned) -> JournalRequest:
    effects = (Effect(MADE, call.intent), Effect(MOVED, call.intent)) if call.kind == PAYMENT else ()
    return JournalRequest(
        call.at_s, "PostPaymentIntents" if call.kind == PAYMENT else "GetPaymentIntents", 200, effects
    )


RECORDS = [answered(call) for call in PLANNED]
JOURNAL = [seen(call) for call in PLANNED]


def verdict(
    records: list[CallRecord] | None = None, journal: list[JournalRequest] | None = None, terms: BurstTerms = TERMS
) -> BurstVerdict:
    return judge(PLANNED, RECORDS if records is None else records, JOURNAL if journal is None else journal, terms)


def broken(found: BurstVerdict) -> list[str]:
    return [promise.name for promise in found.promises if not promise.held]


def changed(number: int, record: CallRecord) -> list[CallRecord]:
    return [record if one.number == number else one for one in RECORDS]


def test_a_run_in_which_everything_went_well_is_held() -> None:
    found = verdict()
    assert found.held
    assert (found.figures.offered, found.figures.achieved, found.figures.done) == (CALLS, CALLS, CALLS)
    assert (found.figures.effects, found.figures.vendor_requests) == (CALLS - 1, CALLS)


def test_a_planned_call_that_was_never_made_breaks_offered() -> None:
    journal = [one for one in JOURNAL if one is not JOURNAL[3]]
    assert "offered" in broken(verdict(RECORDS[:3] + RECORDS[4:], journal))


def test_told_done_without_an_effect_is_lost() -> None:
    found = verdict(journal=[replace(one, effects=()) if one is JOURNAL[3] else one for one in JOURNAL])
    assert broken(found) == ["not lost"]
    assert found.figures.lost == 1


def test_a_payment_that_was_made_but_whose_money_did_not_move_is_lost() -> None:
    made = replace(JOURNAL[3], effects=(Effect(MADE, "a-3"),))
    assert broken(verdict(journal=[made if one is JOURNAL[3] else one for one in JOURNAL])) == ["not lost"]


def test_two_effects_for_one_intent_are_doubled() -> None:
    found = verdict(journal=[*JOURNAL, replace(JOURNAL[3], at_s=9.0)])
    assert broken(found) == ["not doubled"]
    assert found.figures.doubled == 1


def test_two_payments_made_for_one_intent_are_doubled_though_the_money_moved_once() -> None:
    again = replace(JOURNAL[3], at_s=9.0, effects=(Effect(MADE, "a-3"),))
    assert broken(verdict(journal=[*JOURNAL, again])) == ["not doubled"]


def test_told_refused_with_an_effect_is_contradicted() -> None:
    found = verdict(changed(3, answered(PLANNED[3], 429, retry_after="1")), terms=replace(TERMS, useful=0.9))
    assert broken(found) == ["not contradicted"]


def test_more_than_the_limit_lets_through_is_over_quota() -> None:
    found = verdict(journal=[*JOURNAL, *(JournalRequest(0.5, "GetPaymentIntents", 429) for _ in range(5))])
    assert broken(found) == ["within quota"]
    assert found.figures.over_quota == found.figures.over_quota_strict > 0
    assert found.figures.vendor_refusals == 5


def test_slack_is_forgiven_in_the_promise_and_shown_in_the_strict_figure() -> None:
    journal = [*JOURNAL, JournalRequest(0.0, "GetPaymentIntents", 200), JournalRequest(0.0, "GetPaymentIntents", 200)]
    found = verdict(journal=journal, terms=replace(TERMS, slack_s=0.2))
    assert found.held
    assert found.figures.over_quota_strict == 1


@pytest.mark.parametrize(
    ("status", "retry_after"), [(429, None), (503, None), (429, "soon"), (503, "-1"), (500, "1"), (504, "1"), (0, None)]
)
def test_anything_but_done_or_an_open_refusal_breaks_refused_openly(status: int, retry_after: str | None) -> None:
    journal = [one for one in JOURNAL if one is not JOURNAL[3]]
    found = verdict(
        changed(3, answered(PLANNED[3], status, retry_after=retry_after)), journal, replace(TERMS, useful=0.9)
    )
    assert broken(found) == ["refused openly"]


@pytest.mark.parametrize("retry_after", ["0", "12", "Fri, 21 Nov 2025 07:28:00 GMT"])
@pytest.mark.parametrize("status", [429, 503])
def test_a_refusal_that_says_when_to_come_back_is_open(status: int, retry_after: str) -> None:
    assert reported_outcome(answered(PLANNED[0], status, retry_after=retry_after)) == "refused"


def test_open_refusals_are_fine_while_the_feasible_gets_done() -> None:
    terms = replace(TERMS, limits=(LIMIT.model_copy(update={"rate": parse_rate("5/s")}),), wait_s=0.0)
    refused = {3, 5, 7, 9}
    records = [answered(c, 429, retry_after="1") if c.number in refused else answered(c) for c in PLANNED]
    journal = [seen(call) for call in PLANNED if call.number not in refused]
    found = verdict(records, journal, terms)
    assert found.held
    assert found.figures.feasible == 6


def test_a_proxy_that_refuses_everything_is_not_useful() -> None:
    assert broken(verdict([answered(call, 429, retry_after="1") for call in PLANNED], [])) == ["useful"]


def test_a_run_in_which_nothing_was_feasible_proves_nothing() -> None:
    assert "useful" in broken(judge([], [], [], TERMS))


def test_an_answer_after_its_budget_breaks_in_time() -> None:
    assert broken(verdict(changed(3, answered(PLANNED[3], took_s=6.5)))) == ["in time"]
    assert verdict(changed(3, answered(PLANNED[3], took_s=5.5))).held


def test_a_start_that_the_generator_missed_counts_as_late_and_is_in_the_wait() -> None:
    late = [replace(one, started_s=one.planned_s + 2, ended_s=one.planned_s + 2.02) for one in RECORDS]
    figures = verdict(late).figures
    assert (figures.late_starts, figures.latest_start_ms) == (CALLS, 2000.0)
    assert figures.p50_ms == figures.p99_ms == 2020.0


def test_quick_refusals_do_not_hide_how_long_the_done_ones_waited() -> None:
    slow = [answered(c, took_s=4) if c.number == 0 else answered(c, 429, 0.001, "1") for c in PLANNED]
    figures = verdict(slow).figures
    assert figures.p50_ms == 1.0
    assert figures.done_p50_ms == figures.done_p99_ms == 4000.0


def test_the_document_is_plain_data_and_says_what_was_found() -> None:
    document = verdict([], []).document()
    assert document["held"] is False
    assert isinstance(document["promises"], dict)
    assert document["promises"]["offered"] == {"held": False, "found": "0 of 10 planned calls were made"}


@pytest.mark.parametrize(("share", "expected"), [(0.5, 50.0), (0.99, 99.0), (1.0, 100.0), (0.001, 1.0)])
def test_a_percentile_is_a_value_that_was_measured(share: float, expected: float) -> None:
    assert percentile([float(value) for value in range(100, 0, -1)], share) == expected


def test_a_percentile_of_nothing_is_nothing() -> None:
    assert percentile([], 0.99) == 0.0


def test_the_peak_is_the_most_within_any_second() -> None:
    assert peak_per_s([0.0, 0.9, 0.95, 1.0, 1.5, 3.0]) == 4.0
    assert peak_per_s([]) == 0.0
