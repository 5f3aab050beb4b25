"""The payments adapter's expectations of Stripe's webhooks: each event that it tells apart, with what it reads.

After a change here, `python -m tidegate.contracts.consumers.messages.stripe_events` writes the file anew.
"""

from pathlib import Path
from typing import Any, Final

from pact import Pact, match

from tidegate.contracts.expectation import ProviderState, make_pact, write
from tidegate.contracts.message_expectation import MessageExpectation, requested

CONSUMER: Final = "payment-events"
PROVIDER: Final = "stripe"
PACTS: Final = Path(__file__).parents[2] / "pacts"

AMOUNT: Final = 1099
ORDER: Final = "order-1"
INTENTS: Final = "/v1/payment_intents"
AN_ID: Final = r"pi_[A-Za-z0-9_]+"
KEY: Final = {"Authorization": "Bearer app"}
_NEW: Final = {"amount": str(AMOUNT), "currency": "eur", "metadata[order_id]": ORDER, "payment_method_types[]": "card"}
_PAID: Final = {**_NEW, "payment_method": "pm_card_visa", "confirm": "true"}


def _asked(path: str, form: dict[str, str]) -> ProviderState:
    return requested("POST", path, form=form, headers=KEY)


def _exists(status: str, **fields: object) -> ProviderState:
    known = {"amount": AMOUNT, "currency": "eur", "status": status, "metadata": {"order_id": ORDER}}
    return ProviderState("a payment intent exists", {**known, **fields})


def _intent(kind: str, amount: str, **fields: Any) -> dict[str, Any]:
    """An event about a payment. The adapter reads another amount of each kind."""
    thing = {
        "id": match.regex("pi_1", regex=AN_ID),
        amount: AMOUNT,
        "currency": "eur",
        "metadata": {"order_id": ORDER},
        **fields,
    }
    return {"type": kind, "data": {"object": thing}}


def _told(name: str, kind: str, content: Any, *states: ProviderState) -> MessageExpectation:
    return MessageExpectation(name, content, states, {"/type": kind})


_REFUND: Final = {
    "id": match.regex("re_1", regex=r"re_[A-Za-z0-9_]+"),
    "status": "succeeded",
    "payment_intent": match.regex("pi_1", regex=AN_ID),
    "amount": AMOUNT,
    "currency": "eur",
}

EXPECTATIONS: Final = (
    _told(
        "a payment is paid",
        "payment_intent.succeeded",
        _intent("payment_intent.succeeded", "amount_received"),
        _asked(INTENTS, _PAID),
    ),
    _told(
        "the money of a payment is held",
        "payment_intent.amount_capturable_updated",
        _intent("payment_intent.amount_capturable_updated", "amount"),
        _asked(INTENTS, {**_PAID, "capture_method": "manual"}),
    ),
    _told(
        "a payment is cancelled",
        "payment_intent.canceled",
        _intent("payment_intent.canceled", "amount"),
        _exists("requires_payment_method"),
        _asked(f"{INTENTS}/{{id}}/cancel", {}),
    ),
    _told(
        "a payment has failed",
        "payment_intent.payment_failed",
        _intent("payment_intent.payment_failed", "amount", last_payment_error={"decline_code": "generic_decline"}),
        _asked(INTENTS, {**_PAID, "payment_method": "pm_card_visa_chargeDeclined"}),
    ),
    _told(
        "a refund is done",
        "refund.created",
        {"type": "refund.created", "data": {"object": _REFUND}},
        _exists("succeeded", amount_received=AMOUNT, latest_charge="ch_1"),
        _asked("/v1/refunds", {"payment_intent": "{id}"}),
    ),
)


def pact() -> Pact:
    """All of them, as one pact."""
    return make_pact(CONSUMER, PROVIDER, EXPECTATIONS)


if __name__ == "__main__":
    print(write(pact(), PACTS))
