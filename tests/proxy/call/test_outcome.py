"""Tests of tidegate.proxy.call.outcome, and that the whole folder is pure."""

import ast
from pathlib import Path

import pytest

import tidegate.proxy.policies
from tidegate.proxy.call.outcome import Outcome, Verdict, outcome_of

FOLDER = Path(tidegate.proxy.policies.__file__).parent
IMPURE = {"aiohttp", "asyncio", "datetime", "logging", "os", "secrets", "socket", "threading", "time", "uuid"}


@pytest.mark.parametrize(
    ("verdict", "sent", "stored", "outcome"),
    [
        pytest.param(Verdict.SUCCESS, True, False, Outcome.DONE, id="an answered success is done"),
        pytest.param(Verdict.SUCCESS, True, True, Outcome.DONE, id="so is a stored one"),
        pytest.param(Verdict.FAILED, True, False, Outcome.UNKNOWN, id="a failure after sending is unknown"),
        pytest.param(Verdict.FAILED, True, True, Outcome.APPLIED_BUT_FAILED, id="a stored failure is final"),
        pytest.param(Verdict.FAILED, False, False, Outcome.NOT_APPLIED, id="a failure before sending did nothing"),
        pytest.param(Verdict.CANCELLED, True, False, Outcome.UNKNOWN, id="leaving after sending is unknown"),
        pytest.param(Verdict.CANCELLED, False, False, Outcome.NOT_APPLIED, id="leaving before sending did nothing"),
        pytest.param(Verdict.THROTTLED, True, False, Outcome.NOT_APPLIED, id="a refused rate was not executed"),
        pytest.param(Verdict.CONTENTION, True, False, Outcome.NOT_APPLIED, id="a lock clash was not executed"),
        pytest.param(Verdict.REJECTED, True, False, Outcome.NOT_APPLIED, id="a rejected request did nothing"),
        pytest.param(Verdict.CREDENTIAL, True, False, Outcome.NOT_APPLIED, id="a refused credential did nothing"),
        pytest.param(Verdict.REFUSED, False, False, Outcome.NOT_APPLIED, id="our own refusal did nothing"),
    ],
)
def test_what_one_exchange_leaves_behind(verdict: Verdict, sent: bool, stored: bool, outcome: Outcome) -> None:
    assert outcome_of(verdict, sent=sent, stored=stored) is outcome


@pytest.mark.parametrize("sent", [True, False])
@pytest.mark.parametrize("verdict", [each for each in Verdict if each is not Verdict.SUCCESS])
def test_only_a_success_is_ever_done(verdict: Verdict, sent: bool) -> None:
    assert outcome_of(verdict, sent=sent, stored=False) is not Outcome.DONE


@pytest.mark.parametrize("path", sorted(FOLDER.rglob("*.py")), ids=lambda path: path.stem)
def test_a_policy_takes_time_and_randomness_as_arguments_and_does_nothing_itself(path: Path) -> None:
    imported: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            imported.update(name.name.partition(".")[0] for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            imported.add(node.module.partition(".")[0])
    assert not imported & IMPURE
