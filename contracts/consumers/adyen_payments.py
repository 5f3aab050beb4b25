"""The payments adapter's expectations of Adyen: each request that it makes, each answer that it tells apart.

A body holds the fields that the adapter reads and no other. After a change here,
`python -m tidegate.contracts.consumers.adyen_payments` writes the file anew.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from pact import Pact, match

from tidegate.contracts.expectation import Expectation, ProviderState, make_pact, of_state, write

CONSUMER: Final = "payments"
PROVIDER: Final = "adyen"
PACTS: Final = Path(__file__).parent.parent / "pacts"

KEY_HEADER: Final = "X-API-Key"
PAYMENTS: Final = "/payments"
EXAMPLE: Final = "P1"
MADE: Final = "PSPREFERENCE0001"
AN_ID: Final = r"[A-Z0-9]{16}"
"""No small letters: Pact takes a null for the word, which a wider form would let pass."""
ORDER: Final = "order-1"
AMOUNT: Final = {"currency": "EUR", "value": 1000}
HALF: Final = {"currency": "EUR", "value": 500}
CARD: Final = {"type": "scheme", "encryptedCardNumber": "test_4111111111111111"}
POOR: Final = {**CARD, "holderName": "NOT_ENOUGH_BALANCE"}
NEW: Final[dict[str, Any]] = {
    "merchantAccount": "Shop",
    "reference": ORDER,
    "amount": AMOUNT,
    "paymentMethod": CARD,
    "returnUrl": "https://shop.example/back",
}
"""What `tests/contracts/consumers/test_adyen_payments.py` has the adapter send."""

THERE: Final = ProviderState("a payment exists", {"resultCode": "Authorised", "amount": AMOUNT})


def _an_id() -> Any:
    return match.regex(MADE, regex=AN_ID)


def _asked(
    name: str, operation: str, path: Any, sent: Mapping[str, Any], status: int, body: Any, *states: ProviderState
) -> Expectation:
    return Expectation(name, operation, "POST", path, status, body, states, json=sent, key_header=KEY_HEADER)


def _taken(result: str, **fields: Any) -> dict[str, Any]:
    return {"pspReference": _an_id(), "resultCode": result, "merchantReference": ORDER, "amount": AMOUNT, **fields}


def _modified(name: str, what: str, sent: Mapping[str, Any], body: Mapping[str, Any]) -> Expectation:
    return _asked(
        name,
        f"post-payments-paymentPspReference-{what}",
        of_state(f"{PAYMENTS}/", "id", f"/{what}", example=EXAMPLE),
        {"merchantAccount": "Shop", **sent},
        201,
        {"status": "received", **body},
        THERE,
    )


def _error(code: Any = None) -> dict[str, Any]:
    return {"errorCode": match.str("905") if code is None else code, "message": match.str("What is wrong.")}


def _new(name: str, status: int, body: Any, *states: ProviderState, **changes: Any) -> Expectation:
    sent = {**NEW, "captureDelayHours": 0, **changes}
    return _asked(name, "post-payments", PAYMENTS, sent, status, body, *states)


_HELD: Final = {**NEW, "additionalData": {"manualCapture": "true"}}

EXPECTATIONS: Final = (
    _new("a payment is made", 200, _taken("Authorised")),
    _asked("a payment is made and its money held", "post-payments", PAYMENTS, _HELD, 200, _taken("Authorised")),
    _new("a payment is refused", 200, _taken("Refused", refusalReason="Not enough balance"), paymentMethod=POOR),
    _modified("held money is captured", "captures", {"amount": AMOUNT}, {}),
    _modified("a part of held money is captured", "captures", {"amount": HALF}, {}),
    _modified("a payment is cancelled", "cancels", {}, {}),
    _modified(
        "a part of a payment is refunded",
        "refunds",
        {"amount": HALF},
        {"pspReference": _an_id(), "paymentPspReference": _an_id(), "amount": HALF},
    ),
    _new("the vendor refuses for the rate", 429, _error(), ProviderState("the rate limit is used up")),
    _new("the vendor fails", 500, _error(), ProviderState("the vendor fails")),
)


def pact() -> Pact:
    """All of them, as one pact."""
    return make_pact(CONSUMER, PROVIDER, EXPECTATIONS)


if __name__ == "__main__":
    print(write(pact(), PACTS))
