"""The Payments port over Stripe's payment intents and refunds, in plain HTTP to Tidegate.

Facts: Stripe's API reference (payment_intents, refunds, errors) and its page on currencies. What it sends and reads is
written down as a contract in contracts/pacts. The order id travels as `metadata[order_id]`.
"""

from collections.abc import Callable, Mapping
from typing import Final, TypeVar

from tidegate.adapters.deferred_write import answer_to, deferred_of
from tidegate.adapters.fields import FieldError, Fields, parse
from tidegate.adapters.gateway import Gateway, GatewayResponse, segment
from tidegate.adapters.ports.deferred import Deferred
from tidegate.adapters.ports.failures import Rejected
from tidegate.adapters.ports.identifiers import own_id, qualified
from tidegate.adapters.ports.money import Money
from tidegate.adapters.ports.payments import (
    Payment,
    PaymentEvent,
    PaymentEventUnreadable,
    PaymentPage,
    PaymentStatus,
    Refund,
    RefundStatus,
)
from tidegate.adapters.stripe import events
from tidegate.adapters.stripe.amounts import AMOUNTS
from tidegate.adapters.stripe.error_mapping import NAME, failure_of
from tidegate.adapters.vendor_answer import read_answer

T = TypeVar("T")

INTENTS: Final = "/v1/payment_intents"
REFUNDS: Final = "/v1/refunds"
PAGE_MAX: Final = 100
REFERENCE_CHARS_MAX: Final = 500
"""The vendor's limit for a metadata value."""

STATUSES: Final[Mapping[str, PaymentStatus]] = {
    "requires_payment_method": PaymentStatus.NEEDS_METHOD,
    "requires_confirmation": PaymentStatus.NEEDS_CONFIRMATION,
    "requires_action": PaymentStatus.NEEDS_ACTION,
    "processing": PaymentStatus.PROCESSING,
    "requires_capture": PaymentStatus.AUTHORISED,
    "succeeded": PaymentStatus.PAID,
    "canceled": PaymentStatus.CANCELLED,
}
REFUND_STATUSES: Final[Mapping[str, RefundStatus]] = {
    "pending": RefundStatus.PENDING,
    "requires_action": RefundStatus.NEEDS_ACTION,
    "succeeded": RefundStatus.DONE,
    "failed": RefundStatus.FAILED,
    "canceled": RefundStatus.CANCELLED,
}


class StripePayments:
    """Payments at Stripe. See tidegate.adapters.ports.payments.Payments.

    `name` is the vendor's name in the ids that it gives. `prepare` and `confirm` are beyond the port.
    """

    def __init__(self, gateway: Gateway, *, name: str = NAME) -> None:
        self._gateway = gateway
        self._name = name

    async def authorise(self, reference: str, money: Money, method: str, *, key: str) -> Payment | Deferred:
        """See Payments.authorise."""
        form = {**_intent(reference, money), "capture_method": "manual"}
        return await self._write(INTENTS, {**form, "payment_method": _method(method), "confirm": "true"}, key)

    async def pay(self, reference: str, money: Money, method: str, *, key: str) -> Payment | Deferred:
        """See Payments.pay."""
        form = _intent(reference, money)
        return await self._write(INTENTS, {**form, "payment_method": _method(method), "confirm": "true"}, key)

    async def prepare(self, reference: str, money: Money, *, key: str, hold: bool = False) -> Payment | Deferred:
        """Make a payment that waits for `confirm`. With `hold` its money will wait for `capture` then."""
        form = _intent(reference, money)
        return await self._write(INTENTS, {**form, "capture_method": "manual"} if hold else form, key)

    async def confirm(self, payment_id: str, method: str, *, key: str) -> Payment | Deferred:
        """Pay a prepared payment."""
        return await self._write(f"{self._path(payment_id)}/confirm", {"payment_method": _method(method)}, key)

    async def capture(self, payment_id: str, money: Money | None = None, *, key: str) -> Payment | Deferred:
        """See Payments.capture."""
        form = {} if money is None else {"amount_to_capture": str(AMOUNTS.count_of(money))}
        return await self._write(f"{self._path(payment_id)}/capture", form, key)

    async def cancel(self, payment_id: str, *, key: str) -> Payment | Deferred:
        """See Payments.cancel."""
        return await self._write(f"{self._path(payment_id)}/cancel", {}, key)

    async def refund(self, payment_id: str, money: Money | None = None, *, key: str) -> Refund | Deferred:
        """See Payments.refund."""
        form = {"payment_intent": self._own(payment_id, "payment_id")}
        if money is not None:
            form["amount"] = str(AMOUNTS.count_of(money))
        answer = await self._gateway.post_form(REFUNDS, form, key=key)
        return deferred_of(answer) or self._read(answer, self._refund)

    async def payment_of(self, deferred: Deferred) -> Payment | Deferred:
        """See Payments.payment_of."""
        answer = await answer_to(self._gateway, deferred)
        return answer if isinstance(answer, Deferred) else self._read(answer, self._payment)

    async def refund_of(self, deferred: Deferred) -> Refund | Deferred:
        """See Payments.refund_of."""
        answer = await answer_to(self._gateway, deferred)
        return answer if isinstance(answer, Deferred) else self._read(answer, self._refund)

    async def find(self, payment_id: str) -> Payment:
        """See Payments.find."""
        return self._read(await self._gateway.get(self._path(payment_id)), self._payment)

    async def page(self, *, after: str | None = None, size: int = 50) -> PaymentPage:
        """See Payments.page."""
        if not 1 <= size <= PAGE_MAX:
            raise Rejected(f"a page holds 1 to {PAGE_MAX} payments", field="size")
        query = {"limit": str(size)}
        if after is not None:
            query["starting_after"] = self._own(after, "after")
        return self._read(await self._gateway.get(INTENTS, query), self._page)

    async def learn(self, body: bytes) -> tuple[PaymentEvent, ...]:
        """See Payments.learn. The vendor can be asked at any time, so nothing is written down."""
        try:
            return (events.read(parse(body), self._name),)
        except FieldError as error:
            raise PaymentEventUnreadable(error.pointer, error.expected, error.found) from None

    async def _write(self, path: str, form: Mapping[str, str], key: str) -> Payment | Deferred:
        answer = await self._gateway.post_form(path, form, key=key)
        return deferred_of(answer) or self._read(answer, self._payment)

    def _read(self, answer: GatewayResponse, build: Callable[[Fields], T]) -> T:
        return read_answer(answer, lambda refusal: failure_of(refusal, self._name), build)

    def _own(self, identifier: str, field: str) -> str:
        own = own_id(identifier, self._name, field=field)
        segment(own, field=field)
        return own

    def _path(self, payment_id: str) -> str:
        return f"{INTENTS}/{segment(self._own(payment_id, 'payment_id'), field='payment_id')}"

    # --- what it answers -------------------------------------------------------------------------------------------

    def _payment(self, fields: Fields) -> Payment:
        status, declined = fields.text("status"), fields.maybe_child("last_payment_error")
        metadata = fields.maybe_child("metadata")
        return Payment(
            id=qualified(self._name, fields.text("id")),
            status=STATUSES.get(status, PaymentStatus.UNKNOWN),
            vendor_status=status,
            amount=AMOUNTS.money_in(fields, "amount"),
            received=AMOUNTS.money_in(fields, "amount_received"),
            reference=metadata.maybe_text("order_id") if metadata is not None else "",
            decline=(declined.maybe_text("decline_code") or declined.maybe_text("code")) if declined else "",
        )

    def _refund(self, fields: Fields) -> Refund:
        status = fields.text("status")
        return Refund(
            id=qualified(self._name, fields.text("id")),
            status=REFUND_STATUSES.get(status, RefundStatus.UNKNOWN),
            vendor_status=status,
            amount=AMOUNTS.money_in(fields, "amount"),
            payment_id=qualified(self._name, fields.text("payment_intent")),
            failure=fields.maybe_text("failure_reason"),
        )

    def _page(self, fields: Fields) -> PaymentPage:
        payments, more = tuple(self._payment(entry) for entry in fields.children("data")), fields.flag("has_more")
        if more and not payments:
            raise fields.wrong("data", "a payment at least, as there are more")
        return PaymentPage(payments, payments[-1].id if more else None)


def _intent(reference: str, money: Money) -> dict[str, str]:
    if not 0 < len(reference) <= REFERENCE_CHARS_MAX or not reference.isprintable():
        raise Rejected(f"a reference has 1 to {REFERENCE_CHARS_MAX} printable characters", field="reference")
    return {
        "amount": str(AMOUNTS.count_of(money)),
        "currency": money.currency.lower(),
        "metadata[order_id]": reference,
        "payment_method_types[]": "card",
    }


def _method(method: str) -> str:
    if not method or not method.isascii() or not method.isprintable():
        raise Rejected("a payment method is an id of printable ASCII characters", field="method")
    return method
