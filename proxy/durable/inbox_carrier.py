"""Carries what the inbox holds to apps: webhooks of vendors, and the results of writes that were carried out later.

Each address of an app has a breaker of its own. While that is open nothing for it is leased, and no attempt is burned;
an app that is away or slow holds up nobody else. What becomes of a delivery is decided in
tidegate.proxy.policies.delivery.inbox_decision. It refuses to know how a post is made and where deliveries are stored.
"""

from collections import Counter
from collections.abc import Callable, Mapping

from tidegate.proxy.app_config import POST_S_MAX
from tidegate.proxy.durable.app_post import AppDoor
from tidegate.proxy.durable.delivery_worker import Begin, HeldBy, Settled
from tidegate.proxy.policies.delivery.delivery import Box, Delivery, Settlement
from tidegate.proxy.policies.delivery.inbox_decision import PostResult, decide_post, pause_s, postponed, stopped
from tidegate.proxy.policies.resilience.breaker_states import BreakerState
from tidegate.proxy.policies.resilience.circuit_breaker import BreakerPermit, CallNotPermitted
from tidegate.proxy.policies.resilience.store_time import StoreTime
from tidegate.proxy.telemetry import traceparent
from tidegate.proxy.telemetry.ended_post import EndedPost
from tidegate.proxy.telemetry.inbox_metrics import InboxMetrics
from tidegate.proxy.telemetry.telemetry import Noted, SpanSink
from tidegate.proxy.telemetry.traceparent import Trace
from tidegate.proxy.webhook_routes import OURSELVES, EndpointKey, EndpointRoute, WebhookRoutes
from tidegate.world.world import World

POSTS_MAX = 8
"""Posts under way to one app."""
NOWHERE_S = 60.0
"""What has no address in tidegate.yaml is looked at again after so long."""


class InboxCarrier:
    """See the module, and tidegate.proxy.durable.delivery_worker.Carrier. A reload sets `routes`."""

    box: Box = "inbox"
    held_by: HeldBy = "apps"
    longest_s = POST_S_MAX

    def __init__(
        self,
        world: World,
        now: Callable[[], StoreTime],
        routes: WebhookRoutes,
        note: Noted,
        transport: str = "auto",
        spans: SpanSink | None = None,
    ) -> None:
        self.routes, self.metrics = routes, InboxMetrics()
        self._world, self._now, self._note, self._transport = world, now, note, transport
        self._spans, self._ids = spans, world.random("post ids")
        self._rng = world.random("inbox backoff")
        self._doors: dict[EndpointKey, AppDoor] = {}
        self._under_way: Counter[str] = Counter()
        self.metrics.breakers = lambda: {key: str(door.breaker.state) for key, door in self._doors.items()}

    def room(self) -> Mapping[str, int]:
        """App → how many more of its deliveries may be leased: as many as the widest of its doors lets through."""
        room: dict[str, int] = {}
        for app, purpose in self.routes.endpoints:
            room[app] = max(room.get(app, 0), self._places((app, purpose)))
        return room

    async def carry(self, delivery: Delivery, begin: Begin) -> Settled:
        """Post one, if there is an address for it and the breaker before that lets it through."""
        app = delivery.new.app
        self._under_way[app] += 1
        try:
            return await self._carried(app, delivery, begin), None
        finally:
            self._under_way[app] -= 1

    async def _carried(self, app: str, delivery: Delivery, begin: Begin) -> Settlement:
        key: EndpointKey = (app, "callback" if delivery.new.vendor == OURSELVES else "webhooks")
        route = self.routes.endpoints.get(key)
        if route is None:
            why = f"apps.{app}.{key[1]} is not in tidegate.yaml"
            return postponed(delivery, self._now().least, NOWHERE_S, why)
        door = await self._door(key, route)
        permit = door.breaker.acquire(self._world.now())
        if isinstance(permit, CallNotPermitted):
            why = f"the app is left alone because it has been failing ({permit.reason})"
            return postponed(delivery, self._now().least, permit.retry_after_s, why)
        result, began = PostResult(ours=True), self._world.now()
        call_id = f"{self._ids.getrandbits(96):024x}"
        trace = traceparent.enter(delivery.new.trace, self._ids, 0.0) if delivery.new.trace else None
        own = traceparent.write(trace.trace_id, trace.span_id, sampled=trace.sampled) if trace is not None else ""
        try:
            await begin(call_id)
            result = await door.post(delivery, own)
        finally:
            self._release(key, door, permit, result)
        now = self._now()
        wait_s = pause_s(self._rng, delivery.attempts + 1, delivery.tried_for_s(now))
        settlement = decide_post(delivery, result, now.least, wait_s)
        took_s = self._world.now() - began
        self._tell(delivery, result, settlement, took_s, call_id)
        if self._spans is not None and trace is not None and trace.sampled:
            self._spans.add_post(_ended(delivery, result, route, trace, (call_id, now.wall, took_s)))
        return settlement

    def cut_off(self, delivery: Delivery, *, begun: bool) -> Settlement:
        """See Carrier.cut_off: an app tells a second post by its id."""
        del delivery, begun
        return stopped(self._now().least)

    async def close(self) -> None:
        """Close every connection."""
        for door in self._doors.values():
            await door.close()

    def _places(self, key: EndpointKey) -> int:
        """The places before one door: none while its breaker is open, one for a probe."""
        left = POSTS_MAX - self._under_way[key[0]]
        door = self._doors.get(key)
        if door is None:
            return left
        snapshot = door.breaker.snapshot(self._world.now())
        if snapshot.state is BreakerState.HALF_OPEN:
            return 1 if not snapshot.probes_out else 0
        return left if snapshot.state in (BreakerState.CLOSED, BreakerState.FORCED_CLOSED) else 0

    async def _door(self, key: EndpointKey, route: EndpointRoute) -> AppDoor:
        """The door as it is in force. Those that lead nowhere any more are closed."""
        door = self._doors.get(key)
        if door is None:
            door = self._doors[key] = AppDoor(self._world, route, self._transport)
        elif door.route is not route:
            await door.change(route)
        for gone in [known for known in self._doors if known not in self.routes.endpoints]:
            await self._doors.pop(gone).close()
        return door

    def _release(self, key: EndpointKey, door: AppDoor, permit: BreakerPermit, result: PostResult) -> None:
        breaker, now = door.breaker, self._world.now()
        if result.away_s:
            events = breaker.away(permit, result.away_s, now)
        else:
            events = breaker.release(permit, result.verdict, 0.0, now)
        for event in events:
            change = {"from": event.source, "to": event.target, "because": event.trigger}
            self._note("breaker before an app", self._world.wall(), app=key[0], purpose=key[1], **change)

    def _tell(
        self, delivery: Delivery, result: PostResult, settlement: Settlement, took_s: float, call_id: str
    ) -> None:
        """Count a post and write its line, which says nothing of what was posted."""
        new = delivery.new
        self.metrics.posts[new.app, settlement.state] += 1
        facts: dict[str, str | float] = {"app": new.app, "vendor": new.vendor, "event": new.operation}
        facts |= {
            "call": call_id,
            "delivery": new.id,
            "trace": new.trace[3:35],
            "reason": settlement.dead_reason,
            "error": result.error,
        }
        told = {name: value for name, value in facts.items() if value}
        self._note(
            "post to an app", self._world.wall(), **told, outcome=settlement.state, status=result.status,
            attempt=delivery.attempts + 1, took_ms=round(took_s * 1000, 3),
            age_ms=round((self._world.wall() - new.accepted_wall) * 1000, 3),
        )  # fmt: skip


def _ended(
    delivery: Delivery, result: PostResult, route: EndpointRoute, trace: Trace, post: tuple[str, float, float]
) -> EndedPost:
    """`post` is its id, the second in which it ended, since 1970, and the seconds that it took."""
    new, (call_id, ended_wall, took_s) = delivery.new, post
    return EndedPost(
        new.id, call_id, new.app, new.operation, route.settings.url, new.trace, trace, ended_wall - took_s, ended_wall,
        result.status, result.error,
    )  # fmt: skip
