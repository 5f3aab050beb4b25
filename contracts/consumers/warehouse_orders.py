"""The orders adapter's expectations of the warehouse: each request that it makes, each answer that it tells apart.

A body holds the fields that the adapter reads and no other. After a change here,
`python -m tidegate.contracts.consumers.warehouse_orders` writes the file anew.
"""

from pathlib import Path
from typing import Any, Final

from pact import Pact, match

from tidegate.contracts.expectation import Expectation, ProviderState, make_pact, write

CONSUMER: Final = "orders"
PROVIDER: Final = "warehouse"
PACTS: Final = Path(__file__).parent.parent / "pacts"

PATH: Final = "/v1/orders/order-1"
REVISION: Final = 1_767_225_600_000
SHIP_TO: Final = {
    "name": "A", "street": "Harbour 1", "city": "Husum", "postal_code": "25813", "region": "", "country": "DE"
}  # fmt: skip
ORDER: Final[dict[str, Any]] = {
    "revision": REVISION,
    "reference": "#1001",
    "placed_at": "2026-01-01T00:00:00+00:00",
    "cancelled": False,
    "paid": True,
    "total": {"minor": 900, "currency": "EUR"},
    "lines": [{"sku": "MUG", "quantity": 1, "unit_price": {"minor": 900, "currency": "EUR"}}],
    "ship_to": SHIP_TO,
}
"""What `tests/contracts/consumers/test_warehouse_orders.py` has the adapter send."""


def _exists(revision: int) -> ProviderState:
    known = {"order_number": "order-1", "state": "waiting", "placed_at": "2026-01-01T00:00:00Z", "lines": []}
    return ProviderState("an order exists", {**known, "revision": revision})


def _taken(revision: int) -> dict[str, Any]:
    return {"order_number": "order-1", "state": "waiting", "revision": revision}


def _error(code: Any, **fields: Any) -> dict[str, Any]:
    return {"code": code, "message": match.str("What is wrong."), **fields}


def _refused(code: str) -> dict[str, Any]:
    """A refusal whose status says it all: its code must be a text, whichever."""
    return _error(match.str(code))


def _put(name: str, status: int, body: Any, *states: ProviderState, **changes: Any) -> Expectation:
    return Expectation(name, "PutOrder", "PUT", PATH, status, body, states, json={**ORDER, **changes})


def _find(name: str, status: int, body: Any, *states: ProviderState) -> Expectation:
    return Expectation(name, "GetOrder", "GET", PATH, status, body, states)


EXPECTATIONS: Final = (
    _put("an order is handed over", 200, _taken(REVISION), ProviderState("nothing exists")),
    _put("an order is handed over again", 200, _taken(REVISION), _exists(REVISION)),
    _put("an order is handed over after a newer revision", 409, _error("outdated_revision"), _exists(REVISION + 1)),
    _put(
        "an order that goes nowhere is refused",
        400,
        _error("invalid_order", field=match.str("ship_to")),
        ship_to={**SHIP_TO, "country": ""},
    ),
    _find("an order is looked up", 200, _taken(REVISION), _exists(REVISION)),
    _find("an unknown order is looked up", 404, _refused("not_found"), ProviderState("nothing exists")),
    _find(
        "the warehouse refuses for the rate",
        429,
        _refused("too_many_requests"),
        ProviderState("the rate limit is used up"),
    ),
    _find("the warehouse fails", 500, _refused("internal"), ProviderState("the vendor fails")),
)


def pact() -> Pact:
    """All of them, as one pact."""
    return make_pact(CONSUMER, PROVIDER, EXPECTATIONS)


if __name__ == "__main__":
    print(write(pact(), PACTS))
