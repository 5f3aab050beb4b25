"""The order flow's expectations of WooCommerce's webhooks of orders: each state that it tells apart.

A body holds the fields that the adapter reads and no other. After a change here,
`python -m tidegate.contracts.consumers.woocommerce_orders` writes the file anew.
"""

from pathlib import Path
from typing import Any, Final

from pact import Pact, match

from tidegate.contracts.expectation import make_pact, write
from tidegate.contracts.message_expectation import MessageExpectation, requested

CONSUMER: Final = "orders"
PROVIDER: Final = "woocommerce"
PACTS: Final = Path(__file__).parent.parent / "pacts"

ORDERS: Final = "/orders"
KEY: Final = {"Authorization": "Basic YXBwOmFwcA=="}
MOMENT: Final = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ?"
LINE: Final = {"sku": "MUG", "quantity": 2, "subtotal": "18.00"}
WHOLE: Final = {"id": 1, "name": "Mug", "product_id": 7, "variation_id": 0, "total": "18.00"}
"""What a line must have besides, and nobody reads."""
ADDRESS: Final = {
    "first_name": "Ada", "last_name": "L", "address_1": "Harbour 1", "address_2": "Door 2", "city": "Husum",
    "postcode": "25813", "state": "SH", "country": "DE",
}  # fmt: skip


def _made(**changes: Any) -> dict[str, Any]:
    """What the shop is asked to make."""
    known = {"currency": "EUR", "status": "processing", "total": "18.00"}
    lines = [{**WHOLE, **line} for line in changes.pop("line_items", [LINE])]
    return {**known, "line_items": lines, "shipping": ADDRESS, **changes}


def _order(**changes: Any) -> dict[str, Any]:
    """What its webhook has."""
    moment = match.regex("2026-01-01T00:00:00", regex=MOMENT)
    return {
        **_made(),
        "line_items": [LINE],
        "id": match.int(727),
        "number": match.str("727"),
        "date_created_gmt": moment,
        "date_modified_gmt": moment,
        **changes,
    }


def _told(name: str, **changes: Any) -> MessageExpectation:
    return MessageExpectation(name, _order(**changes), (requested("POST", ORDERS, json=_made(**changes), headers=KEY),))


EXPECTATIONS: Final = (
    _told("an order is placed and paid"),
    _told("an order is not paid yet", status="pending"),
    _told("an order is cancelled", status="cancelled"),
    _told(
        "an order has a variation without a SKU",
        line_items=[{"sku": "", "variation_id": 9, "quantity": 2, "subtotal": "18.00"}],
    ),
    _told(
        "an order has a product without a SKU",
        line_items=[{"sku": "", "variation_id": 0, "product_id": 7, "quantity": 2, "subtotal": "18.00"}],
    ),
)


def pact() -> Pact:
    """All of them, as one pact."""
    return make_pact(CONSUMER, PROVIDER, EXPECTATIONS)


if __name__ == "__main__":
    print(write(pact(), PACTS))
