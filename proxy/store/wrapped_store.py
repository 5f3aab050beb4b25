"""A store whose deliveries are wrapped: counted, sealed. All else passes through as it is."""

from collections.abc import Callable

from tidegate.proxy.store.audit.audit_log import AuditLog
from tidegate.proxy.store.deliveries import Deliveries
from tidegate.proxy.store.quotas import Quotas
from tidegate.proxy.store.records import Records
from tidegate.proxy.store.store import Store
from tidegate.proxy.store.store_clock import StoreClock
from tidegate.proxy.store.store_health import StoreHealth
from tidegate.proxy.store.tokens import TokenRows


class WrappedStore:
    """See the module and Store. `wrap` is given the store's deliveries when they are first asked for."""

    def __init__(self, store: Store, wrap: Callable[[Deliveries], Deliveries]) -> None:
        self._of = store
        self._wrap = wrap
        self._deliveries: Deliveries | None = None

    def __repr__(self) -> str:
        return repr(self._of)

    @property
    def records(self) -> Records:
        """See Store.records."""
        return self._of.records

    @property
    def quotas(self) -> Quotas:
        """See Store.quotas."""
        return self._of.quotas

    @property
    def tokens(self) -> TokenRows:
        """See Store.tokens."""
        return self._of.tokens

    @property
    def deliveries(self) -> Deliveries:
        """See Store.deliveries."""
        if self._deliveries is None:
            self._deliveries = self._wrap(self._of.deliveries)
        return self._deliveries

    @property
    def audit(self) -> AuditLog:
        """See Store.audit."""
        return self._of.audit

    @property
    def clock(self) -> StoreClock:
        """See Store.clock."""
        return self._of.clock

    @property
    def health(self) -> StoreHealth:
        """See Store.health."""
        return self._of.health

    async def open(self, wall: float) -> None:
        """See Store.open."""
        await self._of.open(wall)

    async def keep_clock(self, *, probing: bool) -> None:
        """See Store.keep_clock."""
        await self._of.keep_clock(probing=probing)

    async def shrink(self) -> bool:
        """See Store.shrink."""
        return await self._of.shrink()

    async def close(self) -> None:
        """See Store.close."""
        await self._of.close()
