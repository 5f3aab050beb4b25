"""The workers of a proxy: started and stopped with it. A reload leaves them be, and changes what their calls meet."""

from collections.abc import Mapping

from tidegate.proxy.app_config import AppEndpoint
from tidegate.proxy.durable.alarm_bell import AlarmBell
from tidegate.proxy.durable.delivery_worker import Carrier, DeliveryWorker
from tidegate.proxy.durable.inbox_carrier import InboxCarrier
from tidegate.proxy.durable.outbox_carrier import OutboxCarrier, Pipelines
from tidegate.proxy.durable.outcome_lookup import CarryOut
from tidegate.proxy.policies.delivery.delivery import Box
from tidegate.proxy.policies.delivery.seclusion import Seclusion
from tidegate.proxy.store.store import Store
from tidegate.proxy.telemetry.telemetry import Telemetry
from tidegate.world.world import World


class Workers:
    """See the module."""

    def __init__(
        self,
        world: World,
        store: Store,
        pipelines: Pipelines,
        carry_out: CarryOut,
        telemetry: Telemetry,
        inbox: InboxCarrier,
    ) -> None:
        self._store = store

        def callback(app: str) -> AppEndpoint | None:
            route = inbox.routes.endpoints.get((app, "callback"))
            return route.settings if route is not None else None

        carrier = OutboxCarrier(world, store.deliveries, store.records.now, pipelines, carry_out, callback)

        def crashed(what: str, error: BaseException) -> None:
            telemetry.crashed(what, error, world.wall())

        def note(text: str, facts: Mapping[str, str | float]) -> None:
            telemetry.note(text, world.wall(), **facts)

        def redact(text: str) -> str:  # a reload puts another redactor in
            return telemetry.redactor.text(text)

        self._bell = AlarmBell(
            world, store.deliveries, store.clock.now, note, receiver=lambda: inbox.routes.events, callback=callback,
            redact=redact, crashed=crashed,
        )  # fmt: skip
        seclusion = Seclusion()

        def worker(of: Carrier) -> DeliveryWorker:
            now = store.records.now
            return DeliveryWorker(world, store.deliveries, now, of, crashed=crashed, seclusion=seclusion)

        self._by_box: dict[Box, DeliveryWorker] = {"outbox": worker(carrier), "inbox": worker(inbox)}

    @property
    def in_flight(self) -> int:
        """The number of deliveries under way."""
        return sum(worker.in_flight for worker in self._by_box.values())

    def start(self) -> None:
        """Begin to work."""
        self._store.deliveries.wake = self._wake
        for worker in self._by_box.values():
            worker.start()
        self._bell.start()

    async def drain(self) -> None:
        """Lease nothing more, and wait for what is under way. May be cancelled."""
        for worker in self._by_box.values():
            await worker.drain()

    async def close(self) -> None:
        """Stop now: what is under way is handed back."""
        self._bell.close()
        for worker in self._by_box.values():
            await worker.close()

    def _wake(self, box: Box) -> None:
        worker = self._by_box.get(box)
        if worker is not None:
            worker.wake()
