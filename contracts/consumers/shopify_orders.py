"""The order flow's expectations of Shopify's webhooks of orders: each state that it tells apart, with what it reads.

After a change here, `python -m tidegate.contracts.consumers.shopify_orders` writes the file anew.
"""

from pathlib import Path
from typing import Any, Final

from pact import Pact, match

from tidegate.contracts.expectation import make_pact, write
from tidegate.contracts.message_expectation import MessageExpectation, requested

CONSUMER: Final = "orders"
PROVIDER: Final = "shopify"
PACTS: Final = Path(__file__).parent.parent / "pacts"

ORDERS: Final = "/admin/api/2026-07/orders.json"
KEY: Final = {"X-Shopify-Access-Token": "app"}
MOMENT: Final = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)"
LINE: Final = {"sku": "MUG", "quantity": 2, "price": "9.00"}
ADDRESS: Final = {
    "name": "A", "address1": "Harbour 1", "address2": "Door 2", "city": "Husum", "zip": "25813", "province_code": "SH",
    "country_code": "DE",
}  # fmt: skip


def _made(**changes: Any) -> dict[str, Any]:
    """What the shop is asked to make."""
    order = {
        "currency": "EUR", "financial_status": "paid", "total_price": "18.00", "line_items": [LINE],
        "shipping_address": ADDRESS, **changes,
    }  # fmt: skip
    return {"order": order}


def _order(**changes: Any) -> dict[str, Any]:
    """What its webhook has."""
    moment = match.regex("2026-01-01T00:00:00Z", regex=MOMENT)
    return {
        "id": match.int(820982911946154508),
        "name": match.str("#1001"),
        "created_at": moment,
        "updated_at": moment,
        "currency": "EUR",
        "financial_status": "paid",
        "total_price": "18.00",
        "line_items": [LINE],
        "shipping_address": ADDRESS,
        **changes,
    }


def _told(name: str, made: dict[str, Any], content: dict[str, Any]) -> MessageExpectation:
    return MessageExpectation(name, content, (requested("POST", ORDERS, json=made, headers=KEY),))


_EDITED: Final = {"sku": None, "variant_id": 49148385, "quantity": 3, "current_quantity": 1, "price": "9.00"}

EXPECTATIONS: Final = (
    _told("an order is placed and paid", _made(), _order()),
    _told("an order is not paid yet", _made(financial_status="pending"), _order(financial_status="pending")),
    _told(
        "an order is cancelled",
        _made(cancelled_at="2026-01-02T00:00:00Z"),
        _order(cancelled_at=match.regex("2026-01-02T00:00:00Z", regex=MOMENT)),
    ),
    _told(
        "an order has lines without a SKU, of which a part was taken away",
        _made(line_items=[_EDITED]),
        _order(line_items=[{name: value for name, value in _EDITED.items() if name not in ("sku", "quantity")}]),
    ),
)


def pact() -> Pact:
    """All of them, as one pact."""
    return make_pact(CONSUMER, PROVIDER, EXPECTATIONS)


if __name__ == "__main__":
    print(write(pact(), PACTS))
