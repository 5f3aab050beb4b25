"""Identical reads share an answer where the file says so, or where they have a cache."""

from pathlib import Path

import pytest

from tests.tidegate.plans import planned
from tidegate.policy.coalesce import describe


@pytest.mark.parametrize(
    ("entry", "scope", "origin", "words"),
    [
        pytest.param("attempts: 1", None, "default", "off", id="nobody shares unless it is written"),
        pytest.param(
            "coalesce: app", "app", "vendor.yaml:22", "identical reads of one app share an answer", id="an app"
        ),
        pytest.param("cache: {}", "app", "default", "identical reads of one app share an answer", id="as the cache"),
        pytest.param(
            "cache: {shared: credential}", "credential", "default", "identical reads share an answer", id="all apps"
        ),
        pytest.param("cache: {}, coalesce: 'off'", None, "vendor.yaml:22", "off", id="a cache and yet not"),
    ],
)
def test_who_shares_an_answer(tmp_path: Path, entry: str, scope: str | None, origin: str, words: str) -> None:
    plan = planned(tmp_path, entry=entry)
    assert (plan.coalesce, plan.origins["coalesce"], describe(plan)) == (scope, origin, words)


def test_writes_never_do(tmp_path: Path) -> None:
    plan = planned(tmp_path, entry="keep: 1h", operation="PutOrder")
    assert (plan.coalesce, plan.origins["coalesce"], describe(plan)) == (None, "method", "off")
