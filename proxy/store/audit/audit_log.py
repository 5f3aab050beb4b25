"""The audit log: what people, and the proxy itself, did that somebody may have to answer for. The port.

Rows are appended, never changed, and chained by hashes (audit_chain). Several proxies on one store append to one chain.
It refuses to know where rows are stored, and what is recorded.
"""

from collections.abc import Sequence
from typing import Protocol

from tidegate.proxy.policies.resilience.store_time import StoreTime
from tidegate.proxy.store.audit.audit_chain import AuditEntry, AuditHead, AuditRow

AUDIT_KEPT_S = 400 * 86_400.0
"""A row is kept so long: more than a year, so that a yearly audit sees the year before it whole."""
AUDIT_KEY_BYTES = 32
ROWS_MAX = 500
"""At most so many rows are read at once."""


class AuditLog(Protocol):
    """The audit log of a store. Every method raises StoreError."""

    @property
    def key(self) -> bytes:
        """The key of the fingerprints of secrets: drawn once for each store, and in no row. There once it is open."""
        ...

    async def append(self, entries: Sequence[AuditEntry], now: StoreTime) -> Sequence[AuditRow]:
        """Append rows, all or none, and return them once they are on the disk."""
        ...

    async def rows(
        self, *, after: int = 0, limit: int = ROWS_MAX, target: str = "", what: str = ""
    ) -> Sequence[AuditRow]:
        """Rows after number `after`, the oldest first; only those of a target, or of a kind, where that is given."""
        ...

    async def newest(self, *, before: int, limit: int, target: str = "", what: str = "") -> Sequence[AuditRow]:
        """Rows before number `before`, the newest first, narrowed as `rows` are."""
        ...

    async def head(self) -> AuditHead:
        """The end and the start of the chain."""
        ...

    async def sweep(self, now: StoreTime) -> int:
        """Delete the oldest rows that need not be kept any longer, a bounded number. Returns how many went."""
        ...
