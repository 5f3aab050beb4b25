"""The block `lookup`, and what of it cannot be carried out."""

from pathlib import Path

import pytest

from tests.tidegate.plans import POST, broken, planned
from tidegate.policy.deferral.lookup import describe, sources

BY_KEY = 'PostOrders: {lookup: {operation: GetOrders, by: {key: "{key}"}}}'


def test_it_is_planned_and_described(tmp_path: Path) -> None:
    entry = 'lookup: {operation: GetOrders, by: {ref: "{/ref}"}, lag: 9s}'
    plan = planned(tmp_path, entry=entry, operation="PostOrders")
    assert plan.lookup is not None
    assert (plan.lookup.operation, plan.lookup.by) == ("GetOrders", {"ref": "{/ref}"})
    assert describe(plan) == "looked up by GetOrders after 9s"
    assert describe(planned(tmp_path, operation="PostOrderPay")) == "no lookup"


def test_a_template_names_its_sources() -> None:
    assert sources("metadata['order']:'{/metadata/order}' AND {key}") == ["/metadata/order", "key"]


@pytest.mark.parametrize(
    ("entry", "place"),
    [
        ("PostOrders: {lookup: {operation: NoSuch, by: {}}}", "operations.PostOrders.lookup.operation"),
        ("PostOrders: {lookup: {operation: PutOrder, by: {}}}", "operations.PostOrders.lookup.operation"),
        ("PostOrders: {lookup: {operation: GetOrder, by: {}}}", "operations.PostOrders.lookup.by"),
        ('PostOrders: {lookup: {operation: GetOrders, by: {a: "{no}"}}}', "operations.PostOrders.lookup"),
        (
            'PostOrders: {idempotency: lookup, lookup: {operation: GetOrders, by: {a: "{key}"}}}',
            "operations.PostOrders.lookup",
        ),
        ("PostOrders: {idempotency: lookup}", "operations.PostOrders.idempotency"),
    ],
)
def test_what_cannot_be_carried_out_is_told(tmp_path: Path, entry: str, place: str) -> None:
    assert ("TG114", place) in broken(tmp_path, (POST, f"{POST}\n  {entry}"))


@pytest.mark.parametrize(
    "entry",
    [BY_KEY, 'PostOrderPay: {idempotency: [vendor-key, lookup], lookup: {operation: GetOrder, by: {id: "{id}"}}}'],
)
def test_what_can_is_not(tmp_path: Path, entry: str) -> None:
    assert broken(tmp_path, (POST, f"{POST}\n  {entry}")) == []
