"""Tests of tidegate.proxy.policies.delivery.bulk_decision: who is joined, and what each row's end is."""

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.proxy.examples import plan
from tests.proxy.policies.delivery.deliveries import NEW, delivery
from tidegate.plan.plan import OperationPlan
from tidegate.policy.deferral.bulk import Bulk
from tidegate.policy.deferral.defer import Defer
from tidegate.proxy.call.outcome import Outcome, Verdict
from tidegate.proxy.policies.delivery.bulk_decision import (
    JOINED_BYTES_MAX,
    RESULTS_MAX,
    Gathering,
    RowResult,
    Way,
    item_of,
    joined_body,
    row_ends,
    row_outcome,
    way_of,
)
from tidegate.proxy.policies.delivery.delivery import Delivery

JSON = "application/json; charset=utf-8"
DONE, UNKNOWN, NOT = Outcome.DONE, Outcome.UNKNOWN, Outcome.NOT_APPLIED


def bulk(**changes: Any) -> Bulk:
    least = {"operation": "PostBatch", "items": "/items", "results": "/results", "status": "/status"}
    return Bulk.model_validate(least | changes, strict=False)


NAMED = bulk(add={"key": "{key}"}, id={"pointer": "/key", "value": "{key}"})


def planned(form: Bulk, idempotency: str = "vendor-key", template: str = "/things") -> OperationPlan:
    return plan(defer=Defer(when="always", bulk=form), idempotency=idempotency, template=template)


def row(body: bytes = b'{"n": 1}', destination: str = "/things", order_key: str = "", **changes: Any) -> Delivery:
    return delivery(replace(NEW, body=body, destination=destination, order_key=order_key), **changes)


def text(body: bytes, form: Bulk = NAMED, destination: str = "/things", template: str = "/things") -> bytes | None:
    item = item_of(row(body, destination), planned(form, template=template), JSON)
    return None if item is None else item.text(form, "k")


@pytest.mark.parametrize(
    ("body", "item"),
    [
        (b'{"n": 1.10, "n": 2}', b'{"key": "k", "n": 1.10, "n": 2}'),
        (b" {}\n", b'{"key": "k"}'),
        ('{"ü": 12345678901234567890.5}'.encode(), '{"key": "k", "ü": 12345678901234567890.5}'.encode()),
    ],
)
def test_an_item_is_the_body_as_its_app_wrote_it_with_its_key(body: bytes, item: bytes) -> None:
    assert text(body) == item


@pytest.mark.parametrize(
    "body",
    [
        b"", b"[]", b"n=1", b"{", b'"a"', b'{"key": 1}', '{"n": 1}'.encode("utf-16"), b"\xef\xbb\xbf{}",
        b'{"a": "\xff"}',
    ],
)  # fmt: skip
def test_what_is_no_json_object_or_has_such_a_field_is_no_item(body: bytes) -> None:
    assert text(body) is None


def test_a_query_another_type_and_a_missing_field_make_no_item() -> None:
    assert text(b"{}", destination="/things?a=1") is None
    assert item_of(row(), planned(NAMED), "text/plain") is None
    assert item_of(row(), planned(NAMED), "application/vnd.x+json") is not None
    assert text(b"{}", bulk(add={"a": "{/n}"})) is None
    assert text(b'{"n": 1}', bulk(id={"pointer": "/n", "value": "{/m}"})) is None


def test_a_path_parameter_goes_into_the_item() -> None:
    form = bulk(add={"id": "{id}"})
    assert text(b'{"n": 1}', form, "/things/a%2Fb", "/things/{id}") == b'{"id": "a/b", "n": 1}'
    assert text(b'{"n": 1}', form, "/other/7", "/things/{id}") is None


@pytest.mark.parametrize(
    ("resting", "idempotency", "last", "joinable", "way"),
    [
        ("queued", "vendor-key", "", True, "joined"),
        ("waiting", "vendor-key", "c1", True, "joined"),
        ("waiting", "vendor-key", "c1.2", False, "alone"),
        ("unknown", "vendor-key", "c1.2", True, "joined"),
        ("unknown", "vendor-key", "c1.2", False, "lost"),
        ("unknown", "vendor-key", "c1", True, "alone"),
        ("unknown", "vendor-key", "", True, "alone"),
        ("unknown", "natural", "c1.2", False, "alone"),
    ],
)
def test_the_way_of_a_row(resting: Any, idempotency: str, last: str, joinable: bool, way: Way) -> None:
    found = way_of(row(resting=resting), planned(NAMED, idempotency), last, joinable=joinable)
    assert found == way


def test_a_gathering_is_bounded_by_number_by_length_and_by_order() -> None:
    gathering = Gathering(NAMED, 3)
    gathering.add(row(order_key="a"))
    assert not gathering.fits(row(order_key="a"))
    assert gathering.fits(row(order_key="b"))
    assert gathering.fits(row())
    assert not gathering.fits(row(b"x" * JOINED_BYTES_MAX))
    gathering.add(row())
    gathering.add(row())
    assert gathering.full
    assert not gathering.fits(row())
    assert Gathering(NAMED, 1).fits(row(b"x" * JOINED_BYTES_MAX * 2))


@given(st.lists(st.dictionaries(st.text(), st.integers() | st.text())), st.lists(st.text(min_size=1), max_size=3))
def test_a_joined_body_holds_every_item_at_its_pointer(items: list[dict[str, Any]], names: list[str]) -> None:
    pointer = "".join("/" + name.replace("~", "~0").replace("/", "~1") for name in names)
    document = json.loads(joined_body([json.dumps(item).encode() for item in items], pointer))
    for name in names:
        document = document[name]
    assert document == items


def ends(document: object, names: Sequence[str | None], form: Bulk = NAMED, **of_call: Any) -> Any:
    facts: dict[str, Any] = {"outcome": DONE, "verdict": Verdict.SUCCESS, "problem": ""} | of_call
    return row_ends(form, names, facts["outcome"], facts["verdict"], facts["problem"], document)


def test_results_are_found_by_their_names() -> None:
    document = {"results": [{"key": "b", "status": "422"}, {"key": "a", "status": 201, "x": 1}, {"key": "z"}]}
    first, second, third = ends(document, ["a", "b", "c"])
    assert (first.status, json.loads(first.body)["x"], second.status, third) == (201, 1, 422, "unknown")


def test_a_status_may_be_a_whole_number_with_a_fraction_and_a_body_half_a_surrogate_pair() -> None:
    [end] = ends({"results": [{"key": "a", "status": 201.0, "x": "\ud83d"}]}, ["a"])
    assert (end.status, json.loads(end.body)["x"]) == (201, "\ud83d")


@pytest.mark.parametrize(
    "results",
    [
        [],
        [{"key": "a", "status": 201}, {"key": "a", "status": 400}],
        [{"key": None, "status": 201}],
        [{"key": "a"}],
        [{"key": "a", "status": True}],
        [{"key": "a", "status": "2e1"}],
        [{"key": "a", "status": 99}],
        [{"key": "a", "status": 201.5}],
        [{"key": "a", "status": 100}],
        [None],
        [[]],
    ],
)
def test_a_result_that_tells_nothing_leaves_its_row_unknown(results: list[object]) -> None:
    assert ends({"results": results}, ["a"]) == ["unknown"]


def test_two_rows_of_one_name_cannot_be_told_apart() -> None:
    assert ends({"results": [{"key": "a", "status": 201}]}, ["a", "a"]) == ["unknown", "unknown"]


def test_by_their_places_results_count_only_where_none_is_missing() -> None:
    form = bulk(results="", body="/b")
    document = [{"status": 201, "b": {"n": 1}}, {"status": 409}]
    assert ends(document, [None, None], form) == [RowResult(201, b'{"n": 1}'), RowResult(409, b"null")]
    assert ends(document, [None, None, None], form) == ["unknown"] * 3
    assert ends(document, [None], form) == ["unknown"]


@pytest.mark.parametrize(
    ("of_call", "rows", "end"),
    [
        ({"outcome": UNKNOWN, "verdict": Verdict.FAILED}, 2, "unknown"),
        ({"outcome": Outcome.APPLIED_BUT_FAILED, "verdict": Verdict.FAILED}, 2, "unknown"),
        ({"outcome": DONE}, 2, "unknown"),
        ({"outcome": NOT, "verdict": Verdict.REJECTED}, 2, "unknown"),
        ({"outcome": NOT, "verdict": Verdict.REJECTED}, 1, "as the request"),
        ({"outcome": NOT, "verdict": Verdict.REFUSED, "problem": "bad-request"}, 2, "by itself"),
        ({"outcome": NOT, "verdict": Verdict.REFUSED, "problem": "vendor-unavailable"}, 2, "as the request"),
        ({"outcome": NOT, "verdict": Verdict.THROTTLED}, 2, "as the request"),
        ({"outcome": NOT, "verdict": Verdict.CREDENTIAL}, 2, "as the request"),
    ],
)
@pytest.mark.parametrize("document", [None, {"error": 1}, {"results": {}}, {"results": [{}] * (RESULTS_MAX + 1)}])
def test_without_results_it_is_the_whole_request_that_says(
    of_call: dict[str, Any], rows: int, end: str, document: object
) -> None:
    assert ends(document, ["a", "b"][:rows], **of_call) == [end] * rows


def test_results_count_whatever_the_status_of_the_whole_was() -> None:
    document = {"results": [{"key": "a", "status": 201}]}
    first, second = ends(document, ["a", "b"], outcome=NOT, verdict=Verdict.REJECTED)
    assert (first.status, second) == (201, "unknown")


@pytest.mark.parametrize(
    ("before", "verdict", "status", "keyed", "after"),
    [
        (NOT, Verdict.SUCCESS, 201, True, DONE),
        (UNKNOWN, Verdict.SUCCESS, 200, False, DONE),
        (NOT, Verdict.FAILED, 503, True, UNKNOWN),
        (NOT, Verdict.REJECTED, 422, True, NOT),
        (UNKNOWN, Verdict.REJECTED, 422, True, NOT),
        (UNKNOWN, Verdict.REJECTED, 422, False, UNKNOWN),
        (UNKNOWN, Verdict.REJECTED, 409, True, UNKNOWN),
        (UNKNOWN, Verdict.THROTTLED, 429, True, UNKNOWN),
        (NOT, Verdict.THROTTLED, 429, True, NOT),
    ],
)
def test_the_outcome_of_a_row(before: Outcome, verdict: Verdict, status: int, keyed: bool, after: Outcome) -> None:
    assert row_outcome(before, verdict, status, keyed=keyed) == after
