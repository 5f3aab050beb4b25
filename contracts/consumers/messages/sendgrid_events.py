"""The messaging adapter's expectations of SendGrid's webhooks: how far a mail has come.

A body holds the fields that the adapter reads and no other. After a change here,
`python -m tidegate.contracts.consumers.messages.sendgrid_events` writes the file anew.
"""

from pathlib import Path
from typing import Final

from pact import Pact, match

from tidegate.contracts.consumers.sendgrid_messages import MAIL
from tidegate.contracts.expectation import make_pact, write
from tidegate.contracts.message_expectation import MessageExpectation, requested

CONSUMER: Final = "message-events"
PROVIDER: Final = "sendgrid"
PACTS: Final = Path(__file__).parents[2] / "pacts"

KEY: Final = {"Authorization": "Bearer app"}

EXPECTATIONS: Final = (
    MessageExpectation(
        "a mail is on its way",
        [{"event": "processed", "sg_message_id": match.regex("M1.recvd-1", regex=r"[A-Za-z0-9_-]+[.].+")}],
        (requested("POST", "/v3/mail/send", json=MAIL, headers=KEY),),
        {"/0/event": "processed"},
    ),
)


def pact() -> Pact:
    """All of them, as one pact."""
    return make_pact(CONSUMER, PROVIDER, EXPECTATIONS)


if __name__ == "__main__":
    print(write(pact(), PACTS))
