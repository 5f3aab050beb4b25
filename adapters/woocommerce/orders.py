"""The Orders port over WooCommerce's webhooks of orders (order.created, order.updated, order.restored).

Facts: developer.woocommerce.com/docs/apis/rest-api/v3/orders, "Order properties" (the payload of these webhooks is the
order as the REST API has it). Amounts are decimal numbers in texts; times that end with `_gmt` are in UTC, and do not
say so.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Final

from tidegate.adapters.fields import FieldError, Fields, parse
from tidegate.adapters.ports.identifiers import qualified
from tidegate.adapters.ports.money import DIGITS, Money
from tidegate.adapters.ports.orders import Order, OrderLine, OrderUnreadable, PaymentState, PostalAddress

NAME: Final = "woocommerce"
LINES_MAX: Final = 1000
"""More lines in an order are refused; the shop itself has no limit."""

PAYMENTS: Final[Mapping[str, PaymentState]] = {
    "pending": PaymentState.OPEN,
    "on-hold": PaymentState.OPEN,
    "failed": PaymentState.OPEN,
    "checkout-draft": PaymentState.OPEN,
    "processing": PaymentState.PAID,
    "completed": PaymentState.PAID,
    "refunded": PaymentState.REFUNDED,
    "cancelled": PaymentState.VOIDED,
    "trash": PaymentState.VOIDED,
}
CANCELLED: Final = frozenset(("cancelled", "trash"))


class WooCommerceOrders:
    """Orders of WooCommerce. See tidegate.adapters.ports.orders.Orders."""

    @staticmethod
    def read(body: bytes) -> Order:
        """See Orders.read."""
        try:
            return _order(parse(body))
        except FieldError as error:
            raise OrderUnreadable(error.pointer, error.expected, error.found) from None


def _order(fields: Fields) -> Order:
    currency, status = fields.text("currency"), fields.text("status")
    if currency not in DIGITS:
        raise fields.wrong("currency", "a currency of ISO 4217")
    # A draft was never modified, and says so by null.
    changed = _time(fields, "date_modified_gmt" if fields.has("date_modified_gmt") else "date_created_gmt")
    return Order(
        id=qualified(NAME, str(fields.count("id"))),
        number=fields.text("number"),
        revision=int(changed.timestamp() * 1000),
        placed_at=_time(fields, "date_created_gmt"),
        changed_at=changed,
        is_cancelled=status in CANCELLED,
        payment=PAYMENTS.get(status, PaymentState.UNKNOWN),
        shop_payment=status,
        total=fields.decimal_money("total", currency),
        lines=tuple(_lines(fields, currency)),
        ship_to=_address(fields.maybe_child("shipping")),
    )


def _lines(fields: Fields, currency: str) -> Iterator[OrderLine]:
    for number, line in enumerate(fields.children("line_items")):
        if number >= LINES_MAX:
            raise fields.wrong("line_items", f"at most {LINES_MAX} lines")
        quantity = line.count("quantity")
        if quantity:
            yield OrderLine(_sku(line), quantity, _unit_price(line, quantity, currency))


def _sku(line: Fields) -> str:
    """What is to be sent. A product without a SKU is named by its variation, or by itself."""
    if sku := line.maybe_text("sku"):
        return sku
    if variation := (line.count("variation_id") if line.has("variation_id") else 0):
        return f"variant:{variation}"
    return f"product:{line.count('product_id')}"


def _unit_price(line: Fields, quantity: int, currency: str) -> Money:
    """The line's subtotal, which is before discounts, shared among its pieces: to the nearest minor unit."""
    text = line.text("subtotal")
    try:
        each = Decimal(text).scaleb(DIGITS[currency]) / quantity
        return Money(int(each.to_integral_value(ROUND_HALF_EVEN)), currency)
    except (ArithmeticError, ValueError):
        raise line.wrong("subtotal", "an amount in decimal digits, not negative") from None


def _address(fields: Fields | None) -> PostalAddress | None:
    """Where it goes; None where nothing is sent: the shop then has an address of empty texts."""
    if fields is None or not (fields.maybe_text("address_1") or fields.maybe_text("city")):
        return None
    street = ", ".join(part for part in (fields.maybe_text("address_1"), fields.maybe_text("address_2")) if part)
    return PostalAddress(
        name=" ".join(part for part in (fields.maybe_text("first_name"), fields.maybe_text("last_name")) if part),
        street=street,
        city=fields.maybe_text("city"),
        postal_code=fields.maybe_text("postcode"),
        region=fields.maybe_text("state"),
        country=fields.maybe_text("country"),
    )


def _time(fields: Fields, name: str) -> datetime:
    """A moment in UTC, written without its offset."""
    text = fields.text(name)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise fields.wrong(name, "a time") from None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
