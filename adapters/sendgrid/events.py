"""SendGrid's webhooks, as the domain has them: events of mail that was sent, and mail that came in.

Facts: www.twilio.com/docs/sendgrid/for-developers/tracking-events/event (a JSON list, several events in one post) and
…/parsing-email/setting-up-the-inbound-parse-webhook (a form in parts, RFC 7578).
"""

from collections.abc import Iterator, Mapping
from email.parser import BytesParser
from email.policy import HTTP
from email.utils import parseaddr
from typing import Final

from tidegate.adapters.fields import FieldError, Fields, parse_list
from tidegate.adapters.ports.identifiers import qualified
from tidegate.adapters.ports.messaging import InboundMessage, MessageEvent, MessageStatus, Recipient, SentMessage

EVENTS_MAX: Final = 10_000
"""More events in one post are refused."""
PARTS_MAX: Final = 200
"""More parts of a mail that came in are refused."""
FORM: Final = "multipart/form-data"

STATUSES: Final[Mapping[str, MessageStatus]] = {
    "processed": MessageStatus.ACCEPTED,
    "deferred": MessageStatus.SENT,
    "delivered": MessageStatus.DELIVERED,
    "open": MessageStatus.READ,
    "click": MessageStatus.READ,
    "bounce": MessageStatus.FAILED,
    "blocked": MessageStatus.FAILED,
    "dropped": MessageStatus.FAILED,
}


def read(body: bytes, content_type: str, name: str) -> Iterator[MessageEvent]:
    """What has happened. `name` stands before the ids. Raises FieldError."""
    if content_type.lower().startswith(FORM):
        yield _inbound(body, content_type, name)
        return
    for number, event in enumerate(parse_list(body)):
        if number >= EVENTS_MAX:
            raise FieldError("", f"at most {EVENTS_MAX} events", "more")
        word = event.text("event")
        status = STATUSES.get(word, MessageStatus.UNKNOWN)
        yield SentMessage(_id(event, name), status, word, event.maybe_text("reason"))


def _id(event: Fields, name: str) -> str:
    """The id that `send` gave: what stands before the first dot. The vendor adds to it which of its hosts it was.

    Nothing stands there for a bounce that comes late (github.com/sendgrid/docs/issues/5177): nobody knows whose it is.
    """
    own = event.maybe_text("sg_message_id").partition(".")[0]
    return qualified(name, own) if own else ""


def _inbound(body: bytes, content_type: str, name: str) -> InboundMessage:
    head = f"Content-Type: {content_type}\r\n\r\n".encode("latin-1", "replace")
    form = BytesParser(policy=HTTP).parsebytes(head + body)
    fields: dict[str, str] = {}
    for number, part in enumerate(form.iter_parts() if form.is_multipart() else ()):
        if number >= PARTS_MAX:
            raise FieldError("", f"a form of at most {PARTS_MAX} parts", "more")
        field = part.get_param("name", header="content-disposition")
        if isinstance(field, str) and part.get_filename() is None:
            fields.setdefault(field, _text(part.get_payload(decode=True)))
    mail = Fields(dict(fields), "")
    sender, recipient = mail.text("from"), mail.text("to")
    return InboundMessage(
        id=qualified(name, _message_id(mail.maybe_text("headers"))),
        sender=_address(sender),
        recipient=_address(recipient),
        text=mail.maybe_text("text"),
        subject=mail.maybe_text("subject"),
    )


def _text(payload: object) -> str:
    return payload.decode("utf-8", "replace").removesuffix("\r\n") if isinstance(payload, bytes) else ""


def _address(text: str) -> Recipient:
    display, address = parseaddr(text)
    return Recipient(email=address, name=display)


def _message_id(headers: str) -> str:
    """The mail's own Message-ID (RFC 5322 §3.6.4); empty where it has none."""
    for line in headers.splitlines():
        field, _, value = line.partition(":")
        if field.strip().lower() == "message-id":
            return value.strip().strip("<>")
    return ""
