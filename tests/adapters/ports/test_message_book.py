"""The app's own book of messages."""

import itertools

import pytest

from tests.adapters.answering import at_once
from tidegate.adapters.ports.failures import NotFound
from tidegate.adapters.ports.message_book import MessageBookInMemory, further
from tidegate.adapters.ports.messaging import MessageStatus, SentMessage


def report(status: MessageStatus, name: str = "v:1") -> SentMessage:
    return SentMessage(name, status, status.value)


@pytest.mark.parametrize(
    "order", [*itertools.permutations([MessageStatus.ACCEPTED, MessageStatus.SENT, MessageStatus.DELIVERED])]
)
def test_the_report_that_came_further_counts_in_whatever_order_they_come(order: tuple[MessageStatus, ...]) -> None:
    book = MessageBookInMemory()
    for status in (*order, *order):
        at_once(book.write(report(status)))
    assert at_once(book.find("v:1")).status is MessageStatus.DELIVERED


def test_every_status_has_a_rank() -> None:
    for status in MessageStatus:
        assert further(report(MessageStatus.UNKNOWN), report(status)).status is status


def test_what_is_not_in_the_book_or_too_long_ago_is_not_found() -> None:
    book = MessageBookInMemory(messages_max=1)
    for name in ("v:1", "v:2"):
        at_once(book.write(report(MessageStatus.SENT, name)))
    with pytest.raises(NotFound):
        at_once(book.find("v:1"))
