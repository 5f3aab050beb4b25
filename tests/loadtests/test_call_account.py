"""What became of a call, by its answer and by what the vendor got."""

from dataclasses import replace

import pytest

from tests.loadtests.test_burst_verdict import JOURNAL, MADE, PLANNED, RECORDS, TERMS, answered
from tidegate.loadtests.call_account import (
    CallAccount,
    LoadEvidence,
    LostWrites,
    accounts_of,
    after_deadline,
    contradicted,
    why_turned_down,
)
from tidegate.loadtests.journal import JournalRequest


def test_the_requests_of_a_call_are_known_by_its_tag_at_its_own_vendor() -> None:
    journals = {"ferries": JOURNAL, "barges": [JournalRequest(0.1, "book", 200, "a-1", MADE)]}
    accounts = accounts_of(LoadEvidence(PLANNED, RECORDS, journals, {"ferries": TERMS}))
    assert [one.requests for one in accounts] == [[seen] for seen in JOURNAL]
    assert {one.outcome for one in accounts} == {"done"}


def test_a_request_for_another_operation_does_not_carry_the_call_out() -> None:
    lookup = JournalRequest(0.1, "list", 200, "a-1")
    assert CallAccount(PLANNED[1], RECORDS[1], [lookup]).carried_out == 0
    assert CallAccount(PLANNED[1], RECORDS[1], [lookup, JOURNAL[1]]).carried_out == 1


@pytest.mark.parametrize(("took_s", "late"), [(5.9, False), (6.1, True)])
def test_a_call_has_its_budget_and_a_little_grace(took_s: float, *, late: bool) -> None:
    assert after_deadline(CallAccount(PLANNED[1], answered(PLANNED[1], took_s=took_s)), TERMS) is late


def test_only_a_write_that_was_told_done_can_be_lost_and_only_a_refused_one_contradicted() -> None:
    effective = CallAccount(PLANNED[2], RECORDS[2], [JOURNAL[2]], "done")
    lost = LostWrites([effective], asked=True)
    done = CallAccount(PLANNED[1], RECORDS[1], [], "done")
    refused = CallAccount(PLANNED[1], answered(PLANNED[1], 503, retry_after="1", problem="x"), [JOURNAL[1]], "refused")
    assert (lost.has(done), lost.has(refused)) == (True, False)
    assert (contradicted(done), contradicted(refused)) == (False, True)
    assert not LostWrites([effective], asked=False).has(done)
    asked = replace(PLANNED[1], source="a query by POST")
    plain = CallAccount(asked, RECORDS[1], [replace(JOURNAL[1], effects=())], "done")
    assert not lost.has(plain)
    assert not LostWrites([plain, replace(plain, requests=[JOURNAL[1]])], asked=True).has(plain)


def test_the_vendors_reason_is_shown() -> None:
    down = JournalRequest(0, "book", 400, "a-1", refused="missing: metres")
    assert why_turned_down(CallAccount(PLANNED[1], answered(PLANNED[1], 400), [down])) == ", missing: metres"
    assert why_turned_down(CallAccount(PLANNED[1], answered(PLANNED[1], 400))) == ""
