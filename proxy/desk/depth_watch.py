"""What there is of each kind of delivery, for metrics and `/state`: asked of the store at most every few seconds.

A store that does not answer leaves what it told last.
"""

from collections.abc import Callable

from tidegate.proxy.policies.resilience.store_time import StoreTime
from tidegate.proxy.store.deliveries import Deliveries
from tidegate.proxy.store.store_error import StoreError
from tidegate.proxy.telemetry.delivery_metrics import DeliveryMetrics
from tidegate.world.world import World

FRESH_S = 5.0
"""So long nobody asks again."""
ANSWER_S = 2.0
"""A scrape does not wait longer than this for the store."""


class DepthWatch:
    """See the module."""

    def __init__(
        self, world: World, deliveries: Deliveries, clock: Callable[[], StoreTime], metrics: DeliveryMetrics
    ) -> None:
        self._world = world
        self._deliveries = deliveries
        self._clock = clock
        self._metrics = metrics
        self._due = world.now()

    async def look(self) -> None:
        """Ask the store, unless it was asked just now."""
        now = self._world.now()
        if now < self._due:
            return
        self._due = now + FRESH_S
        try:
            async with self._world.timeout(ANSWER_S):
                self._metrics.depths = await self._deliveries.depths()
        except (StoreError, TimeoutError):
            return
        self._metrics.depths_wall = self._clock().wall

    def document(self) -> list[dict[str, object]]:
        """What there is of each kind, as `/state` shows it."""
        return [
            {
                "box": depth.box,
                "app": depth.app,
                "vendor": depth.vendor,
                "state": depth.state,
                "reason": depth.dead_reason,
                "deliveries": depth.rows,
                "bytes": depth.bytes,
                "oldest_s": round(max(self._metrics.depths_wall - depth.oldest_wall, 0.0), 1),
            }
            for depth in self._metrics.depths
            if depth.rows
        ]
