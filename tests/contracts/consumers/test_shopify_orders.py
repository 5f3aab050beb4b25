"""The contract of Shopify's webhooks of orders: played against the real adapter."""

from pathlib import Path

import pytest

from tests.contracts.consumers.played import is_committed, play_message
from tidegate.adapters.ports.money import Money
from tidegate.adapters.ports.orders import OrderLine, PaymentState, PostalAddress
from tidegate.adapters.shopify.orders import ShopifyOrders
from tidegate.contracts.consumers.shopify_orders import EXPECTATIONS, pact

PRICE = Money(900, "EUR")
MUGS = (OrderLine("MUG", 2, PRICE),)
ORDERS = {
    "an order is placed and paid": (PaymentState.PAID, False, MUGS),
    "an order is not paid yet": (PaymentState.OPEN, False, MUGS),
    "an order is cancelled": (PaymentState.PAID, True, MUGS),
    "an order has lines without a SKU, of which a part was taken away": (
        PaymentState.PAID, False, (OrderLine("variant:49148385", 1, PRICE),),
    ),
}  # fmt: skip
BY_NAME = {expectation.name: expectation for expectation in EXPECTATIONS}


def test_every_expectation_is_played() -> None:
    assert set(BY_NAME) == set(ORDERS)


@pytest.mark.parametrize("name", ORDERS)
def test_the_adapter_reads_the_webhook(name: str) -> None:
    order = play_message(BY_NAME[name], ShopifyOrders.read)
    assert (order.id, order.number, order.total) == ("shopify:820982911946154508", "#1001", Money(1800, "EUR"))
    assert (order.payment, order.is_cancelled, order.lines) == ORDERS[name]
    assert order.ship_to == PostalAddress("A", "Harbour 1, Door 2", "Husum", "25813", "SH", "DE")


def test_the_committed_file_is_what_is_declared(tmp_path: Path) -> None:
    assert is_committed(pact(), tmp_path), "run: python -m tidegate.contracts.consumers.shopify_orders"
