"""What was decided for one intent: at which vendor it is, and which were passed over because nothing was done there.

The record is written before a vendor is asked, and it changes only from what it was (compare and set). So an app that
dies between the two, or two that pursue the same intent, find the same vendor again, and never two of them.
"""

from collections import OrderedDict
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol

DECISIONS_MAX: Final = 100_000
"""The book in memory forgets the oldest beyond this."""


class Standing(StrEnum):
    """How an intent stands at its vendor."""

    BEGUN = "begun"
    """The vendor was asked, or is about to be; nothing is known of it yet."""
    IN_DOUBT = "in doubt"
    """It may have happened there: no other vendor is asked before that is known."""
    SETTLED = "settled"
    """It is there, for good: done, declined, or waiting in Tidegate's outbox."""


@dataclass(frozen=True, slots=True)
class PassedOver:
    """A vendor at which nothing was done, and why."""

    vendor: str
    reason: str


@dataclass(frozen=True, slots=True)
class Decision:
    """Where an intent is. `tries` counts how often a vendor was asked, `record_url` leads to Tidegate's record."""

    key: str
    vendor: str
    standing: Standing
    tries: int
    passed: tuple[PassedOver, ...] = ()
    record_url: str = ""


class DecisionBook(Protocol):
    """Remembers decisions by their key. An app keeps it where its orders are, for as long as a key may come again."""

    async def find(self, key: str) -> Decision | None:
        """The decision for a key; None where there is none."""
        ...

    async def replace(self, key: str, before: Decision | None, after: Decision | None) -> bool:
        """Write `after` (None takes it away) where `before` is what stands there. False where something else does."""
        ...


class DecisionBookInMemory:
    """A book that is gone with the process. See DecisionBook."""

    def __init__(self, decisions_max: int = DECISIONS_MAX) -> None:
        self._decisions: OrderedDict[str, Decision] = OrderedDict()
        self._decisions_max = decisions_max

    async def find(self, key: str) -> Decision | None:
        """See DecisionBook.find."""
        return self._decisions.get(key)

    async def replace(self, key: str, before: Decision | None, after: Decision | None) -> bool:
        """See DecisionBook.replace."""
        if self._decisions.get(key) != before:
            return False
        if after is None:
            self._decisions.pop(key, None)
        else:
            self._decisions[key] = after
            while len(self._decisions) > self._decisions_max:
                self._decisions.popitem(last=False)
        return True
