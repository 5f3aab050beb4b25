"""The Messaging port over SendGrid's mail, in plain HTTP to Tidegate.

Facts: www.twilio.com/docs/sendgrid/api-reference/mail-send, its pages on the event webhook and on inbound parse. The
vendor answers with a header alone, and tells by webhook how far a mail has come, so that stands in the app's own book.
It knows no idempotency keys: a mail whose outcome is unknown is not sent again, under whatever key.
"""

from collections.abc import Mapping
from typing import Final

from tidegate.adapters.deferred_write import answer_to, deferred_of
from tidegate.adapters.fields import FieldError, parse
from tidegate.adapters.gateway import Gateway, GatewayResponse, segment
from tidegate.adapters.ports.deferred import Deferred
from tidegate.adapters.ports.failures import Rejected, Unsuited, VendorContractBroken, VendorFailure
from tidegate.adapters.ports.identifiers import own_id, qualified
from tidegate.adapters.ports.message_book import MessageBook
from tidegate.adapters.ports.messaging import (
    MessageEvent,
    MessageEventUnreadable,
    MessageStatus,
    OutgoingMessage,
    SentMessage,
)
from tidegate.adapters.sendgrid import events
from tidegate.adapters.vendor_answer import failure_by_status

NAME: Final = "sendgrid"
PATH: Final = "/v3/mail/send"
ID_HEADER: Final = "X-Message-Id"
NO_SUBJECT: Final = "(no subject)"
"""The vendor wants a subject of one character at least."""


class SendGridMessaging:
    """Mail at SendGrid. See tidegate.adapters.ports.messaging.Messaging.

    `sender` is the address that mail comes from: one that the vendor has verified.
    """

    def __init__(self, gateway: Gateway, book: MessageBook, *, sender: str, name: str = NAME) -> None:
        self._gateway = gateway
        self._book = book
        self._sender = sender
        self._name = name

    async def send(self, message: OutgoingMessage, *, key: str) -> SentMessage | Deferred:
        """See Messaging.send."""
        if not message.to.email:
            raise Unsuited("a mail needs an address", field="to")
        if not message.text:
            raise Rejected("a mail needs a text", field="text")
        to = {"email": message.to.email, **({"name": message.to.name} if message.to.name else {})}
        document: Mapping[str, object] = {
            "personalizations": [{"to": [to]}],
            "from": {"email": self._sender},
            "subject": message.subject or NO_SUBJECT,
            "content": [{"type": "text/plain", "value": message.text}],
        }
        answer = await self._gateway.post_json(PATH, document, key=key)
        return deferred_of(answer) or await self._sent(answer)

    async def sent_of(self, deferred: Deferred) -> SentMessage | Deferred:
        """See Messaging.sent_of."""
        answer = await answer_to(self._gateway, deferred)
        return answer if isinstance(answer, Deferred) else await self._sent(answer)

    async def status(self, message_id: str) -> SentMessage:
        """See Messaging.status. It is as the book has it."""
        segment(own_id(message_id, self._name, field="message_id"), field="message_id")
        return await self._book.find(message_id)

    async def learn(self, body: bytes, content_type: str = "") -> tuple[MessageEvent, ...]:
        """See Messaging.learn. How far a mail has come is written into the book."""
        try:
            happened = (*events.read(body, content_type, self._name),)
        except FieldError as error:
            raise MessageEventUnreadable(error.pointer, error.expected, error.found) from None
        for event in happened:
            if isinstance(event, SentMessage) and event.id and event.status is not MessageStatus.UNKNOWN:
                await self._book.write(event)
        return happened

    async def _sent(self, answer: GatewayResponse) -> SentMessage:
        if not 200 <= answer.status < 300:
            raise failure_of(answer)
        own = answer.headers.get(ID_HEADER, "")
        if not own:
            raise VendorContractBroken("", f"a header {ID_HEADER}", found="none", applied=True, call_id=answer.call_id)
        message = SentMessage(qualified(self._name, own), MessageStatus.ACCEPTED, "accepted")
        await self._book.write(message)
        return message


def failure_of(answer: GatewayResponse) -> VendorFailure:
    """The failure that an answer without success amounts to: the first of the errors that it lists."""
    text, field = f"The vendor answered {answer.status}", ""
    try:
        for error in parse(answer.body).children("errors"):
            text, field = error.maybe_text("message") or text, error.maybe_text("field")
            break
    except FieldError:
        pass
    return failure_by_status(answer, text, field=field)
