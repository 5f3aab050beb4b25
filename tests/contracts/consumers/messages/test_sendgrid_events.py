"""The contract of SendGrid's webhooks: played against the real adapter."""

from pathlib import Path

from tests.adapters.answering import Answering, at_once
from tests.contracts.consumers.played import is_committed, play_message
from tidegate.adapters.ports.message_book import MessageBookInMemory
from tidegate.adapters.ports.messaging import MessageEvent, MessageStatus, SentMessage
from tidegate.adapters.sendgrid.adapter import SendGridMessaging
from tidegate.contracts.consumers.messages.sendgrid_events import EXPECTATIONS, pact


def read(body: bytes) -> tuple[MessageEvent, ...]:
    adapter = SendGridMessaging(Answering(200, b""), MessageBookInMemory(), sender="shop@example.com")
    return at_once(adapter.learn(body))


def test_the_adapter_reads_the_webhook() -> None:
    (expectation,) = EXPECTATIONS
    assert play_message(expectation, read) == (SentMessage("sendgrid:M1", MessageStatus.ACCEPTED, "processed"),)


def test_the_committed_file_is_what_is_declared(tmp_path: Path) -> None:
    assert is_committed(pact(), tmp_path), "run: python -m tidegate.contracts.consumers.messages.sendgrid_events"
