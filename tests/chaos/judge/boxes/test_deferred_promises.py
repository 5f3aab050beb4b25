"""A write that was accepted for later ends, and its record says what the vendor's journal says."""

from dataclasses import replace

import pytest

from tests.chaos.judge.boxes.good_deferred import deferred, recorded
from tests.chaos.judge.good_run import words
from tidegate.chaos.judge.boxes.deferred_promises import abandoned, misinformed
from tidegate.chaos.judge.evidence import Evidence


def sentences(evidence: Evidence) -> list[str]:
    return [*abandoned(evidence), *misinformed(evidence)]


def test_what_was_accepted_and_done_breaks_no_promise() -> None:
    assert words(deferred()) == []


@pytest.mark.parametrize(
    ("evidence", "said"),
    [
        (recorded("waiting"), "in the end its record says 'waiting'"),
        (recorded("dead"), "in the end its record says 'dead'"),
        (recorded(""), "in the end its record says 'nothing'"),
        (recorded("dead", "refused", "not applied"), "and it had happened"),
    ],
)
def test_a_record_that_does_not_end_or_is_not_so_is_told(evidence: Evidence, said: str) -> None:
    (sentence,) = sentences(evidence)
    assert said in sentence


def test_what_is_said_to_be_done_has_happened() -> None:
    (sentence,) = sentences(replace(deferred(), entries=[]))
    assert "the vendor has not done it" in sentence


def test_the_searchs_own_vendors_are_judged_elsewhere() -> None:
    assert sentences(replace(deferred(), file=None, entries=[])) == []
