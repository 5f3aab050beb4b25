"""The app's own book of the messages that it sent, for vendors that tell how far one has come by webhook alone."""

from collections import OrderedDict
from typing import Final, Protocol

from tidegate.adapters.ports.failures import NotFound
from tidegate.adapters.ports.messaging import MessageStatus, SentMessage

MESSAGES_MAX: Final = 100_000
"""The book in memory forgets the oldest beyond this."""

_RANK: Final = {
    MessageStatus.UNKNOWN: 0,
    MessageStatus.ACCEPTED: 1,
    MessageStatus.SENT: 2,
    MessageStatus.CANCELLED: 3,
    MessageStatus.FAILED: 3,
    MessageStatus.DELIVERED: 4,
    MessageStatus.READ: 5,
}


def further(before: SentMessage | None, after: SentMessage) -> SentMessage:
    """The one of two reports of a message that came further: reports come in any order, and more than once."""
    if before is None or _RANK[after.status] >= _RANK[before.status]:
        return after
    return before


class MessageBook(Protocol):
    """Remembers messages by their id. Of one id the report that came further counts, as `further` says."""

    async def write(self, message: SentMessage) -> None:
        """Remember a message, or how far it has come."""
        ...

    async def find(self, message_id: str) -> SentMessage:
        """Look a message up. Raises NotFound."""
        ...


class MessageBookInMemory:
    """A book that is gone with the process. See MessageBook."""

    def __init__(self, messages_max: int = MESSAGES_MAX) -> None:
        self._messages: OrderedDict[str, SentMessage] = OrderedDict()
        self._messages_max = messages_max

    async def write(self, message: SentMessage) -> None:
        """See MessageBook.write."""
        self._messages[message.id] = further(self._messages.get(message.id), message)
        while len(self._messages) > self._messages_max:
            self._messages.popitem(last=False)

    async def find(self, message_id: str) -> SentMessage:
        """See MessageBook.find."""
        try:
            return self._messages[message_id]
        except KeyError:
            raise NotFound(f"no message {message_id!r} is in the book") from None
