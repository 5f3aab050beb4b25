"""Messages at several vendors: a new one goes by the first that is there. One in doubt is sent nowhere else."""

from collections.abc import Mapping
from typing import Final

from tidegate.adapters.fallback.choice import FallbackPolicy, carried_out
from tidegate.adapters.fallback.decisions import DecisionBook
from tidegate.adapters.ports.deferred import Deferred
from tidegate.adapters.ports.failures import Rejected
from tidegate.adapters.ports.identifiers import vendor_of
from tidegate.adapters.ports.messaging import (
    MessageEvent,
    MessageEventUnreadable,
    Messaging,
    OutgoingMessage,
    SentMessage,
)

POLICY: Final = FallbackPolicy(in_doubt=False)


class FallbackMessaging:
    """See tidegate.adapters.ports.messaging.Messaging. `vendors` are the adapters by their names, the first one first.

    A recipient has the addresses that are known: where the first vendor is away, a text message may become a mail.
    """

    def __init__(self, vendors: Mapping[str, Messaging], decisions: DecisionBook) -> None:
        if not vendors:
            raise ValueError("a port has a vendor at least")
        self._vendors = dict(vendors)
        self._decisions = decisions

    def of(self, vendor: str) -> Messaging:
        """One vendor alone. Raises Rejected for one that is not there."""
        try:
            return self._vendors[vendor]
        except KeyError:
            raise Rejected(f"{vendor!r} is no vendor of this port: {', '.join(self._vendors)}") from None

    async def send(self, message: OutgoingMessage, *, key: str) -> SentMessage | Deferred:
        """See Messaging.send."""
        return await carried_out(
            key, self._vendors, self._decisions, lambda _, vendor: vendor.send(message, key=key), POLICY
        )

    async def sent_of(self, deferred: Deferred) -> SentMessage | Deferred:
        """See Messaging.sent_of."""
        return await self.of(deferred.vendor).sent_of(deferred)

    async def status(self, message_id: str) -> SentMessage:
        """See Messaging.status."""
        return await self.of(vendor_of(message_id)).status(message_id)

    async def learn(self, body: bytes, content_type: str = "") -> tuple[MessageEvent, ...]:
        """See Messaging.learn. It is the event of the first vendor that can read it; `of` is for those who know."""
        unreadable: MessageEventUnreadable | None = None
        for vendor in self._vendors.values():
            try:
                return await vendor.learn(body, content_type)
            except MessageEventUnreadable as error:
                unreadable = unreadable or error
        assert unreadable is not None
        raise unreadable
