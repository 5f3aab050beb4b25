"""The port through which an app writes to people: `Messaging`, which each such vendor's adapter is.

Nothing here names a vendor, nor whether it is a letter or a short message: a recipient has the addresses that are
known, and a vendor takes the one of its kind. Each operation raises one of the failures in failures.py, nothing else.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from tidegate.adapters.ports.deferred import Deferred
from tidegate.adapters.ports.moments import in_utc


class MessageStatus(StrEnum):
    """How far a message has come."""

    ACCEPTED = "accepted"
    """The vendor has it, and has not sent it on."""
    SENT = "sent"
    """It has left the vendor; whether it arrived is not known yet."""
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"
    """It did not arrive, and is not tried again."""
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"
    """A word that this version does not know: look at `vendor_status`, and do not count it as delivered."""


@dataclass(frozen=True, slots=True)
class Recipient:
    """Whom a message is for: at least one address. `phone` is in E.164 (`+4915112345678`), `email` in RFC 5321."""

    phone: str = ""
    email: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class OutgoingMessage:
    """A message to be sent. A vendor that knows no subjects leaves `subject` out."""

    to: Recipient
    text: str
    subject: str = ""


@dataclass(frozen=True, slots=True)
class SentMessage:
    """A message that a vendor has taken. `id` has the vendor's name before it; `failure` is its reason, or empty.

    In an event `id` is empty where the vendor does not say which message it was.
    """

    id: str
    status: MessageStatus
    vendor_status: str
    failure: str = ""


@dataclass(frozen=True, slots=True)
class InboundMessage:
    """A message that somebody wrote to the app. `at` is None where the vendor does not say when."""

    id: str
    sender: Recipient
    recipient: Recipient
    text: str
    subject: str = ""
    at: datetime | None = None

    def __post_init__(self) -> None:
        if self.at is not None:
            in_utc(self.at)


MessageEvent = SentMessage | InboundMessage
"""What a vendor tells by webhook: how far a message has come, or one that came in."""


class MessageEventUnreadable(Exception):
    """What the vendor sent is no event. `pointer` (RFC 6901) is the place; what stands there is left out on purpose."""

    def __init__(self, pointer: str, expected: str, found: str) -> None:
        super().__init__(f"{pointer or 'the body'}: expected {expected}, found {found}")
        self.pointer = pointer


class Messaging(Protocol):
    """The port for messages.

    `key` is the idempotency key: 1 to 255 visible ASCII characters, the app's own name for this very message. The same
    key with the same message never sends it twice, also after OutcomeUnknown or a crash.
    """

    async def send(self, message: OutgoingMessage, *, key: str) -> SentMessage | Deferred:
        """Send a message. Raises Rejected where the recipient has no address of this vendor's kind."""
        ...

    async def sent_of(self, deferred: Deferred) -> SentMessage | Deferred:
        """See what came of a message that was deferred. Raises what `send` raises, and Undelivered."""
        ...

    async def status(self, message_id: str) -> SentMessage:
        """Look up how far a message has come. Raises NotFound."""
        ...

    async def learn(self, body: bytes, content_type: str = "") -> tuple[MessageEvent, ...]:
        """Take in the body of a webhook, verified before. Raises MessageEventUnreadable.

        `content_type` is the post's. Taking the same one in again changes nothing more.
        """
        ...
