"""The Messaging port over Twilio's text messages, in plain HTTP to Tidegate.

Facts: www.twilio.com/docs/messaging/api/message-resource, its pages on status callbacks and on incoming messages. The
vendor knows no idempotency keys: a message whose outcome is unknown is not sent again, under whatever key.
"""

from collections.abc import Mapping
from typing import Final
from urllib.parse import parse_qs

from tidegate.adapters.deferred_write import answer_to, deferred_of
from tidegate.adapters.fields import FieldError, Fields, parse
from tidegate.adapters.gateway import Gateway, GatewayResponse, segment
from tidegate.adapters.ports.deferred import Deferred
from tidegate.adapters.ports.failures import Unsuited, VendorFailure
from tidegate.adapters.ports.identifiers import own_id, qualified
from tidegate.adapters.ports.messaging import (
    InboundMessage,
    MessageEvent,
    MessageEventUnreadable,
    MessageStatus,
    OutgoingMessage,
    Recipient,
    SentMessage,
)
from tidegate.adapters.vendor_answer import failure_by_status, read_answer

NAME: Final = "twilio"
TEXT_CHARS_MAX: Final = 1600
"""The vendor's limit for a message."""
FIELDS_MAX: Final = 200
"""More fields in a webhook's form are refused."""

STATUSES: Final[Mapping[str, MessageStatus]] = {
    "accepted": MessageStatus.ACCEPTED,
    "scheduled": MessageStatus.ACCEPTED,
    "queued": MessageStatus.ACCEPTED,
    "sending": MessageStatus.ACCEPTED,
    "sent": MessageStatus.SENT,
    "delivered": MessageStatus.DELIVERED,
    "read": MessageStatus.READ,
    "undelivered": MessageStatus.FAILED,
    "failed": MessageStatus.FAILED,
    "canceled": MessageStatus.CANCELLED,
}
RECEIVED: Final = "received"


class TwilioMessaging:
    """Text messages at Twilio. See tidegate.adapters.ports.messaging.Messaging.

    `account` is the account's SID, `sender` the number that messages come from, in E.164, or a messaging service's SID.
    """

    def __init__(self, gateway: Gateway, *, account: str, sender: str, name: str = NAME) -> None:
        self._gateway = gateway
        self._path = f"/2010-04-01/Accounts/{segment(account, field='account')}/Messages"
        self._sender = sender
        self._name = name

    async def send(self, message: OutgoingMessage, *, key: str) -> SentMessage | Deferred:
        """See Messaging.send. `subject` is left out."""
        if not message.to.phone:
            raise Unsuited("a text message needs a phone number", field="to")
        if not 0 < len(message.text) <= TEXT_CHARS_MAX:
            raise Unsuited(f"a text message has 1 to {TEXT_CHARS_MAX} characters", field="text")
        service = self._sender.startswith("MG")
        form = {
            "To": message.to.phone,
            "Body": message.text,
            "MessagingServiceSid" if service else "From": self._sender,
        }
        answer = await self._gateway.post_form(f"{self._path}.json", form, key=key)
        return deferred_of(answer) or read_answer(answer, failure_of, self._sent)

    async def sent_of(self, deferred: Deferred) -> SentMessage | Deferred:
        """See Messaging.sent_of."""
        answer = await answer_to(self._gateway, deferred)
        return answer if isinstance(answer, Deferred) else read_answer(answer, failure_of, self._sent)

    async def status(self, message_id: str) -> SentMessage:
        """See Messaging.status."""
        own = segment(own_id(message_id, self._name, field="message_id"), field="message_id")
        return read_answer(await self._gateway.get(f"{self._path}/{own}.json"), failure_of, self._sent)

    async def learn(self, body: bytes, content_type: str = "") -> tuple[MessageEvent, ...]:
        """See Messaging.learn. The vendor can be asked at any time, so nothing is written down."""
        del content_type  # its webhooks are forms
        try:
            return (self._event(_form(body)),)
        except FieldError as error:
            raise MessageEventUnreadable(error.pointer, error.expected, error.found) from None

    def _sent(self, fields: Fields) -> SentMessage:
        word = fields.text("status")
        failure = f"{fields.count('error_code')}" if fields.has("error_code") else ""
        name = qualified(self._name, fields.text("sid"))
        return SentMessage(name, STATUSES.get(word, MessageStatus.UNKNOWN), word, failure)

    def _event(self, form: Fields) -> MessageEvent:
        name = qualified(self._name, form.text("MessageSid"))
        word = form.maybe_text("MessageStatus") or form.maybe_text("SmsStatus")
        if word == RECEIVED or (not word and form.has("Body")):
            sender, recipient = Recipient(phone=form.text("From")), Recipient(phone=form.text("To"))
            return InboundMessage(name, sender, recipient, form.maybe_text("Body"))
        if not word:
            raise form.wrong("MessageStatus", "a status")
        status = STATUSES.get(word, MessageStatus.UNKNOWN)
        return SentMessage(name, status, word, form.maybe_text("ErrorCode"))


def failure_of(answer: GatewayResponse) -> VendorFailure:
    """The failure that an answer without success amounts to. Facts: www.twilio.com/docs/usage/twilios-response."""
    text, code = f"The vendor answered {answer.status}", ""
    try:
        error = parse(answer.body)
        text = error.maybe_text("message") or text
        code = f"{error.count('code')}" if error.has("code") else ""
    except FieldError:
        pass
    return failure_by_status(answer, text, code=code)


def _form(body: bytes) -> Fields:
    try:
        fields = parse_qs(body.decode(), keep_blank_values=True, max_num_fields=FIELDS_MAX)
    except ValueError:
        raise FieldError("", f"a form of at most {FIELDS_MAX} fields", "none") from None
    return Fields({name: values[0] for name, values in fields.items()}, "")
