"""A verdict has three ends, and none of them is taken for another."""

from xml.etree import ElementTree as ET

import pytest

from tidegate.verdict import CaseVerdict, as_junit, exit_code, github_annotations

HELD = CaseVerdict("held")
BROKE = CaseVerdict("broke", ["lost: 3", "doubled: 1"], ["fault 2 never happened"])
IDLE = CaseVerdict("idle", inconclusive=["nothing was asked"])


@pytest.mark.parametrize(
    ("cases", "code"),
    [([HELD], 0), ([], 2), ([HELD, IDLE], 2), ([HELD, IDLE, BROKE], 1), ([BROKE], 1), ([HELD, HELD], 0)],
)
def test_the_exit_code_says_the_worst(cases: list[CaseVerdict], code: int) -> None:
    assert exit_code(cases) == code


def test_in_junit_what_was_not_tried_is_no_case_that_passed() -> None:
    (suite,) = ET.fromstring(as_junit("tidegate x", [HELD, BROKE, IDLE]))
    assert [suite.get(name) for name in ("name", "tests", "failures", "errors")] == ["tidegate x", "3", "1", "1"]
    assert [[element.tag for element in case] for case in suite] == [[], ["failure"], ["error"]]
    assert suite[1][0].text == "lost: 3\ndoubled: 1\nfault 2 never happened"


def test_github_gets_an_error_for_what_broke_and_a_warning_for_what_was_not_tried() -> None:
    odd = CaseVerdict("a:b,c", ["100%\nof it"])
    assert list(github_annotations([HELD, IDLE, odd])) == [
        "::warning title=idle::nothing was asked",
        "::error title=a%3Ab%2Cc::100%25%0Aof it",
    ]
