"""Tells of each delivery that became dead or parked: a note in the log, a count, and an event where one is wanted.

The store writes an alarm down in the transaction that makes it, and forgets it in the one that accepts the event: so a
crash loses none, and doubles no event. An event is a delivery of the inbox, with retries and a signature of its own; of
one that dies itself no event is made. The app of a write that the store has ended is told here as well: no worker was
there to do so.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence

import orjson

from tidegate.proxy.app_config import AppEndpoint
from tidegate.proxy.durable.outbox_result import untold_row
from tidegate.proxy.policies.delivery.delivery import NewDelivery
from tidegate.proxy.policies.resilience.store_time import StoreTime
from tidegate.proxy.store.deliveries import ALARMS_MAX, Deliveries, DeliveryAlarm
from tidegate.proxy.store.store_error import StoreError
from tidegate.proxy.telemetry.log_line import stamp
from tidegate.proxy.webhook_routes import EVENT_APP, OURSELVES
from tidegate.world.world import World

LOOK_EVERY_S = 2.0
EVENT_KEPT_S = 7 * 86_400.0
"""An event is known for so long after it was delivered."""

Note = Callable[[str, Mapping[str, str | float]], object]


class AlarmBell:
    """See the module. `receiver` says who gets events, `callback` where an app is told of its writes: None for nobody.

    `redact` takes known secrets out of a text.
    """

    def __init__(
        self,
        world: World,
        deliveries: Deliveries,
        clock: Callable[[], StoreTime],
        note: Note,
        *,
        receiver: Callable[[], AppEndpoint | None],
        callback: Callable[[str], AppEndpoint | None],
        redact: Callable[[str], str],
        crashed: Callable[[str, BaseException], object],
    ) -> None:
        self._world = world
        self._deliveries = deliveries
        self._clock = clock
        self._note = note
        self._receiver = receiver
        self._callback = callback
        self._redact = redact
        self._crashed = crashed
        self._ids = world.random("event ids")
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to look."""
        self._task = asyncio.get_running_loop().create_task(self._run())

    def close(self) -> None:
        """Look no more. What was not told is told by the next life of the proxy."""
        if self._task is not None:
            self._task.cancel()

    async def _run(self) -> None:
        while True:
            more = False
            try:
                more = await self.look()
            except StoreError:
                pass  # its keeper tells of it
            except Exception as error:  # noqa: BLE001 - a bug of ours must not end it for good
                self._crashed("alarms", error)
            await self._world.sleep(0.0 if more else LOOK_EVERY_S)

    async def look(self) -> bool:
        """Pass on what there is, at most ALARMS_MAX. Whether there may be more. Raises StoreError."""
        alarms = await self._deliveries.alarms()
        if not alarms:
            return False
        now = self._clock()
        await self._deliveries.pass_on(alarms, [*self._results(alarms, now), *self._events(alarms, now)], now)
        for alarm in alarms:
            self._tell(alarm)
        return len(alarms) >= ALARMS_MAX

    def _tell(self, alarm: DeliveryAlarm) -> None:
        delivery, new = alarm.delivery, alarm.delivery.new
        text = "a delivery is dead" if alarm.state == "dead" else "a delivery is parked"
        facts: dict[str, str | float] = {
            "delivery": new.id,
            "box": new.box,
            "app": new.app,
            "vendor": new.vendor,
            "operation": new.operation,
            "reason": alarm.dead_reason,
            "detail": delivery.detail,
            "attempts": delivery.attempts,
        }
        self._note(text, facts)

    def _results(self, alarms: Sequence[DeliveryAlarm], now: StoreTime) -> list[NewDelivery]:
        rows: list[NewDelivery] = []
        for alarm in alarms:
            endpoint = self._callback(alarm.delivery.new.app)
            row = untold_row(alarm, endpoint, now) if endpoint is not None else None
            if row is not None:
                rows.append(row)
        return rows

    def _events(self, alarms: Sequence[DeliveryAlarm], now: StoreTime) -> list[NewDelivery]:
        receiver = self._receiver()
        if receiver is None:
            return []
        return [self._event(alarm, receiver, now) for alarm in alarms if alarm.delivery.new.app != EVENT_APP]

    def _event(self, alarm: DeliveryAlarm, receiver: AppEndpoint, now: StoreTime) -> NewDelivery:
        delivery, new = alarm.delivery, alarm.delivery.new
        kind = f"delivery.{alarm.state}"
        data = {
            "id": new.id,
            "box": new.box,
            "app": new.app,
            "vendor": new.vendor,
            "operation": new.operation,
            "order_key": self._redact(new.order_key),
            "state": alarm.state,
            "reason": alarm.dead_reason,
            "detail": self._redact(delivery.detail),
            "attempts": delivery.attempts,
            "status": delivery.status,
            "accepted": stamp(new.accepted_wall),
        }
        body = orjson.dumps({"type": kind, "timestamp": stamp(now.wall), "data": data})
        return NewDelivery(
            id=f"evt_{self._ids.getrandbits(128):032x}",
            box="inbox",
            app=EVENT_APP,
            vendor=OURSELVES,
            operation=kind,
            key=f"{new.id}.{alarm.n}",
            fingerprint="",
            method="POST",
            destination=receiver.url,
            headers=orjson.dumps([["Content-Type", "application/json"], ["Tidegate-Event", kind]]),
            body=body,
            accepted_wall=now.wall,
            deadline=now.least + receiver.deadline,
            keep_s=EVENT_KEPT_S,
        )
