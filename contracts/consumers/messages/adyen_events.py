"""The payments adapter's expectations of Adyen's webhooks: each event that it tells apart, with what it reads.

After a change here, `python -m tidegate.contracts.consumers.messages.adyen_events` writes the file anew.
"""

from pathlib import Path
from typing import Any, Final

from pact import Pact, match

from tidegate.contracts.consumers.adyen_payments import AMOUNT, AN_ID, HALF, MADE, NEW, ORDER, POOR, THERE
from tidegate.contracts.expectation import make_pact, write
from tidegate.contracts.message_expectation import MessageExpectation, requested

CONSUMER: Final = "payment-events"
PROVIDER: Final = "adyen"
PACTS: Final = Path(__file__).parents[2] / "pacts"

PAID: Final = "PSPREFERENCE0009"
KEY: Final = {"X-API-Key": "app"}


def _told(event: str, **fields: Any) -> dict[str, Any]:
    item = {"eventCode": event, "pspReference": match.regex(MADE, regex=AN_ID), "success": "true", **fields}
    return {"notificationItems": [{"NotificationRequestItem": item}]}


def _made(name: str, content: Any, **changes: Any) -> MessageExpectation:
    sent = {**NEW, **changes}
    return MessageExpectation(name, content, (requested("POST", "/payments", json=sent, headers=KEY),))


def _modified(name: str, event: str, what: str, sent: dict[str, Any], **fields: Any) -> MessageExpectation:
    asked = {"merchantAccount": "Shop", **sent}
    state = requested("POST", f"/payments/{{id}}/{what}", json=asked, headers=KEY)
    content = _told(event, originalReference=match.regex(PAID, regex=AN_ID), **fields)
    return MessageExpectation(name, content, (THERE, state))


EXPECTATIONS: Final = (
    _made("a payment is authorised", _told("AUTHORISATION", merchantReference=ORDER, amount=AMOUNT)),
    _made(
        "a payment is refused",
        _told("AUTHORISATION", merchantReference=ORDER, amount=AMOUNT, success="false", reason="Not enough balance"),
        paymentMethod=POOR,
    ),
    _modified("money is captured", "CAPTURE", "captures", {"amount": HALF}, amount=HALF),
    _modified("a payment is cancelled", "CANCELLATION", "cancels", {}, amount=match.type(AMOUNT)),
    _modified("money is given back", "REFUND", "refunds", {"amount": HALF}, amount=HALF),
)


def pact() -> Pact:
    """All of them, as one pact."""
    return make_pact(CONSUMER, PROVIDER, EXPECTATIONS)


if __name__ == "__main__":
    print(write(pact(), PACTS))
