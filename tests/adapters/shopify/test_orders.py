"""Shopify's orders become the domain's, or the place is named that cannot be read."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.adapters.shopify.order_payload import PAYLOAD, payload
from tidegate.adapters.ports.money import Money
from tidegate.adapters.ports.orders import Order, OrderLine, OrderUnreadable, PaymentState, PostalAddress
from tidegate.adapters.shopify.orders import LINES_MAX, ShopifyOrders

read = ShopifyOrders.read
LINE = PAYLOAD["line_items"][0]


def unreadable(**changes: Any) -> str:
    """The place that cannot be read."""
    with pytest.raises(OrderUnreadable) as refused:
        read(payload(**changes))
    return refused.value.pointer


def test_an_order_of_shopifys_is_read_whole() -> None:
    assert read(payload()) == Order(
        id="shopify:820982911946154508",
        number="#1001",
        revision=1_767_225_600_000,
        placed_at=datetime(2026, 1, 1, tzinfo=UTC),
        changed_at=datetime(2026, 1, 1, tzinfo=UTC),
        is_cancelled=False,
        payment=PaymentState.PAID,
        shop_payment="paid",
        total=Money(39800, "USD"),
        lines=(
            OrderLine("IPOD-342-N", 1, Money(19900, "USD")),
            OrderLine("variant:49148385", 1, Money(19900, "USD")),
        ),
        ship_to=PostalAddress("Steve Shipper", "123 Shipping Street", "Shippington", "40003", "KY", "US"),
    )


def test_both_lines_of_a_street_are_kept() -> None:
    order = read(payload(shipping_address={**PAYLOAD["shipping_address"], "address2": "Flat 2"}))
    assert order.ship_to is not None
    assert order.ship_to.street == "123 Shipping Street, Flat 2"


def test_an_order_that_is_not_sent_anywhere_has_no_address() -> None:
    assert read(payload(shipping_address=None)).ship_to is None


def test_an_item_that_is_no_product_of_the_shops_is_known_by_its_line() -> None:
    custom = {"id": 7, "sku": "", "variant_id": None, "quantity": 1, "price": "5.00"}
    assert [line.sku for line in read(payload(line_items=[custom])).lines] == ["line:7"]


def test_a_later_change_has_a_greater_revision() -> None:
    later = read(payload(updated_at="2025-12-31T19:00:01-05:00"))
    assert later.revision > read(payload()).revision


def test_a_cancelled_order_is_known_by_the_time_of_it() -> None:
    assert read(payload(cancelled_at="2026-01-01T02:00:00+01:00")).is_cancelled


@pytest.mark.parametrize(
    ("word", "state"),
    [
        (None, PaymentState.OPEN),
        ("authorized", PaymentState.OPEN),
        ("partially_refunded", PaymentState.REFUNDED),
        ("voided", PaymentState.VOIDED),
        ("on_the_moon", PaymentState.UNKNOWN),
    ],
)
def test_an_unknown_word_of_the_shops_is_kept_and_counts_as_nothing(word: str | None, state: PaymentState) -> None:
    order = read(payload(financial_status=word))
    assert (order.payment, order.shop_payment) == (state, word or "")


@pytest.mark.parametrize(
    ("amount", "currency", "minor"),
    [("10", "USD", 1000), ("10.5", "USD", 1050), ("1000.00", "JPY", 1000), ("1.234", "KWD", 1234), ("0.10", "EUR", 10)],
)
def test_amounts_are_exact_in_the_currencys_own_unit(amount: str, currency: str, minor: int) -> None:
    assert read(payload(currency=currency, total_price=amount, line_items=[])).total == Money(minor, currency)


@pytest.mark.parametrize("amount", ["-1.00", "1e3", "10.005", "1,000.00", "NaN", "٣", "1" * 30, " 1.00"])
def test_what_is_no_amount_is_not_guessed(amount: str) -> None:
    assert unreadable(total_price=amount) == "/total_price"


@pytest.mark.parametrize("time", ["2026-01-01T00:00:00", "yesterday", "0001-01-01T00:00:00+23:00", "2026-13-01"])
def test_a_time_without_its_offset_is_none(time: str) -> None:
    assert unreadable(updated_at=time) == "/updated_at"


def test_the_place_that_cannot_be_read_is_named_and_its_value_is_not() -> None:
    with pytest.raises(OrderUnreadable, match=r"^/line_items/0/price: expected a text, found a whole number$"):
        read(payload(line_items=[{**LINE, "price": 4111}]))
    assert unreadable(currency="QQQ") == "/total_price"
    assert unreadable(id="7") == "/id"
    assert unreadable(line_items=[LINE] * (LINES_MAX + 1)) == "/line_items"


JSON = st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=20), st.lists)


@given(st.sampled_from(sorted(PAYLOAD)), JSON)
def test_whatever_stands_in_a_field_it_is_an_order_or_unreadable(name: str, value: object) -> None:
    try:
        order = read(json.dumps({**PAYLOAD, name: value}).encode())
    except OrderUnreadable:
        return
    assert order.placed_at.utcoffset() is not None


@given(st.binary(max_size=200))
def test_whatever_bytes_come_are_unreadable(body: bytes) -> None:
    with pytest.raises(OrderUnreadable):
        read(body)
