"""The contract of the messaging port with SendGrid: played against the real adapter."""

from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from tests.contracts.consumers.played import file_of, is_committed, play
from tidegate.adapters.gateway import Gateway
from tidegate.adapters.ports.failures import OutcomeUnknown, RateLimited, VendorFailure
from tidegate.adapters.ports.message_book import MessageBookInMemory
from tidegate.adapters.ports.messaging import MessageStatus, OutgoingMessage, Recipient, SentMessage
from tidegate.adapters.sendgrid.adapter import SendGridMessaging
from tidegate.contracts.consumers.sendgrid_messages import EXPECTATIONS, pact

Work = Callable[[SendGridMessaging], Coroutine[Any, Any, object]]
HELLO = OutgoingMessage(Recipient(email="ada@example.com", name="Ada"), "Hello", "A subject")
SUCCESS: dict[str, tuple[Work, object]] = {
    "a mail is sent": (
        lambda m: m.send(HELLO, key="k"),
        SentMessage("sendgrid:M1", MessageStatus.ACCEPTED, "accepted"),
    ),
}
FAILURE: dict[str, tuple[Work, type[VendorFailure]]] = {
    "the vendor refuses for the rate": (lambda m: m.send(HELLO, key="k"), RateLimited),
    "the vendor fails": (lambda m: m.send(HELLO, key="k"), OutcomeUnknown),
}


def adapter(gateway: Gateway) -> SendGridMessaging:
    return SendGridMessaging(gateway, MessageBookInMemory(), sender="shop@example.com")


WORK = {name: entry[0] for name, entry in (SUCCESS | FAILURE).items()}
BY_NAME = {expectation.name: expectation for expectation in EXPECTATIONS}
FILE = file_of(pact())


def working(name: str, gateway: Gateway) -> Coroutine[Any, Any, object]:
    """The work of an expectation."""
    return WORK[name](adapter(gateway))


def test_every_expectation_is_played() -> None:
    assert set(WORK) == set(BY_NAME)


@pytest.mark.parametrize("name", SUCCESS)
async def test_the_adapter_asks_as_expected_and_reads_the_answer(name: str) -> None:
    assert await play(BY_NAME[name], lambda gateway: working(name, gateway)) == SUCCESS[name][1]


@pytest.mark.parametrize("name", FAILURE)
async def test_the_adapter_asks_as_expected_and_understands_the_refusal(name: str) -> None:
    with pytest.raises(VendorFailure) as failure:
        await play(BY_NAME[name], lambda gateway: working(name, gateway))
    assert type(failure.value) is FAILURE[name][1]


def test_the_committed_file_is_what_is_declared(tmp_path: Path) -> None:
    assert is_committed(pact(), tmp_path), "run: python -m tidegate.contracts.consumers.sendgrid_messages"
