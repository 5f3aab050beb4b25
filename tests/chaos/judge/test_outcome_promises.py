"""How much has to be done, and what nobody could have done."""

from dataclasses import replace

import pytest

from tests.chaos.judge.good_run import (
    COUNT,
    GOOD,
    away,
    entry,
    intent,
    words,
)
from tidegate.chaos.apps.retry_loop import IntentResult, ReportedOutcome
from tidegate.chaos.judge.evidence import Evidence


def test_what_is_asked_just_before_an_outage_need_not_be_done() -> None:
    def undone_from(first: int) -> Evidence:
        endings = [
            *GOOD.endings[:first],
            *(replace(one, outcome=ReportedOutcome.NOT_APPLIED) for one in GOOD.endings[first:]),
        ]
        entries = [entry(n, **({} if n < first else {"effects": []})) for n in range(COUNT)]
        return replace(GOOD, drawn=away(20.5, 90.0), endings=endings, entries=entries)

    assert "useful" not in words(undone_from(19))
    assert "useful" in words(undone_from(17))


@pytest.mark.parametrize(
    ("tries", "ended_s", "broken"),
    [(4, 30.0, []), (4, 300.0, ["useful"]), (3, 30.0, ["useful"])],
    ids=["in the outage", "long after it", "with a try left"],
)
def test_an_app_that_asks_a_few_times_need_not_be_served_where_all_of_them_are_lost(
    tries: int, ended_s: float, broken: list[str]
) -> None:
    endings = [
        IntentResult(intent(n, "member"), ReportedOutcome.NOT_APPLIED, ended_s, (503,) * tries) for n in range(COUNT)
    ]
    entries = [entry(n, effects=[]) for n in range(COUNT)]
    assert words(replace(GOOD, drawn=away(20.5, 10.0), endings=endings, entries=entries)) == broken


def test_an_unknown_outcome_that_a_fault_explains_is_no_lack_of_use() -> None:
    unknown = [replace(one, outcome=ReportedOutcome.UNKNOWN) for one in GOOD.endings]
    faults = [entry(n, effects=[], faults=["reset_after"]) for n in range(COUNT)]
    assert words(replace(GOOD, endings=unknown, entries=faults)) == []
    assert words(replace(GOOD, endings=unknown)) == ["useful"]
