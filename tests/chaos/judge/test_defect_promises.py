"""A secret, a bug and a good request that is called bad are found."""

from dataclasses import replace

import pytest

from tests.chaos.judge.good_run import (
    GOOD,
    asked,
    words,
)
from tidegate.chaos.judge.promises import violations


def test_an_apps_token_that_the_vendor_sees_is_a_secret_told() -> None:
    assert words(replace(GOOD, tap=replace(GOOD.tap, tokens=1))) == ["secret"]


def test_a_bug_in_the_log_is_a_surprise() -> None:
    bug = {"at": 1.0, "bug": "KeyError", "where": ["app.py:1 run", "gate.py:2 enter"]}
    assert violations(replace(GOOD, lines=[*GOOD.lines, bug])) == [
        "surprise: the proxy failed with KeyError at app.py:1 run, gate.py:2 enter"
    ]


@pytest.mark.parametrize("problem", ["bad-request", "idempotency-mismatch", "internal-error"])
def test_a_good_request_that_is_told_to_be_bad_is_a_surprise(problem: str) -> None:
    told_so = asked(39, status=500, problem=problem)
    assert "surprise" in words(replace(GOOD, calls=[*GOOD.calls[:-1], told_so]))
