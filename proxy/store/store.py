"""The store: what is durable, behind one port. Every implementation passes the tests in tests/proxy/store.

It names no database, and knows nothing of what records and quotas mean.
"""

from typing import Protocol

from tidegate.problems import UsageError
from tidegate.proxy.store.quotas import Quotas
from tidegate.proxy.store.records import Records


class StoreError(UsageError):
    """The store is broken, full, locked, read-only, away, or a newer Tidegate's. Says which store, and why."""


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

    async def open(self, wall: float) -> None:
        """Begin a life of the proxy at the wall-clock second `wall`. Raises StoreError."""
        ...

    async def close(self) -> None:
        """Finish what was begun, then close. To be called even where `open` has failed or was never called."""
        ...
