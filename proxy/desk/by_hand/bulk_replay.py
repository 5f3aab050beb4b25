"""A replay of many dead deliveries: counted, the oldest sent first, spread over time by the pace of a limit.

Of each match no more is held than what the pace needs. Order per key is the store's: it holds whatever the pace says.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from tidegate.proxy.desk.by_hand.hand_order import BulkOrder
from tidegate.proxy.desk.vendor_terms import TermsOf, VendorTerms
from tidegate.proxy.policies.delivery.delivery import Delivery
from tidegate.proxy.policies.delivery.replay_pace import ReplayPace
from tidegate.proxy.policies.resilience.store_time import StoreTime
from tidegate.proxy.store.deliveries import PAGE_MAX, Deliveries, DeliveryFilter, HandMade

AT_ONCE = 64
"""So many are given to the store together, which makes one commit of them."""
Operation = tuple[str, str, str]
"""Box, vendor and operation."""
PaceKey = tuple[str, str, str]
"""Box, vendor, and the bound that the operations of one pace share, or the operation that has one for itself."""


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """What a replay must know of one."""

    id: str
    operation: Operation


@dataclass(slots=True)
class BulkCount:
    """What a bulk replay comes to, for one operation."""

    rate_per_s: float
    pace: PaceKey
    rows: int = 0
    asked_first: int = 0
    """They were sent once, so the other side is asked before they are sent again."""
    forgotten: int = 0
    """Of those, the ones that are older than the vendor's memory of keys: only a lookup, or a person, can tell."""
    ends_s: float = 0.0
    """Seconds from now until the last of them may be sent."""


@dataclass(slots=True)
class BulkResult:
    """What a bulk replay came to. `more` is True where there were more than it may take, and then none was replayed."""

    more: bool = False
    replayed: int = 0
    by_operation: dict[Operation, BulkCount] = field(default_factory=dict)


def is_forgotten(delivery: Delivery, terms: VendorTerms, now: StoreTime) -> bool:
    """Whether a delivery was sent longer ago than the vendor surely remembers its key. An app's memory is the id's."""
    sent = delivery.new.box == "outbox" and delivery.ever_sent
    return sent and now.wall - delivery.new.accepted_wall >= terms.key_memory_s


class BulkReplay:
    """See the module. One for each proxy: a pace goes on over several orders."""

    def __init__(self, deliveries: Deliveries, terms: TermsOf) -> None:
        self._deliveries = deliveries
        self._terms = terms
        self._paces: dict[PaceKey, ReplayPace] = {}

    async def run(self, order: BulkOrder, wanted: DeliveryFilter, now: StoreTime) -> BulkResult:
        """Replay what an order asks for; with `dry_run` only say what would be done. Raises StoreError."""
        result = BulkResult()
        letters = await self._matches(wanted, order.at_most, now, result)
        if len(letters) > order.at_most:
            return BulkResult(more=True)
        counts = result.by_operation.values()
        for count in counts:
            rows = sum(other.rows for other in counts if other.pace == count.pace)
            count.ends_s = self._pace(count.pace).last(now.least, count.rate_per_s, order.share, rows) - now.least
        letters.reverse()
        for first in range(0, 0 if order.dry_run else len(letters), AT_ONCE):
            some = letters[first : first + AT_ONCE]
            hands = [(letter.id, self._hand(letter, order, now, result)) for letter in some]
            result.replayed += await self._put_back(hands, now)
        return result

    def _pace(self, key: PaceKey) -> ReplayPace:
        return self._paces.setdefault(key, ReplayPace())

    def _hand(self, letter: DeadLetter, order: BulkOrder, now: StoreTime, result: BulkResult) -> HandMade:
        count = result.by_operation[letter.operation]
        at = self._pace(count.pace).take(now.least, count.rate_per_s, order.share)
        return HandMade("replay", order.by, order.note, not_before=at)

    async def _put_back(self, hands: Sequence[tuple[str, HandMade]], now: StoreTime) -> int:
        done = await asyncio.gather(*(self._deliveries.act(id_, hand, now) for id_, hand in hands))
        return sum(delivery is not None for delivery in done)

    async def _matches(
        self, wanted: DeliveryFilter, at_most: int, now: StoreTime, result: BulkResult
    ) -> list[DeadLetter]:
        """What is dead and wanted, the newest first, counted; one more than `at_most` at most."""
        letters: list[DeadLetter] = []
        after = ""
        while len(letters) <= at_most:
            page = await self._deliveries.page(wanted, after=after, limit=PAGE_MAX)
            letters += [
                self._letter(delivery, now, result) for delivery in page.deliveries if delivery.dead_reason != "refused"
            ]
            after = page.next
            if not after:
                break
        return letters[: at_most + 1]

    def _letter(self, delivery: Delivery, now: StoreTime, result: BulkResult) -> DeadLetter:
        new = delivery.new
        operation: Operation = (new.box, new.vendor, new.operation)
        terms = self._terms(new.vendor, new.operation)
        pace = (new.box, new.vendor, f"limit {terms.pace}" if terms.pace else f"operation {new.operation}")
        count = result.by_operation.setdefault(operation, BulkCount(terms.rate_per_s, pace))
        count.rows += 1
        count.asked_first += delivery.ever_sent
        count.forgotten += is_forgotten(delivery, terms, now)
        return DeadLetter(new.id, operation)
