"""The places of placeholders: planned, described, and refused where none can stand."""

from pathlib import Path

import pytest

from tests.proxy.examples import plan
from tests.tidegate.plans import POST, broken, planned
from tidegate.policy.privacy.placeholders import PlaceholderPlaces, describe


def test_a_vendors_places_are_every_operations_but_where_it_has_its_own(tmp_path: Path) -> None:
    everywhere = planned(tmp_path, policy="placeholders: {headers: [X-Key]}").placeholders
    own = planned(
        tmp_path, policy="placeholders: {headers: [X-Key]}", entry="placeholders: {query: [key]}"
    ).placeholders
    assert everywhere == PlaceholderPlaces(headers=("X-Key",))
    assert own == PlaceholderPlaces(query=("key",))
    assert planned(tmp_path).placeholders is None


def test_the_places_are_told_in_words() -> None:
    places = PlaceholderPlaces(headers=("X-Key",), fields=("/a", "/b"))
    assert describe(plan(placeholders=places)) == "header: X-Key; JSON: /a, /b"
    assert describe(plan()) == describe(plan(placeholders=PlaceholderPlaces())) == "none"


@pytest.mark.parametrize(
    "name", ["Authorization", "host", "Content-Length", "Tidegate-Timeout", "X-Forwarded-For", "Referer"]
)
def test_a_header_that_is_not_the_apps_to_write_is_no_place(tmp_path: Path, name: str) -> None:
    policy = f"policy:\n  placeholders: {{headers: [X-Key, {name}]}}\n"
    assert broken(tmp_path, ("policy:\n", policy)) == [("TG117", "policy.placeholders.headers")]


def test_what_is_joined_has_no_place_in_its_body(tmp_path: Path) -> None:
    bulk = "defer: {when: always, bulk: {operation: PostOrder, items: /items, results: /results, status: /status}}"
    entry = f"Post*: {{idempotency: vendor-key, placeholders: {{fields: [/key]}}, {bulk}}}"
    assert ("TG117", "operations.Post*.placeholders") in broken(tmp_path, (POST, entry))
