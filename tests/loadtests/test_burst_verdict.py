"""The judge of a load run: every promise can break."""

import json
from dataclasses import replace
from typing import Any

import pytest

from tidegate.configfile.units import parse_rate
from tidegate.drawing.planned_load import PlannedRequest
from tidegate.loadtests.burst_verdict import BurstVerdict, judge, peak_per_s
from tidegate.loadtests.call_account import BurstTerms, LoadEvidence, reported_outcome
from tidegate.loadtests.journal import JournalRequest
from tidegate.loadtests.offer.call_record import CallRecord
from tidegate.scenario.check import Check
from tidegate.vendor.vendor import Limit

LIMIT = Limit.model_validate({"name": "account", "rate": "10/s", "burst": 2})
WRITES = frozenset({"book"})
TERMS = BurstTerms((LIMIT,), wait_s=2.0, depth=100, budget_s=5.0, changes=WRITES, once=WRITES, slack_s=0.0)
CALLS = 10
PLANNED = [
    PlannedRequest(n, n / 10, "ferries", "read" if n == 4 else "booking", "list" if n == 4 else "book", f"a-{n}")
    for n in range(CALLS)
]
MADE = ("booking.created", "booking.paid")


def answered(
    call: PlannedRequest, status: int = 200, took_s: float = 0.02, retry_after: str | None = None, problem: str = ""
) -> CallRecord:
    return CallRecord(
        call.number, call.source, call.tag, call.at_s, call.at_s, call.at_s + took_s, status, retry_after,
        problem=problem or None,
    )  # fmt: skip


def seen(call: PlannedRequest) -> JournalRequest:
    return JournalRequest(call.at_s, call.operation, 200, call.tag, MADE if call.operation == "book" else ())


RECORDS = [answered(call) for call in PLANNED]
JOURNAL = [seen(call) for call in PLANNED]


def verdict(
    records: list[CallRecord] | None = None,
    journal: list[JournalRequest] | None = None,
    terms: BurstTerms = TERMS,
    *,
    planned: list[PlannedRequest] | None = None,
    asked: bool = True,
    faulty: bool = False,
    checks: tuple[Check, ...] = (),
) -> BurstVerdict:
    journals = {"ferries": JOURNAL if journal is None else journal} if asked else None
    told = RECORDS if records is None else records
    plan = PLANNED if planned is None else planned
    return judge(LoadEvidence(plan, told, journals, {"ferries": terms}, checks=checks, faulty=faulty))


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


@pytest.mark.parametrize("instead", [None, {"effects": ()}, {"effects": (), "status": 503}, {"tag": "a-77"}])
def test_told_done_and_not_carried_out_is_lost(instead: dict[str, Any] | None) -> None:
    changed = [replace(JOURNAL[3], **instead)] if instead is not None else []
    found = verdict(journal=[*JOURNAL[:3], *changed, *JOURNAL[4:]])
    assert broken(found) == ["not lost"]
    assert found.figures.lost == 1


def test_where_an_operation_has_no_effects_at_all_an_answered_request_is_enough() -> None:
    plain = [replace(one, effects=()) for one in JOURNAL]
    assert verdict(journal=plain).held
    assert broken(verdict(journal=plain[:3] + plain[4:])) == ["not lost"]


def test_a_write_that_is_carried_out_twice_is_doubled() -> None:
    found = verdict(journal=[*JOURNAL, replace(JOURNAL[3], at_s=9.0)])
    assert broken(found) == ["not doubled"]
    assert found.figures.doubled == 1


@pytest.mark.parametrize(
    "again",
    [
        replace(JOURNAL[3], at_s=9.0, replayed=True, effects=()),
        replace(JOURNAL[3], at_s=9.0, status=503, effects=()),
        replace(JOURNAL[4], at_s=9.0),
    ],
    ids=["the answer that was kept under its key", "a failure", "a read"],
)
def test_what_was_not_carried_out_again_is_not_doubled(again: JournalRequest) -> None:
    assert verdict(journal=[*JOURNAL, again]).held


def test_a_write_that_may_happen_twice_is_not_doubled() -> None:
    assert verdict(journal=[*JOURNAL, replace(JOURNAL[3], at_s=9.0)], terms=replace(TERMS, once=frozenset())).held


def test_told_refused_with_an_effect_is_contradicted() -> None:
    told = changed(3, answered(PLANNED[3], 429, retry_after="1", problem="rate-limited"))
    assert broken(verdict(told, terms=replace(TERMS, useful=0.9))) == ["not contradicted"]


def test_a_vendor_that_contradicts_itself_is_passed_on() -> None:
    lied = replace(JOURNAL[3], status=503)
    told = changed(3, answered(PLANNED[3], 503, retry_after="1"))
    found = verdict(told, [lied if one is JOURNAL[3] else one for one in JOURNAL], replace(TERMS, useful=0.9))
    assert found.held


def test_more_than_the_limit_lets_through_is_over_quota() -> None:
    found = verdict(journal=[*JOURNAL, *(JournalRequest(0.5, "list", 429) for _ in range(5))])
    assert broken(found) == ["within quota"]
    assert found.figures.over_quota == found.figures.over_quota_strict > 0
    assert found.figures.vendor_refusals == 5


def test_slack_is_forgiven_in_the_promise_and_shown_in_the_strict_figure() -> None:
    journal = [*JOURNAL, JournalRequest(0.0, "list", 200), JournalRequest(0.0, "list", 200)]
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
    assert "useful" in broken(verdict([], [], planned=[]))


def test_where_what_is_feasible_is_not_known_something_must_be_done() -> None:
    vague = replace(TERMS, countable=False)
    told = [answered(call, 429, retry_after="1", problem="rate-limited") for call in PLANNED]
    assert broken(verdict(told, [], vague)) == ["useful"]
    some = [RECORDS[0], *told[1:]]
    found = verdict(some, JOURNAL[:1], vague)
    assert found.held
    assert "1 done; what is feasible is not known" in next(p.found for p in found.promises if p.name == "useful")


def test_a_proxy_that_has_just_started_has_no_full_buckets() -> None:
    slow = replace(TERMS, limits=(LIMIT.model_copy(update={"rate": parse_rate("4/s"), "burst": 50}),), wait_s=0.0)
    evidence = LoadEvidence(PLANNED, RECORDS, {"ferries": JOURNAL}, {"ferries": slow})
    assert judge(evidence).figures.feasible == 5  # two of the half second before, and three of the run's 0.9 s


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


def test_a_vendors_own_refusal_is_no_failure_of_ours_until_it_is_most_of_the_run() -> None:
    down = JournalRequest(0.3, "book", 400, "a-3", refused="missing: metres is missing")
    told = changed(3, answered(PLANNED[3], 400))
    found = verdict(told, [down if one is JOURNAL[3] else one for one in JOURNAL])
    assert found.held
    assert (found.figures.turned_down, found.turned_down) == (1, ("book: 400, missing: metres is missing",))
    all_down = verdict([answered(call, 400) for call in PLANNED], [replace(one, status=400) for one in JOURNAL])
    (why,) = all_down.inconclusive
    assert why.startswith("the vendor itself turned down 10 of 10 calls, so little was tried")
    assert not all_down.held


def test_a_refusal_that_the_vendor_did_not_make_is_unexplained() -> None:
    told = changed(3, answered(PLANNED[3], 400))
    assert broken(verdict(told, terms=replace(TERMS, useful=0.9))) == ["refused openly"]


@pytest.mark.parametrize(("problem", "vendors", "open_"), [("", 200, False), ("unknown", 200, True), ("", 502, True)])
def test_with_faults_a_failure_is_explained_by_the_proxys_problem_or_the_vendors_word(
    problem: str, vendors: int, open_: bool
) -> None:
    told = changed(4, answered(PLANNED[4], 502, problem=problem))
    journal = [replace(one, status=vendors) if one is JOURNAL[4] else one for one in JOURNAL]
    assert verdict(told, journal, faulty=True).held is open_
    assert not verdict(told, journal).held


def test_with_faults_what_is_useful_is_for_the_checks_to_say() -> None:
    told = [answered(call, 503, retry_after="1") for call in PLANNED]
    assert verdict(told, [], faulty=True).held
    check = Check.model_validate({"done": "50%", "operations": ["book"]})
    found = verdict(told, [], faulty=True, checks=(check,))
    assert broken(found) == ["checks"]
    assert found.promises[-1].found == "check 1 (book): 0% are done, and 50% must be"
    assert verdict(checks=(check,)).promises[-1].found == "1 checks of the scenario hold"


def test_without_a_journal_only_what_callers_were_told_is_judged() -> None:
    found = verdict(asked=False)
    assert found.held
    assert [promise.name for promise in found.promises] == ["offered", "refused openly", "in time"]
    assert broken(verdict(changed(3, answered(PLANNED[3], 0)), asked=False)) == ["refused openly"]


def test_each_vendor_has_its_own_terms_and_its_own_journal() -> None:
    barges = [replace(call, vendor="barges", number=call.number + CALLS) for call in PLANNED]
    records = [*RECORDS, *(answered(call) for call in barges)]
    terms = {"ferries": TERMS, "barges": replace(TERMS, once=frozenset())}
    both = LoadEvidence([*PLANNED, *barges], records, {"ferries": JOURNAL, "barges": JOURNAL}, terms)
    assert judge(both).held
    twice = {"ferries": JOURNAL, "barges": [*JOURNAL, replace(JOURNAL[3], at_s=9.0)]}
    assert judge(replace(both, journals=twice)).held
    assert broken(judge(replace(both, journals={"ferries": twice["barges"], "barges": JOURNAL}))) == ["not doubled"]


def test_refusals_are_told_by_their_reasons_in_a_document_that_is_json() -> None:
    told = [answered(call, 429, retry_after="1", problem="rate-limited" if call.number % 2 else "") for call in PLANNED]
    document = json.loads(json.dumps(verdict(told, []).document()))
    assert document["figures"]["refused_for"] == {"rate-limited": 5, "vendor": 5}


def test_a_write_that_is_carried_out_later_is_neither_lost_nor_refused() -> None:
    told = changed(3, replace(answered(PLANNED[3], 202, retry_after="5"), later=True))
    found = verdict(told, [*JOURNAL[:3], *JOURNAL[4:]])
    assert found.held
    assert (found.figures.accepted, found.figures.done) == (1, CALLS - 1)


def test_the_peak_is_the_most_within_any_second() -> None:
    assert peak_per_s([0.0, 0.9, 0.95, 1.0, 1.5, 3.0]) == 4.0
    assert peak_per_s([]) == 0.0
