"""The store: what is durable, behind one port. Every implementation passes the tests in tests/proxy/store.

It names no database, and knows nothing of what records, quotas and deliveries mean.
"""

from typing import Protocol

from tidegate.proxy.store.audit.audit_log import AuditLog
from tidegate.proxy.store.deliveries import Deliveries
from tidegate.proxy.store.quotas import Quotas
from tidegate.proxy.store.records import Records
from tidegate.proxy.store.store_clock import StoreClock
from tidegate.proxy.store.store_health import StoreHealth
from tidegate.proxy.store.tokens import TokenRows


class Store(Protocol):
    """One store. `await open(wall)` comes first, `await close()` last."""

    @property
    def records(self) -> Records:
        """The keyed calls and unknown outcomes."""
        ...

    @property
    def quotas(self) -> Quotas:
        """The use of calendar quotas."""
        ...

    @property
    def tokens(self) -> TokenRows:
        """The tokens that proxies share, and the leases on their renewal."""
        ...

    @property
    def deliveries(self) -> Deliveries:
        """The outbox and the inbox."""
        ...

    @property
    def audit(self) -> AuditLog:
        """What somebody may have to answer for."""
        ...

    @property
    def clock(self) -> StoreClock:
        """The age of the store, which goes on over restarts."""
        ...

    @property
    def health(self) -> StoreHealth:
        """Whether writes can be recorded now."""
        ...

    async def open(self, wall: float) -> None:
        """Begin a life of the proxy at the wall-clock second `wall`. Raises StoreError."""
        ...

    async def keep_clock(self, *, probing: bool) -> None:
        """Write down what the clock says. Raises StoreError.

        `probing`, it writes as much as a large record has, and notes in `health` that the store works.
        """
        ...

    async def shrink(self) -> bool:
        """Give space that nobody uses back, a slice of it; True where there is more. Raises StoreError."""
        ...

    async def close(self) -> None:
        """Finish what was begun, then close. To be called even where `open` has failed or was never called."""
        ...
