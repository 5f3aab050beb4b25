"""A store whose deliveries are counted. All else passes through as it is."""

from tidegate.proxy.store.store import Store
from tidegate.proxy.store.wrapped_store import WrappedStore
from tidegate.proxy.telemetry.counted_deliveries import CountedDeliveries
from tidegate.proxy.telemetry.delivery_metrics import DeliveryMetrics


class CountedStore(WrappedStore):
    """See the module and Store."""

    def __init__(self, store: Store) -> None:
        self.counts = counts = DeliveryMetrics()
        super().__init__(store, lambda deliveries: CountedDeliveries(deliveries, counts))
