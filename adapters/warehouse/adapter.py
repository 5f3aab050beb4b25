"""The Warehouse port over the warehouse of adapters/warehouse, in plain HTTP to Tidegate.

An order is put whole under its own id, so putting it again does no harm; a newer revision than ours is told as
Outdated. The vendor file defers every write: Tidegate's outbox keeps an order's revisions in order, and tries again.
"""

from collections.abc import Mapping
from typing import Final

from tidegate.adapters.deferred_write import answer_to, deferred_of
from tidegate.adapters.fields import FieldError, parse
from tidegate.adapters.gateway import Gateway, GatewayResponse, segment
from tidegate.adapters.ports.deferred import Deferred
from tidegate.adapters.ports.failures import (
    Misconfigured,
    NotFound,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    Unavailable,
    Undelivered,
    VendorContractBroken,
    VendorFailure,
)
from tidegate.adapters.ports.money import Money
from tidegate.adapters.ports.orders import (
    Fulfilment,
    FulfilmentState,
    Order,
    OrderLine,
    Outdated,
    PaymentState,
)

ORDERS: Final = "/v1/orders"
OUTDATED: Final = "outdated_revision"

STATES: Final[Mapping[str, FulfilmentState]] = {
    "waiting": FulfilmentState.WAITING,
    "picking": FulfilmentState.PICKING,
    "shipped": FulfilmentState.SHIPPED,
    "cancelled": FulfilmentState.CANCELLED,
}


class HttpWarehouse:
    """The warehouse. See tidegate.adapters.ports.orders.Warehouse."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    async def fulfil(self, order: Order, *, key: str, trace: str = "") -> Fulfilment | Deferred:
        """See Warehouse.fulfil."""
        answer = await self._gateway.put_json(_path(order.id), _document(order), key=key, trace=trace)
        return deferred_of(answer) or _ended(answer)

    async def fulfilment_of(self, deferred: Deferred) -> Fulfilment | Deferred:
        """See Warehouse.fulfilment_of."""
        answer = await answer_to(self._gateway, deferred)
        return answer if isinstance(answer, Deferred) else _ended(answer)

    async def find(self, order_id: str) -> Fulfilment:
        """See Warehouse.find."""
        return _read(await self._gateway.get(_path(order_id)))


def _path(order_id: str) -> str:
    return f"{ORDERS}/{segment(order_id, field='order_id')}"


def _document(order: Order) -> dict[str, object]:
    """The warehouse's form of an order. One of which nothing is left is a cancelled one."""
    to = order.ship_to
    return {
        "revision": order.revision,
        "reference": order.number,
        "placed_at": order.placed_at.isoformat(),
        "cancelled": order.is_cancelled or not order.lines,
        "paid": order.payment is PaymentState.PAID,
        "total": _money(order.total),
        "lines": [_line(line) for line in order.lines],
        "ship_to": None
        if to is None
        else {
            "name": to.name,
            "street": to.street,
            "city": to.city,
            "postal_code": to.postal_code,
            "region": to.region,
            "country": to.country,
        },
    }


def _line(line: OrderLine) -> dict[str, object]:
    return {"sku": line.sku, "quantity": line.quantity, "unit_price": _money(line.unit_price)}


def _money(money: Money) -> dict[str, object]:
    return {"minor": money.minor, "currency": money.currency}


def _ended(answer: GatewayResponse) -> Fulfilment:
    """What the warehouse answered to an order. A refusal of one that was accepted before is a dead letter."""
    if answer.replayed and answer.status >= 400:
        raise Undelivered(f"The warehouse answered {answer.status}", call_id=answer.call_id)
    return _read(answer)


def _read(answer: GatewayResponse) -> Fulfilment:
    if not 200 <= answer.status < 300:
        raise _failure_of(answer)
    try:
        fields = parse(answer.body)
        state = fields.text("state")
        known = STATES.get(state, FulfilmentState.UNKNOWN)
        return Fulfilment(fields.text("order_number"), known, state, fields.count("revision"))
    except FieldError as error:
        raise VendorContractBroken(
            error.pointer, error.expected, found=error.found, applied=not answer.reads, call_id=answer.call_id
        ) from None


def _failure_of(answer: GatewayResponse) -> VendorFailure:
    """The failure that an answer without success amounts to."""
    status, call_id = answer.status, answer.call_id
    code, text, field = _words(answer)
    if status >= 500:
        if answer.reads:
            return Unavailable(text, retry_after_s=answer.retry_after_s, call_id=call_id)
        return OutcomeUnknown(text, call_id=call_id)
    if status == 429:
        return RateLimited(text, retry_after_s=answer.retry_after_s, call_id=call_id)
    if status in (401, 403):
        return Misconfigured(text, call_id=call_id)
    if status == 404:
        return NotFound(text, call_id=call_id)
    if status == 409 and code == OUTDATED:
        return Outdated(text, call_id=call_id)
    if status >= 400:
        return Rejected(text, field=field, code=code, call_id=call_id)
    return VendorContractBroken("", "a status of 2xx, 4xx or 5xx", found=f"status {status}", call_id=call_id)


def _words(answer: GatewayResponse) -> tuple[str, str, str]:
    """Code, message and field of an error; a sentence of our own where it has none that can be read."""
    text = f"The warehouse answered {answer.status}"
    try:
        error = parse(answer.body)
        return error.maybe_text("code"), error.maybe_text("message") or text, error.maybe_text("field")
    except FieldError:
        return "", text, ""
