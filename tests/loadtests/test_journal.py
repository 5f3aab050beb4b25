"""The journal is read to its end, and what it cannot say is told."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tidegate.loadtests.journal import Fetch, JournalRequest, last_number, read_journal
from tidegate.loadtests.programs import RunError


def entry(n: int) -> dict[str, Any]:
    return {
        "n": n, "at": n / 2, "wall": 100.0, "operation": "book", "status": 200, "tag": f"a-{n}", "replayed": n == 3,
        "effects": [{"kind": "booking.created", "id": "b1"}], "refused": "",
    }  # fmt: skip


def control(say: Callable[[int], dict[str, Any]], status: int = 200) -> Fetch:
    """A control API that says what the test wants."""

    def fetch(path: str) -> tuple[int, bytes]:
        return status, json.dumps(say(int(path.removeprefix("/journal?since=")))).encode()

    return fetch


def pages(since: int) -> dict[str, Any]:
    return {"entries": [entry(since + 1)], "forgotten": 0, "more": since < 2}


def test_a_journal_of_several_pages_is_read_to_its_end_from_where_one_wants() -> None:
    expected = [
        JournalRequest(n / 2, "book", 200, f"a-{n}", ("booking.created",), 100.0, replayed=n == 3) for n in (1, 2, 3)
    ]
    assert read_journal(control(pages)) == expected
    assert read_journal(control(pages), since=2) == expected[2:]
    assert last_number(control(pages)) == 3


def test_an_empty_journal_is_no_error() -> None:
    empty = control(lambda _: {"entries": [], "forgotten": 0, "more": False})
    assert (read_journal(empty), last_number(empty)) == ([], 0)


def test_a_journal_that_forgot_something_of_the_run_is_not_judged() -> None:
    forgetful = control(lambda _: {"entries": [entry(4)], "forgotten": 3, "more": False})
    with pytest.raises(RunError, match="forgot 3 requests; make the load smaller"):
        read_journal(forgetful, since=2)
    assert len(read_journal(forgetful, since=3)) == 1


def test_a_journal_that_cannot_be_had_is_told() -> None:
    for read in (read_journal, last_number):
        with pytest.raises(RunError, match="journal answered 500"):
            read(control(pages, status=500))


@pytest.mark.parametrize(
    ("one", "carried_out"),
    [
        (JournalRequest(0, "book", 200), True),
        (JournalRequest(0, "book", 503), False),
        (JournalRequest(0, "book", 503, effects=("made",)), True),
        (JournalRequest(0, "book", 200, replayed=True), False),
    ],
)
def test_what_has_effects_was_carried_out_whatever_was_answered(one: JournalRequest, *, carried_out: bool) -> None:
    assert one.carried_out is carried_out
