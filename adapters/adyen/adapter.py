"""The Payments port over Adyen's Checkout, in plain HTTP to Tidegate.

Facts: docs.adyen.com/api-explorer/Checkout/71, its pages on capture, cancel and refund, and on result codes. A capture,
a cancel and a refund are taken at once and done later, which a webhook tells. No operation looks a payment up, so what
is known of each stands in the app's own book.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Final

from tidegate.adapters.adyen import events
from tidegate.adapters.adyen.amounts import amount_in, document_of
from tidegate.adapters.adyen.error_mapping import failure_of
from tidegate.adapters.deferred_write import answer_to, deferred_of
from tidegate.adapters.fields import FieldError, Fields, parse
from tidegate.adapters.gateway import Gateway, GatewayResponse, checked_key, segment
from tidegate.adapters.ports.deferred import Deferred
from tidegate.adapters.ports.failures import Conflict, NotFound, Rejected
from tidegate.adapters.ports.identifiers import own_id, qualified
from tidegate.adapters.ports.money import Money
from tidegate.adapters.ports.payment_book import PaymentBook
from tidegate.adapters.ports.payments import (
    Declined,
    Payment,
    PaymentEvent,
    PaymentEventUnreadable,
    PaymentPage,
    PaymentStatus,
    Refund,
    RefundStatus,
)
from tidegate.adapters.vendor_answer import read_answer

NAME: Final = "adyen"
KEY_HEADER: Final = "X-API-Key"
"""Where the vendor's key stands: the gateway wants the app's token there."""
PAYMENTS: Final = "/payments"
PAGE_MAX: Final = 100
WRITES_MAX: Final = 10
"""So often the book is tried where somebody else writes the same payment."""
REFERENCE_CHARS_MAX: Final = 80
"""The vendor's limit for a merchant reference."""
KEY_CHARS_MAX: Final = 64
"""The vendor's limit for an idempotency key."""

RESULTS: Final[Mapping[str, PaymentStatus]] = {
    "Authorised": PaymentStatus.AUTHORISED,
    "Received": PaymentStatus.PROCESSING,
    "Pending": PaymentStatus.PROCESSING,
    "PresentToShopper": PaymentStatus.NEEDS_ACTION,
    "RedirectShopper": PaymentStatus.NEEDS_ACTION,
    "IdentifyShopper": PaymentStatus.NEEDS_ACTION,
    "ChallengeShopper": PaymentStatus.NEEDS_ACTION,
    "Cancelled": PaymentStatus.CANCELLED,
    "Refused": PaymentStatus.NEEDS_METHOD,
    "Error": PaymentStatus.NEEDS_METHOD,
}
_REFUSED: Final = frozenset(("Refused", "Error"))
_HELD: Final = frozenset((PaymentStatus.AUTHORISED, PaymentStatus.PROCESSING, PaymentStatus.PAID))
"""PAID among them: a capture that is repeated under its key gets its first answer."""
_TAKEN: Final = frozenset((PaymentStatus.PAID,))
_FURTHER: Final = frozenset((PaymentStatus.PAID, PaymentStatus.CANCELLED))
"""Nothing that a request is answered goes back behind these."""


class AdyenPayments:
    """Payments at Adyen. See tidegate.adapters.ports.payments.Payments.

    `merchant_account` is the account that is paid to; to `return_url` the payer comes back from where an action led.
    `name` is the vendor's name in the ids that it gives.
    """

    def __init__(
        self, gateway: Gateway, book: PaymentBook, *, merchant_account: str, return_url: str, name: str = NAME
    ) -> None:
        self._gateway = gateway
        self._book = book
        self._account = merchant_account
        self._return_url = return_url
        self._name = name

    async def authorise(self, reference: str, money: Money, method: str, *, key: str) -> Payment | Deferred:
        """See Payments.authorise."""
        return await self._take(self._new(reference, money, method, {"additionalData": {"manualCapture": "true"}}), key)

    async def pay(self, reference: str, money: Money, method: str, *, key: str) -> Payment | Deferred:
        """See Payments.pay."""
        return await self._take(self._new(reference, money, method, {"captureDelayHours": 0}), key)

    async def capture(self, payment_id: str, money: Money | None = None, *, key: str) -> Payment | Deferred:
        """See Payments.capture. It is PROCESSING until the webhook CAPTURE says more."""
        payment = await self._known(payment_id)
        wanted = self._wanted(payment, money, payment.amount, _HELD)
        answer = await self._modify(payment_id, "captures", {"amount": document_of(wanted)}, key)
        return deferred_of(answer) or await self._asked(answer, payment_id)

    async def cancel(self, payment_id: str, *, key: str) -> Payment | Deferred:
        """See Payments.cancel. It is PROCESSING until the webhook CANCELLATION says more."""
        payment = await self._known(payment_id)
        if payment.status is PaymentStatus.PAID:
            raise Rejected("a payment that is paid is refunded, not cancelled", field="payment_id")
        answer = await self._modify(payment_id, "cancels", {}, key)
        return deferred_of(answer) or await self._asked(answer, payment_id)

    async def refund(self, payment_id: str, money: Money | None = None, *, key: str) -> Refund | Deferred:
        """See Payments.refund. It is PENDING until the webhook REFUND says more.

        Without `money` all that was received is asked for: what was given back before, the vendor counts.
        """
        payment = await self._known(payment_id)
        wanted = self._wanted(payment, money, payment.received, _TAKEN)
        answer = await self._modify(payment_id, "refunds", {"amount": document_of(wanted)}, key)
        return deferred_of(answer) or self._refund(answer)

    async def payment_of(self, deferred: Deferred) -> Payment | Deferred:
        """See Payments.payment_of."""
        answer = await answer_to(self._gateway, deferred)
        if isinstance(answer, Deferred):
            return answer
        original = read_answer(answer, failure_of, lambda fields: fields.maybe_text("paymentPspReference"))
        return await (self._asked(answer, qualified(self._name, original)) if original else self._taken(answer))

    async def refund_of(self, deferred: Deferred) -> Refund | Deferred:
        """See Payments.refund_of."""
        answer = await answer_to(self._gateway, deferred)
        return answer if isinstance(answer, Deferred) else self._refund(answer)

    async def find(self, payment_id: str) -> Payment:
        """See Payments.find. It is as the book has it."""
        return await self._known(payment_id)

    async def page(self, *, after: str | None = None, size: int = 50) -> PaymentPage:
        """See Payments.page. They are those of the book."""
        if not 1 <= size <= PAGE_MAX:
            raise Rejected(f"a page holds 1 to {PAGE_MAX} payments", field="size")
        if after is not None:
            own_id(after, self._name, field="after")
        return await self._book.page(after=after, size=size)

    async def learn(self, body: bytes) -> tuple[PaymentEvent, ...]:
        """See Payments.learn. What it says of a payment is written into the book."""
        try:
            happened = (*events.read(parse(body), self._name),)
        except FieldError as error:
            raise PaymentEventUnreadable(error.pointer, error.expected, error.found) from None
        for event in happened:
            if event.payment_id:
                await self._written(event.payment_id, partial(events.after, event))
        return happened

    # --- what is sent ----------------------------------------------------------------------------------------------

    def _new(self, reference: str, money: Money, method: str, capture: Mapping[str, object]) -> dict[str, object]:
        if not 0 < len(reference) <= REFERENCE_CHARS_MAX or not reference.isprintable():
            raise Rejected(f"a reference has 1 to {REFERENCE_CHARS_MAX} printable characters", field="reference")
        return {
            "merchantAccount": self._account,
            "reference": reference,
            "amount": document_of(money),
            "paymentMethod": _method(method),
            "returnUrl": self._return_url,
            **capture,
        }

    async def _take(self, document: Mapping[str, object], key: str) -> Payment | Deferred:
        answer = await self._gateway.post_json(PAYMENTS, document, key=_key(key))
        if deferred_of(answer) is None and "captureDelayHours" in document:
            return await self._taken(answer, PaymentStatus.PAID)
        return deferred_of(answer) or await self._taken(answer)

    async def _modify(self, payment_id: str, what: str, document: Mapping[str, object], key: str) -> GatewayResponse:
        own = segment(own_id(payment_id, self._name, field="payment_id"), field="payment_id")
        return await self._gateway.post_json(
            f"{PAYMENTS}/{own}/{what}", {"merchantAccount": self._account, **document}, key=_key(key)
        )

    @staticmethod
    def _wanted(payment: Payment, money: Money | None, whole: Money, allowed: frozenset[PaymentStatus]) -> Money:
        """The amount of a capture or a refund. Raises Rejected for what the vendor would refuse only by webhook."""
        if payment.status not in allowed:
            raise Rejected(f"the payment is {payment.status}", field="payment_id")
        wanted = whole if money is None else money
        if wanted.currency != whole.currency or wanted.minor > whole.minor:
            raise Rejected(f"the payment has {whole}", field="money")
        return wanted

    # --- what it answers -------------------------------------------------------------------------------------------

    async def _known(self, payment_id: str) -> Payment:
        segment(own_id(payment_id, self._name, field="payment_id"), field="payment_id")
        return await self._book.find(payment_id)

    async def _maybe_known(self, payment_id: str) -> Payment | None:
        try:
            return await self._book.find(payment_id)
        except NotFound:
            return None

    async def _taken(self, answer: GatewayResponse, paid: PaymentStatus = PaymentStatus.AUTHORISED) -> Payment:
        """A new payment. `paid` is what Authorised comes to."""
        payment = read_answer(answer, failure_of, lambda fields: self._payment(fields, paid))
        known = await self._written(
            payment.id, lambda known: known if known is not None and _is_further(known) else payment
        )
        if payment.vendor_status in _REFUSED:
            text = f"The payment was refused: {payment.decline}"
            raise Declined(text, code=payment.decline, payment_id=payment.id, call_id=answer.call_id)
        return known or payment

    def _payment(self, fields: Fields, paid: PaymentStatus) -> Payment:
        result = fields.text("resultCode")
        status, amount = RESULTS.get(result, PaymentStatus.UNKNOWN), amount_in(fields)
        if status is PaymentStatus.AUTHORISED:
            status = paid
        return Payment(
            id=qualified(self._name, fields.text("pspReference")),
            status=status,
            vendor_status=result,
            amount=amount,
            received=amount if status is PaymentStatus.PAID else Money(0, amount.currency),
            reference=fields.maybe_text("merchantReference"),
            decline=(fields.maybe_text("refusalReason") or "unnamed") if result in _REFUSED else "",
        )

    async def _asked(self, answer: GatewayResponse, payment_id: str) -> Payment:
        """The payment whose capture or cancel was asked for. Its event may have come first."""
        word = read_answer(answer, failure_of, lambda fields: fields.text("status"))

        def asked(known: Payment | None) -> Payment | None:
            if known is None or known.status in _FURTHER:
                return known
            return replace(known, status=PaymentStatus.PROCESSING, vendor_status=word)

        return await self._written(payment_id, asked) or await self._book.find(payment_id)

    async def _written(self, payment_id: str, change: Callable[[Payment | None], Payment | None]) -> Payment | None:
        """The payment after a change of what the book has of it. Another change at the same moment comes first.

        Raises Conflict where that happens again and again.
        """
        for _ in range(WRITES_MAX):
            known = await self._maybe_known(payment_id)
            after = change(known)
            if after is None or after == known or await self._book.replace(known, after):
                return after
        raise Conflict(f"the book's entry of {payment_id} changes all the time")

    def _refund(self, answer: GatewayResponse) -> Refund:
        def build(fields: Fields) -> Refund:
            word = fields.text("status")
            return Refund(
                id=qualified(self._name, fields.text("pspReference")),
                status=RefundStatus.PENDING if word == events.ASKED else RefundStatus.UNKNOWN,
                vendor_status=word,
                amount=amount_in(fields),
                payment_id=qualified(self._name, fields.text("paymentPspReference")),
                failure="",
            )

        return read_answer(answer, failure_of, build)


def _is_further(payment: Payment) -> bool:
    """True where the first answer to a payment would take it back."""
    return payment.status in _FURTHER or payment.vendor_status == events.ASKED


def _method(method: str) -> dict[str, object]:
    """The payment method as the vendor's form in the browser gave it: a JSON object, as a text."""
    try:
        document = json.loads(method)
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict) or not document.get("type"):
        raise Rejected("a payment method is the JSON object that the payment form gave", field="method")
    return document


def _key(key: str) -> str:
    """The app's key, or a digest of it where it is longer than the vendor's keys are."""
    return key if len(checked_key(key)) <= KEY_CHARS_MAX else hashlib.sha256(key.encode()).hexdigest()
