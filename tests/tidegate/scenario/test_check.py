"""Checks say what is not as it must be, with both figures."""

from typing import Any

import pytest
from pydantic import ValidationError

from tidegate.scenario.check import CallEnd, Check, CheckedCall, failed_checks, quantile


def calls(vendor: str, operation: str, end: CallEnd, *waits_s: float) -> list[CheckedCall]:
    return [CheckedCall(vendor, operation, end, wait_s) for wait_s in waits_s]


MANY = [*calls("ferries", "book", "done", *(n / 100 for n in range(1, 100))), *calls("ferries", "list", "failed", 9.0)]


@pytest.mark.parametrize(
    ("check", "flaws"),
    [
        ({"p50": "500ms", "p99": "990ms", "done": "99%", "failed": "1%", "refused": "0%", "attempts": 1}, []),
        ({"p50": "400ms"}, ["check 1: p50 is 500ms, and may be 400ms"]),
        ({"longest": "1s"}, ["check 1: longest is 9s, and may be 1s"]),
        ({"longest": "1s", "operations": ["bo*"]}, []),
        ({"done": "100%"}, ["check 1: 99% are done, and 100% must be"]),
        ({"failed": "0%", "operations": ["list"]}, ["check 1 (list): 100% are failed, and 0% may be"]),
        ({"done": "1%", "vendor": "barges"}, ["check 1 (barges): 0 calls, and it needs 1 at least"]),
        ({"calls": 101}, ["check 1: 100 calls, and it needs 101 at least"]),
        ({"attempts": 0.5}, ["check 1: 1.00 requests at the vendor for a call, and 0.5 may be"]),
    ],
)
def test_a_check_is_about_the_calls_that_it_names(check: dict[str, Any], flaws: list[str]) -> None:
    assert failed_checks([Check.model_validate(check)], MANY) == flaws


def test_a_check_that_checks_nothing_is_a_mistake() -> None:
    with pytest.raises(ValidationError, match="checks nothing"):
        Check.model_validate({"operations": ["a"]})


@pytest.mark.parametrize("check", [{"done": "0%"}, {"failed": "100%", "p99": "1s"}, {"refused": "100%"}])
def test_a_check_that_can_never_fail_is_a_mistake(check: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="holds whatever happens"):
        Check.model_validate(check)


def test_a_check_of_no_operation_is_a_mistake() -> None:
    with pytest.raises(ValidationError, match="at least 1 item"):
        Check.model_validate({"operations": [], "done": "1%"})


def test_a_quantile_is_a_value_that_was_seen() -> None:
    assert (quantile([3, 1, 2], 0.5), quantile([], 0.5), quantile([1], 0.99)) == (2, 0.0, 1)
