"""A store whose deliveries are counted. All else passes through as it is."""

from tidegate.proxy.store.deliveries import Deliveries
from tidegate.proxy.store.quotas import Quotas
from tidegate.proxy.store.records import Records
from tidegate.proxy.store.store import Store
from tidegate.proxy.store.store_clock import StoreClock
from tidegate.proxy.store.store_health import StoreHealth
from tidegate.proxy.telemetry.counted_deliveries import CountedDeliveries
from tidegate.proxy.telemetry.delivery_metrics import DeliveryMetrics


class CountedStore:
    """See the module and Store."""

    def __init__(self, store: Store) -> None:
        self._of = store
        self.counts = DeliveryMetrics()
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
    def deliveries(self) -> Deliveries:
        """See Store.deliveries."""
        if self._deliveries is None:
            self._deliveries = CountedDeliveries(self._of.deliveries, self.counts)
        return self._deliveries

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
