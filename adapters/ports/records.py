"""The port through which an app keeps records in step with a system of somebody else's: `TrackedRecords`.

A record is a piece of work with a title and a text, that is open or closed. Nothing here names a vendor. Each operation
raises one of the failures in failures.py, and nothing else.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from tidegate.adapters.ports.deferred import Deferred
from tidegate.adapters.ports.failures import VendorFailure
from tidegate.adapters.ports.moments import in_utc


class RecordState(StrEnum):
    """Whether there is anything left to do."""

    OPEN = "open"
    CLOSED = "closed"
    UNKNOWN = "unknown"
    """A word that this version does not know: look at `vendor_state`."""


@dataclass(frozen=True, slots=True)
class Record:
    """A record as it was at `changed_at`.

    `id` has the vendor's name before it. `version` names this state of it: it is another one after each change.
    """

    id: str
    title: str
    text: str
    state: RecordState
    vendor_state: str
    labels: tuple[str, ...]
    version: str
    changed_at: datetime

    def __post_init__(self) -> None:
        in_utc(self.changed_at)


@dataclass(frozen=True, slots=True)
class RecordDraft:
    """What a record shall be. A new one is open."""

    title: str
    text: str = ""
    is_open: bool = True
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RecordPage:
    """TrackedRecords, the one that was changed longest ago first. `after` fetches the next page; None on the last.

    A record may come twice, where it is changed while pages are fetched: its version tells.
    """

    records: tuple[Record, ...]
    after: str | None


class VersionConflict(VendorFailure):
    """The record is no longer the one of this version: nothing was done. Fetch it, and decide anew."""


class TrackedRecords(Protocol):
    """The port for records.

    `key` is the idempotency key of a write: 1 to 255 visible ASCII characters, the app's own name for this very intent.
    """

    async def changed_since(self, since: datetime, *, after: str | None = None, size: int = 50) -> RecordPage:
        """List what was changed at or after a moment, `size` a page (1 to 100)."""
        ...

    async def find(self, record_id: str) -> Record:
        """Look a record up. Raises NotFound."""
        ...

    async def create(self, draft: RecordDraft, *, key: str) -> Record | Deferred:
        """Make a record."""
        ...

    async def put(self, record_id: str, draft: RecordDraft, *, version: str, key: str) -> Record | Deferred:
        """Bring a record to a new state, where it is still the one of this version. Raises VersionConflict.

        A vendor that cannot compare versions itself is asked for the record just before. Between the two requests
        somebody else may change it: their change is then overwritten.
        """
        ...

    async def record_of(self, deferred: Deferred) -> Record | Deferred:
        """See what came of a record's write that was deferred. Raises what the write raises, and Undelivered."""
        ...
