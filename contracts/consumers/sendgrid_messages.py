"""The messaging adapter's expectations of SendGrid: the request that it makes, the answers that it tells apart.

A body holds the fields that the adapter reads and no other. After a change here,
`python -m tidegate.contracts.consumers.sendgrid_messages` writes the file anew.
"""

from pathlib import Path
from typing import Any, Final

from pact import Pact, match

from tidegate.contracts.expectation import Expectation, ProviderState, make_pact, write

CONSUMER: Final = "messaging"
PROVIDER: Final = "sendgrid"
PACTS: Final = Path(__file__).parent.parent / "pacts"

MAIL: Final[dict[str, Any]] = {
    "personalizations": [{"to": [{"email": "ada@example.com", "name": "Ada"}]}],
    "from": {"email": "shop@example.com"},
    "subject": "A subject",
    "content": [{"type": "text/plain", "value": "Hello"}],
}
"""What `tests/contracts/consumers/test_sendgrid_messages.py` has the adapter send."""


def _send(name: str, status: int, body: Any, *states: ProviderState, **headers: Any) -> Expectation:
    named = {header.replace("_", "-"): value for header, value in headers.items()}
    return Expectation(name, "SendMail", "POST", "/v3/mail/send", status, body, states, json=MAIL, answer_headers=named)


_REFUSED: Final = {"errors": [{"message": match.str("What is wrong.")}]}

EXPECTATIONS: Final = (
    _send("a mail is sent", 202, None, X_Message_Id=match.regex("M1", regex="[A-Za-z0-9_-]+")),
    _send("the vendor refuses for the rate", 429, _REFUSED, ProviderState("the rate limit is used up")),
    _send("the vendor fails", 500, _REFUSED, ProviderState("the vendor fails")),
)


def pact() -> Pact:
    """All of them, as one pact."""
    return make_pact(CONSUMER, PROVIDER, EXPECTATIONS)


if __name__ == "__main__":
    print(write(pact(), PACTS))
