"""The contract of WooCommerce's webhooks of orders: played against the real adapter."""

from pathlib import Path

import pytest

from tests.contracts.consumers.played import is_committed, play_message
from tidegate.adapters.ports.money import Money
from tidegate.adapters.ports.orders import OrderLine, PaymentState, PostalAddress
from tidegate.adapters.woocommerce.orders import WooCommerceOrders
from tidegate.contracts.consumers.woocommerce_orders import EXPECTATIONS, pact

PRICE = Money(900, "EUR")
ORDERS = {
    "an order is placed and paid": (PaymentState.PAID, False, "MUG"),
    "an order is not paid yet": (PaymentState.OPEN, False, "MUG"),
    "an order is cancelled": (PaymentState.VOIDED, True, "MUG"),
    "an order has a variation without a SKU": (PaymentState.PAID, False, "variant:9"),
    "an order has a product without a SKU": (PaymentState.PAID, False, "product:7"),
}
BY_NAME = {expectation.name: expectation for expectation in EXPECTATIONS}


def test_every_expectation_is_played() -> None:
    assert set(BY_NAME) == set(ORDERS)


@pytest.mark.parametrize("name", ORDERS)
def test_the_adapter_reads_the_webhook(name: str) -> None:
    order = play_message(BY_NAME[name], WooCommerceOrders.read)
    payment, is_cancelled, sku = ORDERS[name]
    assert (order.id, order.number, order.total) == ("woocommerce:727", "727", Money(1800, "EUR"))
    assert (order.payment, order.is_cancelled, order.lines) == (payment, is_cancelled, (OrderLine(sku, 2, PRICE),))
    assert order.ship_to == PostalAddress("Ada L", "Harbour 1, Door 2", "Husum", "25813", "SH", "DE")


def test_the_committed_file_is_what_is_declared(tmp_path: Path) -> None:
    assert is_committed(pact(), tmp_path), "run: python -m tidegate.contracts.consumers.woocommerce_orders"
