"""Tests of tidegate.check.limit_rules. That its findings are told as TG004 is tested in test_rules.py."""

from typing import Any

import pytest

from tests.proxy.examples import facts
from tidegate.check.limit_rules import bounds_of, misjudged

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
    assert [loc for loc, _ in misjudged(facts(**more))] == [place]


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
    assert list(misjudged(facts(**more))) == []


def test_every_limit_has_its_place() -> None:
    known = bounds_of(facts(limits=[LIMIT], quotas=[{"name": "d", "count": 1, "per": "day"}]))
    assert [loc for loc, _ in known] == [("facts", "limits", 0), ("facts", "quotas", 0)]
