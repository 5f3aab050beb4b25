"""Orders as WooCommerce sends them."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.adapters.ports.money import Money
from tidegate.adapters.ports.orders import Order, OrderLine, OrderUnreadable, PaymentState, PostalAddress
from tidegate.adapters.woocommerce.orders import PAYMENTS, WooCommerceOrders

LINE = {"id": 1, "sku": "MUG", "product_id": 2, "variation_id": 0, "quantity": 3, "subtotal": "10.00", "total": "9.00"}


def payload(**changes: Any) -> bytes:
    shipping = {
        "first_name": "Ada", "last_name": "L", "address_1": "Harbour 1", "address_2": "", "city": "Husum",
        "postcode": "25813", "state": "", "country": "DE",
    }  # fmt: skip
    order = {
        "id": 727, "number": "727", "status": "processing", "currency": "EUR", "total": "9.00",
        "date_created_gmt": "2026-01-01T00:00:00", "date_modified_gmt": "2026-01-01T00:00:05", "line_items": [LINE],
        "shipping": shipping,
    }  # fmt: skip
    return json.dumps({**order, **changes}).encode()


def test_an_order_is_the_domains() -> None:
    assert WooCommerceOrders.read(payload()) == Order(
        id="woocommerce:727",
        number="727",
        revision=1_767_225_605_000,
        placed_at=datetime(2026, 1, 1, tzinfo=UTC),
        changed_at=datetime(2026, 1, 1, 0, 0, 5, tzinfo=UTC),
        is_cancelled=False,
        payment=PaymentState.PAID,
        shop_payment="processing",
        total=Money(900, "EUR"),
        lines=(OrderLine("MUG", 3, Money(333, "EUR")),),
        ship_to=PostalAddress("Ada L", "Harbour 1", "Husum", "25813", "", "DE"),
    )


@pytest.mark.parametrize("status", [*PAYMENTS, "wc-brandnew"])
def test_a_status_says_how_far_an_order_is_paid_and_keeps_its_word(status: str) -> None:
    order = WooCommerceOrders.read(payload(status=status))
    assert (order.payment, order.shop_payment) == (PAYMENTS.get(status, PaymentState.UNKNOWN), status)
    assert order.is_cancelled == (status in {"cancelled", "trash"})


@pytest.mark.parametrize(
    ("line", "sku"),
    [({"sku": ""}, "product:2"), ({"sku": None, "variation_id": 9}, "variant:9"), ({"sku": "X"}, "X")],
)
def test_an_item_is_named_by_what_the_shop_knows_of_it(line: dict[str, Any], sku: str) -> None:
    [only] = WooCommerceOrders.read(payload(line_items=[{**LINE, **line}])).lines
    assert only.sku == sku


@pytest.mark.parametrize(
    ("currency", "subtotal", "each"), [("JPY", "1000", 333), ("BHD", "1.000", 333), ("EUR", "0.05", 2), ("EUR", "0", 0)]
)
def test_the_price_of_one_is_to_the_nearest_minor_unit(currency: str, subtotal: str, each: int) -> None:
    order = WooCommerceOrders.read(payload(currency=currency, total="1", line_items=[{**LINE, "subtotal": subtotal}]))
    assert order.lines[0].unit_price == Money(each, currency)


def test_a_draft_that_was_never_modified_is_as_old_as_it_is() -> None:
    order = WooCommerceOrders.read(payload(status="checkout-draft", date_modified_gmt=None))
    assert order.changed_at == order.placed_at


def test_an_order_that_is_sent_nowhere_has_no_address_and_an_empty_line_is_none() -> None:
    assert WooCommerceOrders.read(payload(shipping={"first_name": "", "city": ""})).ship_to is None
    assert WooCommerceOrders.read(payload(line_items=[{**LINE, "quantity": 0}])).lines == ()


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"id": "727"}, "/id"), ({"currency": "QQQ"}, "/currency"), ({"total": "9.001"}, "/total"),
        ({"date_modified_gmt": "noon"}, "/date_modified_gmt"), ({"line_items": None}, "/line_items"),
        ({"line_items": [LINE] * 1001}, "/line_items"), ({"status": None}, "/status"),
        ({"line_items": [{**LINE, "subtotal": "-1"}]}, "/line_items/0/subtotal"),
        ({"line_items": [{**LINE, "subtotal": "NaN"}]}, "/line_items/0/subtotal"),
        ({"line_items": [{**LINE, "quantity": 1.5}]}, "/line_items/0/quantity"),
    ],
)  # fmt: skip
def test_what_is_no_order_says_where_it_is_none(changes: dict[str, Any], pointer: str) -> None:
    with pytest.raises(OrderUnreadable) as error:
        WooCommerceOrders.read(payload(**changes))
    assert error.value.pointer == pointer


@given(st.binary() | st.sampled_from([b"webhook_id=1", b"[]", b"null"]))
def test_any_other_bytes_are_unreadable(body: bytes) -> None:
    with pytest.raises(OrderUnreadable):
        WooCommerceOrders.read(body)
