"""The Orders port over Shopify's webhooks of orders (orders/create, orders/updated, orders/cancelled and the like).

Facts: shopify.dev/docs/api/admin-rest, "Order" (the payload of these webhooks). Amounts are in the shop's currency.
What this version does not read may change as it likes.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from tidegate.adapters.fields import FieldError, Fields, parse
from tidegate.adapters.ports.identifiers import qualified
from tidegate.adapters.ports.orders import Order, OrderLine, OrderUnreadable, PaymentState, PostalAddress

NAME: Final = "shopify"
LINES_MAX: Final = 500
"""Shopify's own limit of lines in an order."""

PAYMENTS: Final[Mapping[str, PaymentState]] = {
    "": PaymentState.OPEN,
    "pending": PaymentState.OPEN,
    "authorized": PaymentState.OPEN,
    "partially_paid": PaymentState.OPEN,
    "paid": PaymentState.PAID,
    "partially_refunded": PaymentState.REFUNDED,
    "refunded": PaymentState.REFUNDED,
    "voided": PaymentState.VOIDED,
}


class ShopifyOrders:
    """Orders of Shopify. See tidegate.adapters.ports.orders.Orders."""

    @staticmethod
    def read(body: bytes) -> Order:
        """See Orders.read."""
        try:
            return _order(parse(body))
        except FieldError as error:
            raise OrderUnreadable(error.pointer, error.expected, error.found) from None


def _order(fields: Fields) -> Order:
    currency, payment = fields.text("currency"), fields.maybe_text("financial_status")
    changed = fields.moment("updated_at")
    return Order(
        id=qualified(NAME, str(fields.count("id"))),
        number=fields.text("name"),
        revision=int(changed.timestamp() * 1000),
        placed_at=fields.moment("created_at"),
        changed_at=changed,
        is_cancelled=bool(fields.maybe_text("cancelled_at")),
        payment=PAYMENTS.get(payment, PaymentState.UNKNOWN),
        shop_payment=payment,
        total=fields.decimal_money("total_price", currency),
        lines=tuple(_lines(fields, currency)),
        ship_to=_address(fields.maybe_child("shipping_address")),
    )


def _lines(fields: Fields, currency: str) -> Iterator[OrderLine]:
    """The lines of which anything is left: an edit or a refund may have taken some away."""
    for number, line in enumerate(fields.children("line_items")):
        if number >= LINES_MAX:
            raise fields.wrong("line_items", f"at most {LINES_MAX} lines")
        left = line.count("current_quantity" if line.has("current_quantity") else "quantity")
        if left:
            yield OrderLine(_sku(line), left, line.decimal_money("price", currency))


def _sku(line: Fields) -> str:
    """What is to be sent. An item that is no product of the shop's has no SKU and no variant, so its line names it."""
    sku = line.maybe_text("sku")
    if sku:
        return sku
    return f"variant:{line.count('variant_id')}" if line.has("variant_id") else f"line:{line.count('id')}"


def _address(fields: Fields | None) -> PostalAddress | None:
    if fields is None:
        return None
    street = ", ".join(part for part in (fields.maybe_text("address1"), fields.maybe_text("address2")) if part)
    return PostalAddress(
        name=fields.maybe_text("name"),
        street=street,
        city=fields.maybe_text("city"),
        postal_code=fields.maybe_text("zip"),
        region=fields.maybe_text("province_code") or fields.maybe_text("province"),
        country=fields.maybe_text("country_code"),
    )
