"""The problem types are stable: clients compare their names, addresses and statuses."""

import re
from http import HTTPStatus
from pathlib import Path

import pytest

from tidegate.problems import PROBLEMS, TYPE_PREFIX

DESIGNED = {
    "deadline-exceeded": 504,
    "vendor-unavailable": 503,
    "rate-limited": 429,
    "vendor-rate-limited": 429,
    "credential-rejected": 502,
    "app-unauthorized": 401,
    "proxy-unauthorized": 407,
    "egress-denied": 403,
    "outcome-unknown": 504,
    "idempotency-conflict": 409,
    "idempotency-mismatch": 422,
    "contract-broken": 502,
    "misdirected": 421,
    "overloaded": 503,
}


@pytest.mark.parametrize(("name", "status"), DESIGNED.items())
def test_a_problem_keeps_its_name_and_status(name: str, status: int) -> None:
    assert PROBLEMS[name].status == status
    assert PROBLEMS[name].type == TYPE_PREFIX + name


def test_every_problem_is_an_error_status_and_says_what_it_is() -> None:
    for name, problem in PROBLEMS.items():
        assert problem.name == name
        assert HTTPStatus(problem.status) >= HTTPStatus.BAD_REQUEST
        assert re.fullmatch(r"[a-z_]+", problem.proxy_status)
        assert problem.title


def test_the_page_of_problems_names_each(root: Path) -> None:
    page = (root / "docs" / "problems.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^### `([a-z-]+)`", page, re.MULTILINE)) <= set(PROBLEMS)
    assert set(DESIGNED) <= set(re.findall(r"`([a-z-]+)`", page))
