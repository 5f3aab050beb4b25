"""The block `bulk` of `defer`: its form, and its words."""

from typing import Any

import pytest
from pydantic import ValidationError

from tidegate.policy.deferral.bulk import SIZE_MAX, Bulk, describe
from tidegate.proxy.durable.delivery_worker import IN_FLIGHT_MAX

LEAST: dict[str, Any] = {"operation": "PostBatch", "items": "/items", "results": "/results", "status": "/status"}


def bulk(**changes: Any) -> Bulk:
    return Bulk.model_validate(LEAST | changes, strict=False)


def test_it_is_described_and_can_be_a_key() -> None:
    assert describe(bulk(size=9, within="2s")) == "up to 9 joined within 2s by PostBatch"
    assert {bulk(add={"a": "{id}"}): 1}[bulk(add={"a": "{id}"})] == 1


def test_an_item_is_keyed_where_it_carries_the_key_alone() -> None:
    assert bulk(add={"key": "{key}"}).keyed
    assert not bulk(add={"key": "no {key}"}).keyed
    assert not bulk().keyed


@pytest.mark.parametrize(
    "changes",
    [
        {"items": "items"}, {"items": "/a/*"}, {"results": "/a//b"}, {"status": ""}, {"size": 1},
        {"size": SIZE_MAX + 1},
        {"within": "11s"}, {"within": "0s"}, {"add": {"a b": "{key}"}}, {"add": {"": "{key}"}}, {"more": 1},
    ],
)  # fmt: skip
def test_what_has_no_meaning_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        bulk(**changes)


def test_no_more_are_joined_than_may_be_under_way() -> None:
    assert SIZE_MAX <= IN_FLIGHT_MAX
