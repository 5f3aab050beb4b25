"""The messaging adapter's expectations of Twilio: each request that it makes, each answer that it tells apart.

A body holds the fields that the adapter reads and no other. After a change here,
`python -m tidegate.contracts.consumers.twilio_messages` writes the file anew.
"""

from pathlib import Path
from typing import Any, Final

from pact import Pact, match

from tidegate.contracts.expectation import Expectation, ProviderState, make_pact, of_state, write

CONSUMER: Final = "messaging"
PROVIDER: Final = "twilio"
PACTS: Final = Path(__file__).parent.parent / "pacts"

ACCOUNT: Final = "AC0123456789abcdef0123456789abcdef"
MESSAGES: Final = f"/2010-04-01/Accounts/{ACCOUNT}/Messages"
EXAMPLE: Final = "SM0123456789abcdef0123456789abcdef"
FORM: Final = {"To": "+4915112345678", "Body": "Hello", "From": "+15005550006"}
"""What `tests/contracts/consumers/test_twilio_messages.py` has the adapter send."""


def _sent(status: str, **fields: Any) -> dict[str, Any]:
    return {"sid": match.regex(EXAMPLE, regex="(SM|MM)[0-9a-fA-F]{32}"), "status": status, **fields}


def _exists(status: str, **fields: object) -> ProviderState:
    return ProviderState("a message exists", {"AccountSid": ACCOUNT, "status": status, **fields})


def _find(name: str, status: int, body: Any, path: Any, *states: ProviderState) -> Expectation:
    return Expectation(name, "FetchMessage", "GET", path, status, body, states, is_basic=True)


def _refused() -> dict[str, Any]:
    return {"message": match.str("What is wrong.")}


_PATH: Final = of_state(f"{MESSAGES}/", "id", ".json", example=EXAMPLE)
_NOBODY: Final = f"{MESSAGES}/{EXAMPLE}.json"

EXPECTATIONS: Final = (
    Expectation(
        "a message is sent", "CreateMessage", "POST", f"{MESSAGES}.json", 201, _sent("queued"), form=FORM, is_basic=True
    ),
    _find("a message is looked up", 200, _sent("delivered"), _PATH, _exists("delivered")),
    _find(
        "a message that failed is looked up",
        200,
        _sent("failed", error_code=30003),
        _PATH,
        _exists("failed", error_code=30003),
    ),
    _find("a message that does not exist is looked up", 404, _refused(), _NOBODY, ProviderState("nothing exists")),
    _find("the vendor refuses for the rate", 429, _refused(), _NOBODY, ProviderState("the rate limit is used up")),
    _find("the vendor fails", 500, _refused(), _NOBODY, ProviderState("the vendor fails")),
)


def pact() -> Pact:
    """All of them, as one pact."""
    return make_pact(CONSUMER, PROVIDER, EXPECTATIONS)


if __name__ == "__main__":
    print(write(pact(), PACTS))
