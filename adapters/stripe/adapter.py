"""The Payments port over Stripe's payment intents and refunds, in plain HTTP to Tidegate.

Facts: Stripe's API reference (payment_intents, refunds, errors) and its page on currencies. What it sends and reads is
written down as a contract in contracts/pacts. The order id travels as `metadata[order_id]`.
"""

from collections.abc import Mapping
from typing import Final

from tidegate.adapters.deferred_write import answer_to, deferred_of
from tidegate.adapters.fields import FieldError, Fields, parse
from tidegate.adapters.gateway import Gateway, GatewayResponse, segment
from tidegate.adapters.ports.deferred import Deferred
from tidegate.adapters.ports.failures import Rejected, VendorContractBroken
from tidegate.adapters.ports.money import Money
from tidegate.adapters.ports.payments import Payment, PaymentPage, PaymentStatus, Refund, RefundStatus
from tidegate.adapters.stripe.error_mapping import failure_of

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

_TENFOLD: Final[Mapping[str, tuple[int, int]]] = {"ISK": (100, 1), "UGX": (100, 1), "MGA": (1, 100)}
"""Currencies whose unit at the vendor is not ISO 4217's: its amount is ours × first ÷ second. It counts krónur and
Ugandan shillings in hundredths, for reasons of its past, and ariary in whole ones (its page on currencies, "special
cases")."""


class StripePayments:
    """Payments at Stripe. See tidegate.adapters.ports.payments.Payments."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    async def pay(
        self, reference: str, money: Money, method: str, *, key: str, hold: bool = False
    ) -> Payment | Deferred:
        """See Payments.pay."""
        form = _intent(reference, money, hold=hold)
        return await self._write(INTENTS, {**form, "payment_method": _method(method), "confirm": "true"}, key)

    async def prepare(self, reference: str, money: Money, *, key: str, hold: bool = False) -> Payment | Deferred:
        """See Payments.prepare."""
        return await self._write(INTENTS, _intent(reference, money, hold=hold), key)

    async def confirm(self, payment_id: str, method: str, *, key: str) -> Payment | Deferred:
        """See Payments.confirm."""
        return await self._write(f"{_path(payment_id)}/confirm", {"payment_method": _method(method)}, key)

    async def capture(self, payment_id: str, money: Money | None = None, *, key: str) -> Payment | Deferred:
        """See Payments.capture."""
        form = {} if money is None else {"amount_to_capture": str(_units(money))}
        return await self._write(f"{_path(payment_id)}/capture", form, key)

    async def cancel(self, payment_id: str, *, key: str) -> Payment | Deferred:
        """See Payments.cancel."""
        return await self._write(f"{_path(payment_id)}/cancel", {}, key)

    async def refund(self, payment_id: str, money: Money | None = None, *, key: str) -> Refund | Deferred:
        """See Payments.refund."""
        segment(payment_id, field="payment_id")
        form = {"payment_intent": payment_id}
        if money is not None:
            form["amount"] = str(_units(money))
        answer = await self._gateway.post_form(REFUNDS, form, key=key)
        return deferred_of(answer) or _read_refund(answer)

    async def payment_of(self, deferred: Deferred) -> Payment | Deferred:
        """See Payments.payment_of."""
        answer = await answer_to(self._gateway, deferred)
        return answer if isinstance(answer, Deferred) else _read_payment(answer)

    async def refund_of(self, deferred: Deferred) -> Refund | Deferred:
        """See Payments.refund_of."""
        answer = await answer_to(self._gateway, deferred)
        return answer if isinstance(answer, Deferred) else _read_refund(answer)

    async def find(self, payment_id: str) -> Payment:
        """See Payments.find."""
        return _read_payment(await self._gateway.get(_path(payment_id)))

    async def page(self, *, after: str | None = None, size: int = 50) -> PaymentPage:
        """See Payments.page."""
        if not 1 <= size <= PAGE_MAX:
            raise Rejected(f"a page holds 1 to {PAGE_MAX} payments", field="size")
        query = {"limit": str(size)}
        if after is not None:
            segment(after, field="after")
            query["starting_after"] = after
        answer = await self._gateway.get(INTENTS, query)
        try:
            return _page(_object(answer))
        except FieldError as error:
            raise _broken(answer, error) from None

    async def _write(self, path: str, form: Mapping[str, str], key: str) -> Payment | Deferred:
        answer = await self._gateway.post_form(path, form, key=key)
        return deferred_of(answer) or _read_payment(answer)


def _path(payment_id: str) -> str:
    return f"{INTENTS}/{segment(payment_id, field='payment_id')}"


def _intent(reference: str, money: Money, *, hold: bool) -> dict[str, str]:
    if not 0 < len(reference) <= REFERENCE_CHARS_MAX or not reference.isprintable():
        raise Rejected(f"a reference has 1 to {REFERENCE_CHARS_MAX} printable characters", field="reference")
    form = {
        "amount": str(_units(money)),
        "currency": money.currency.lower(),
        "metadata[order_id]": reference,
        "payment_method_types[]": "card",
    }
    return {**form, "capture_method": "manual"} if hold else form


def _method(method: str) -> str:
    if not method or not method.isascii() or not method.isprintable():
        raise Rejected("a payment method is an id of printable ASCII characters", field="method")
    return method


def _units(money: Money) -> int:
    """The vendor's number for an amount."""
    if money.minor == 0:
        raise Rejected("the amount must be more than zero", field="money")
    times, by = _TENFOLD.get(money.currency, (1, 1))
    amount, left = divmod(money.minor * times, by)
    if left:
        raise Rejected(f"the vendor takes no fractions of {money.currency}", field="money")
    return amount


def _money(fields: Fields, name: str) -> Money:
    """The amount in a field, in the currency of the object around it."""
    currency = fields.text("currency").upper()
    times, by = _TENFOLD.get(currency, (1, 1))
    minor, left = divmod(fields.count(name) * by, times)
    if left:
        raise fields.wrong(name, f"an amount of {currency} without fractions")
    try:
        return Money(minor, currency)
    except ValueError:
        raise fields.wrong("currency", "a currency of ISO 4217") from None


def _object(answer: GatewayResponse) -> Fields:
    """The object that was asked for. Raises the failure that the answer amounts to, or FieldError."""
    if not 200 <= answer.status < 300:
        raise failure_of(answer)
    return parse(answer.body)


def _read_payment(answer: GatewayResponse) -> Payment:
    try:
        return _payment(_object(answer))
    except FieldError as error:
        raise _broken(answer, error) from None


def _read_refund(answer: GatewayResponse) -> Refund:
    try:
        return _refund(_object(answer))
    except FieldError as error:
        raise _broken(answer, error) from None


def _broken(answer: GatewayResponse, error: FieldError) -> VendorContractBroken:
    return VendorContractBroken(
        error.pointer, error.expected, found=error.found, applied=not answer.reads, call_id=answer.call_id
    )


def _payment(fields: Fields) -> Payment:
    status, declined = fields.text("status"), fields.maybe_child("last_payment_error")
    metadata = fields.maybe_child("metadata")
    return Payment(
        id=fields.text("id"),
        status=STATUSES.get(status, PaymentStatus.UNRECOGNISED),
        vendor_status=status,
        amount=_money(fields, "amount"),
        received=_money(fields, "amount_received"),
        reference=metadata.maybe_text("order_id") if metadata is not None else "",
        decline=(declined.maybe_text("decline_code") or declined.maybe_text("code")) if declined is not None else "",
    )


def _refund(fields: Fields) -> Refund:
    status = fields.text("status")
    return Refund(
        id=fields.text("id"),
        status=REFUND_STATUSES.get(status, RefundStatus.UNRECOGNISED),
        vendor_status=status,
        amount=_money(fields, "amount"),
        payment_id=fields.text("payment_intent"),
        failure=fields.maybe_text("failure_reason"),
    )


def _page(fields: Fields) -> PaymentPage:
    payments, more = tuple(_payment(entry) for entry in fields.children("data")), fields.flag("has_more")
    if more and not payments:
        raise fields.wrong("data", "a payment at least, as there are more")
    return PaymentPage(payments, payments[-1].id if more else None)
