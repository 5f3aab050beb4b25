"""The block `defer`: when a write is carried out later, for how long it is tried, and what of that makes no sense."""

from pathlib import Path

import pytest

from tests.tidegate.plans import POST, broken, findings, planned, plans
from tidegate.policy.deferral.defer import NEVER, deadline_s, defers, describe, resolves

DEADLINE = "defer: {deadline: 2h}"


@pytest.mark.parametrize(
    ("entry", "when", "prefer"),
    [
        ("defer: always", "always", "allow"),
        ("defer: when-unavailable", "when-unavailable", "allow"),
        ("defer: {deadline: 1h}", "when-unavailable", "allow"),
        ("defer: never", "never", "ignore"),
        ("defer: {when: never}", "never", "allow"),
        ("unavailable: defer", "when-unavailable", "allow"),
    ],
)
def test_a_word_a_block_or_the_fallback_says_when(tmp_path: Path, entry: str, when: str, prefer: str) -> None:
    plan = planned(tmp_path, entry=entry, operation="PostOrders")
    assert (plan.defer.when, plan.defer.prefer) == (when, prefer)
    assert defers(plan) == (entry != "defer: never")


def test_without_a_word_nothing_is_deferred(tmp_path: Path) -> None:
    plan = planned(tmp_path, operation="PostOrders")
    assert plan.defer is NEVER
    assert not defers(plan)


@pytest.mark.parametrize(
    ("entry", "operation", "seconds"),
    [
        ("defer: always", "PostOrders", 23 * 3600.0),
        ("defer: {deadline: 2h}", "PostOrders", 2 * 3600.0),
        ("defer: always", "PutOrder", 24 * 3600.0),
        ("defer: {deadline: 3d}", "PutOrder", 3 * 86_400.0),
        ("idempotency: never-resend, defer: always", "PostOrders", 24 * 3600.0),
    ],
)
def test_no_write_is_tried_beyond_the_vendors_memory_of_its_key(
    tmp_path: Path, entry: str, operation: str, seconds: float
) -> None:
    assert deadline_s(planned(tmp_path, entry=entry, operation=operation)) == seconds


def test_a_short_memory_leaves_half_of_it(tmp_path: Path) -> None:
    changes = ("remembers: 24h", "remembers: 30m"), (POST, f"{POST}\n  PostOrders: {{defer: always}}")
    assert deadline_s(plans(tmp_path, *changes)["PostOrders"]) == 900.0


@pytest.mark.parametrize(
    ("entry", "operation", "resolved"),
    [
        ("", "PostOrders", True),
        ("defer: {when: never, unknown: leave}", "PostOrders", False),
        ("", "PutOrder", False),
        ("defer: always", "PutOrder", True),
        ("defer: {when: never, prefer: ignore, unknown: resolve}", "PutOrder", True),
        ("idempotency: never-resend, defer: {unknown: resolve}", "PostOrders", False),
        ("", "GetOrder", False),
    ],
)
def test_an_unknown_outcome_resolves_by_itself_where_that_does_no_harm(
    tmp_path: Path, entry: str, operation: str, resolved: bool
) -> None:
    assert resolves(planned(tmp_path, entry=entry, operation=operation)) == resolved


def test_it_is_described(tmp_path: Path) -> None:
    entry = "defer: {when: always, attempts: 5, order_by: /order, order: skip, prefer: ignore}"
    plan = planned(tmp_path, entry=entry, operation="PostOrders")
    assert describe(plan) == (
        "always; deadline 23h; 5 tries; in order of /order, skip after 3 tries; "
        "unknown outcomes resolve by themselves, no lookup"
    )
    never = planned(tmp_path, entry="idempotency: never-resend", operation="PostOrders")
    assert describe(never) == "never"
    assert describe(planned(tmp_path)) == "never: a read"


@pytest.mark.parametrize(
    ("entry", "code", "place"),
    [
        ("PostOrders: {unavailable: defer, defer: never}", "TG113", "operations.PostOrders.defer"),
        ('PostOrderPay: {defer: {order_by: "{no}"}}', "TG113", "operations.PostOrderPay.defer"),
        ("GetOrder: {defer: always}", "TG111", "operations.GetOrder.defer"),
        ("GetOrder: {unavailable: defer}", "TG009", "operations.GetOrder.unavailable"),
        ("PostOrders: {defer: {base: 2m, cap: 1m}}", "TG113", "operations.PostOrders.defer"),
        ("PostOrders: {defer: {deadline: 2d}}", "TG113", "operations.PostOrders.defer"),
        (
            "PostOrders: {idempotency: never-resend, unavailable: defer}",
            "TG113",
            "operations.PostOrders.unavailable",
        ),
    ],
)
def test_what_makes_no_sense_is_told(tmp_path: Path, entry: str, code: str, place: str) -> None:
    assert (code, place) in broken(tmp_path, (POST, f"{POST}\n  {entry}"))


@pytest.mark.parametrize(
    "entry",
    ['PostOrderPay: {defer: {order_by: "{id}"}}', '"*": {defer: when-unavailable}', "PostOrders: {unavailable: defer}"],
)
def test_what_makes_sense_is_not(tmp_path: Path, entry: str) -> None:
    assert [found for found in findings(tmp_path, (POST, f"{POST}\n  {entry}")) if found.code == "TG113"] == []


def test_deferring_is_a_fallback_of_what_is_critical(tmp_path: Path) -> None:
    assert broken(tmp_path, (POST, f"{POST}\n  PostOrders: {{critical: true, defer: when-unavailable}}")) == []
