"""Tests of tidegate.proxy.store.stored_delivery."""

from dataclasses import asdict

from tests.proxy.store.delivering import FIRST
from tests.proxy.store.places import NOW
from tidegate.proxy.policies.delivery.delivery import Delivery, DeliveryAttempt
from tidegate.proxy.store.stored_delivery import DELIVERY_COLUMNS, attempt_of, delivery_of

DELIVERY = Delivery(
    FIRST, "leased", 2, 1, 5.0, NOW, "unknown", ever_sent=True, lease_token=7, lease_until=9.0, detail="503",
    status=503, answer_headers=b"[]", answer_body=b"late", reference="re_1", accepted=3.0,
)  # fmt: skip


def row_of(delivery: Delivery) -> dict[str, object]:
    """A row as a database has it."""
    new = asdict(delivery.new)
    first = {"first_not_before": new.pop("not_before"), "first_state": new.pop("state"), "ordering": new.pop("order")}
    return {"seq": 1, **new, **first, **{name: getattr(delivery, name) for name in delivery.__slots__ if name != "new"}}


def test_a_row_has_everything_of_a_delivery() -> None:
    row = row_of(DELIVERY)
    assert row.keys() - {"unopened"} == {*DELIVERY_COLUMNS, "headers", "body", "answer_headers", "answer_body"}
    assert delivery_of(row) == DELIVERY


def test_only_a_leased_one_has_a_state_before() -> None:
    assert delivery_of(row_of(DELIVERY) | {"state": "sending", "ever_sent": 1}).resting == "sending"


def test_an_attempt_is_its_row() -> None:
    attempt = DeliveryAttempt("d0", 2, 5.0, 6.0, "done", 200, "", "c2", late=True, began=4.0)
    assert attempt_of("d0", {name: getattr(attempt, name) for name in attempt.__slots__}) == attempt
