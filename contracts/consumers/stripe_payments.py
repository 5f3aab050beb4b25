"""The payments adapter's expectations of Stripe: each request that it makes, each answer that it tells apart.

A body holds the fields that the adapter reads and no other, so that a vendor may change the rest. After a change here,
`python -m tidegate.contracts.consumers.stripe_payments` writes the file anew.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from pact import Pact, match

from tidegate.contracts.expectation import Expectation, ProviderState, make_pact, of_state, write

CONSUMER: Final = "payments"
PROVIDER: Final = "stripe"
PACTS: Final = Path(__file__).parent.parent / "pacts"

INTENTS: Final = "/v1/payment_intents"
EXAMPLE: Final = "pi_1"
AN_ID: Final = r"pi_[A-Za-z0-9_]+"
AMOUNT: Final = 1099
ORDER: Final = "order-1"
CARD: Final = "pm_card_visa"


def _exists(status: str, **fields: object) -> ProviderState:
    """An intent of `AMOUNT` euro cents for `ORDER`."""
    known = {"amount": AMOUNT, "currency": "eur", "status": status, "metadata": {"order_id": ORDER}}
    return ProviderState("a payment intent exists", {**known, **fields})


OPEN: Final = _exists("requires_payment_method")
PAID: Final = _exists("succeeded", amount_received=AMOUNT, latest_charge="ch_1")
HELD: Final = _exists("requires_capture", amount_capturable=AMOUNT, capture_method="manual", latest_charge="ch_1")


def _path(after: str = "") -> Any:
    return of_state(f"{INTENTS}/", "id", after, example=EXAMPLE)


def _intent(status: str, received: int = 0) -> dict[str, Any]:
    return {
        "id": match.regex(EXAMPLE, regex=AN_ID),
        "status": status,
        "amount": AMOUNT,
        "amount_received": received,
        "currency": "eur",
        "metadata": {"order_id": ORDER},
    }


def _new(**more: str) -> dict[str, Any]:
    """The form of a payment's creation."""
    form = {"amount": str(AMOUNT), "currency": "eur", "metadata[order_id]": ORDER, "payment_method_types[]": "card"}
    return {**form, **more}


def _error(kind: str, **fields: Any) -> dict[str, Any]:
    return {"error": {"type": kind, "message": match.str("What is wrong."), **fields}}


def _write(
    name: str, operation: str, path: Any, form: Mapping[str, Any], *states: ProviderState, status: int = 200, body: Any
) -> Expectation:
    return Expectation(name, operation, "POST", path, status, body, states, form=form)


_CREATE: Final = "PostPaymentIntents"
_CONFIRM: Final = "PostPaymentIntentsIntentConfirm"
_CAPTURE: Final = "PostPaymentIntentsIntentCapture"
_CANCEL: Final = "PostPaymentIntentsIntentCancel"
_FIND: Final = "GetPaymentIntentsIntent"
_LIST: Final = "GetPaymentIntents"

_PAYMENTS: Final = (
    _write(
        "a payment is made and confirmed at once",
        _CREATE,
        INTENTS,
        _new(payment_method=CARD, confirm="true"),
        body=_intent("succeeded", AMOUNT),
    ),
    _write(
        "a payment is made and its money held",
        _CREATE,
        INTENTS,
        _new(payment_method=CARD, confirm="true", capture_method="manual"),
        body=_intent("requires_capture"),
    ),
    _write("a payment is prepared", _CREATE, INTENTS, _new(), body=_intent("requires_payment_method")),
    _write(
        "a prepared payment is confirmed",
        _CONFIRM,
        _path("/confirm"),
        {"payment_method": CARD},
        OPEN,
        body=_intent("succeeded", AMOUNT),
    ),
    _write("held money is captured", _CAPTURE, _path("/capture"), {}, HELD, body=_intent("succeeded", AMOUNT)),
    _write(
        "a part of held money is captured",
        _CAPTURE,
        _path("/capture"),
        {"amount_to_capture": "500"},
        HELD,
        body=_intent("succeeded", 500),
    ),
    _write("a payment is cancelled", _CANCEL, _path("/cancel"), {}, OPEN, body=_intent("canceled")),
)


def _refund(amount: int) -> dict[str, Any]:
    return {
        "id": match.regex("re_1", regex=r"re_[A-Za-z0-9_]+"),
        "status": "succeeded",
        "amount": amount,
        "currency": "eur",
        "payment_intent": match.regex(EXAMPLE, regex=AN_ID),
    }


_OF_PAYMENT: Final = {"payment_intent": of_state("", "id", example=EXAMPLE)}

_REFUNDS: Final = (
    _write("a payment is refunded", "PostRefunds", "/v1/refunds", _OF_PAYMENT, PAID, body=_refund(AMOUNT)),
    _write(
        "a part of a payment is refunded",
        "PostRefunds",
        "/v1/refunds",
        {**_OF_PAYMENT, "amount": "100"},
        PAID,
        body=_refund(100),
    ),
)

_READS: Final = (
    Expectation("a payment is looked up", _FIND, "GET", _path(), 200, _intent("succeeded", AMOUNT), (PAID,)),
    Expectation(
        "a page of payments with more to come",
        _LIST,
        "GET",
        INTENTS,
        200,
        {"data": [_intent("succeeded", AMOUNT), _intent("succeeded", AMOUNT)], "has_more": True},
        (ProviderState("nothing exists"), PAID, PAID, PAID),
        {"limit": "2"},
    ),
    Expectation(
        "the last page of payments",
        _LIST,
        "GET",
        INTENTS,
        200,
        {"data": [_intent("requires_payment_method")], "has_more": False},
        (ProviderState("nothing exists"), OPEN, PAID),
        {"limit": "2", "starting_after": of_state("", "id", example=EXAMPLE)},
    ),
)

_ERRORS: Final = (
    _write(
        "a card is declined",
        _CREATE,
        INTENTS,
        _new(payment_method="pm_card_visa_chargeDeclined", confirm="true"),
        status=402,
        body=_error(
            "card_error",
            decline_code="generic_decline",
            payment_intent={"id": match.regex(EXAMPLE, regex=AN_ID)},
        ),
    ),
    Expectation(
        "a payment that does not exist is looked up",
        _FIND,
        "GET",
        f"{INTENTS}/pi_missing",
        404,
        {"error": {"message": match.str("No such payment_intent.")}},
        (ProviderState("nothing exists"),),
    ),
    _write(
        "more is captured than is held",
        _CAPTURE,
        _path("/capture"),
        {"amount_to_capture": "2000"},
        HELD,
        status=400,
        body=_error("invalid_request_error", code="amount_too_large", param="amount_to_capture"),
    ),
    _write(
        "a payment that is paid is cancelled",
        _CANCEL,
        _path("/cancel"),
        {},
        PAID,
        status=400,
        body=_error("invalid_request_error", code="payment_intent_unexpected_state"),
    ),
    Expectation(
        "the vendor refuses for the rate",
        _FIND,
        "GET",
        _path(),
        429,
        {"error": {"message": match.str("Too many requests.")}},
        (PAID, ProviderState("the rate limit is used up")),
    ),
    Expectation(
        "the vendor fails",
        _FIND,
        "GET",
        _path(),
        500,
        {"error": {"message": match.str("An error.")}},
        (PAID, ProviderState("the vendor fails")),
    ),
)

EXPECTATIONS: Final = (*_PAYMENTS, *_REFUNDS, *_READS, *_ERRORS)


def pact() -> Pact:
    """All of them, as one pact."""
    return make_pact(CONSUMER, PROVIDER, EXPECTATIONS)


if __name__ == "__main__":
    print(write(pact(), PACTS))
