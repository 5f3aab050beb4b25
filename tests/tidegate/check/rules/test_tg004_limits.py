"""TG004: a limit that can be kept, and an alert before it is used up."""

from pathlib import Path
from typing import Any

import pytest

from tests.proxy.examples import facts
from tests.tidegate.plans import LIMIT as WRITTEN
from tests.tidegate.plans import Change, broken
from tidegate.check.rules.tg004_limits import bounds_of, check_limits

LIMIT = {"name": "account", "rate": "1/s"}


@pytest.mark.parametrize(
    ("more", "place"),
    [
        pytest.param({}, ("facts", "limits"), id="no limit at all"),
        pytest.param(
            {"limits": [{**LIMIT, "of": ["Get*"]}]}, ("facts", "limits", 0), id="operations without the scope"
        ),
        pytest.param(
            {"quotas": [{"name": "d", "count": 1, "per": "day", "scope": "operations"}]},
            ("facts", "quotas", 0),
            id="the scope without operations",
        ),
        pytest.param(
            {"limits": [LIMIT], "concurrency": [{"name": "account", "at_once": 1}]},
            ("facts", "concurrency", 0, "name"),
            id="one name twice",
        ),
        pytest.param(
            {"limits": [{**LIMIT, "algorithm": "fixed", "aligned": "told"}]},
            ("facts", "limits", 0, "aligned"),
            id="told by nobody",
        ),
    ],
)
def test_what_cannot_be_kept(more: dict[str, Any], place: tuple[str | int, ...]) -> None:
    assert [("facts", *breach.loc) for breach in check_limits(facts(**more))] == [place]


@pytest.mark.parametrize(
    "more",
    [
        {"limits": [LIMIT]},
        {"adaptive": True},
        {"concurrency": [{"at_once": 3}]},
        {"limits": [{**LIMIT, "algorithm": "fixed", "aligned": "told"}], "dialect": "github"},
    ],
)
def test_what_can(more: dict[str, Any]) -> None:
    assert list(check_limits(facts(**more))) == []


def test_every_limit_has_its_place() -> None:
    known = bounds_of(facts(limits=[LIMIT], quotas=[{"name": "d", "count": 1, "per": "day"}]))
    assert [loc for loc, _ in known] == [("limits", 0), ("quotas", 0)]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ([("  limits:\n" + WRITTEN, "")], [("TG004", "facts.limits")]),
        ([("  limits:\n" + WRITTEN, "  adaptive: true\n")], []),
        ([("[80%, 95%]", "[100%]")], [("TG004", "policy.quota_alert")]),
        ([("  quota_alert: [80%, 95%]\n", "")], [("TG004", "policy.quota_alert")]),
        ([("burst: 20}", "burst: 20, scope: operations}")], [("TG004", "facts.limits[0]")]),
        ([("burst: 20}", "burst: 20, of: [Get*]}")], [("TG004", "facts.limits[0]")]),
        ([(WRITTEN, WRITTEN + WRITTEN)], [("TG004", "facts.limits[1].name")]),
    ],
)
def test_limits_and_alerts_are_named(tmp_path: Path, changes: list[Change], expected: list[tuple[str, str]]) -> None:
    assert broken(tmp_path, *changes) == expected
