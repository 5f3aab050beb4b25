"""Asks vendors for the events whose webhooks never came, where their files say how (`webhooks.backfill`).

One poll for each source, never more often than once a minute, through the vendor's own pipeline: its limits hold. What
was missed is decided in tidegate.proxy.policies.delivery.backfill_decision, and goes the way of a webhook from there.
One page is asked for: of the events between two polls no more than it holds are made up for.
"""

from collections.abc import Callable
from hashlib import sha256
from random import Random

import orjson

from tidegate.json_pointer import at_pointer
from tidegate.proxy.durable.inbox_rows import ReceivedWebhook, backlog_of, event_parts, keep_s_of, rows_of
from tidegate.proxy.durable.own_reads import OwnReads, ReadError
from tidegate.proxy.inbox_config import InboxSettings
from tidegate.proxy.policies.delivery.backfill_decision import missed_events
from tidegate.proxy.policies.delivery.webhook_event import WebhookEvent
from tidegate.proxy.policies.resilience.store_time import StoreTime
from tidegate.proxy.policies.webhooks.dedupe_id import dedupe_id
from tidegate.proxy.policies.webhooks.verdict import InboundWebhook, VerifiedWebhook
from tidegate.proxy.store.deliveries import Accepted, Deliveries
from tidegate.proxy.store.store_error import StoreError
from tidegate.proxy.telemetry.inbox_metrics import InboxMetrics
from tidegate.proxy.telemetry.telemetry import Noted
from tidegate.proxy.webhook_routes import WebhookRoutes, WebhookSource
from tidegate.vendor.webhook_facts import Backfill
from tidegate.world.world import World

EVERY_MIN_S = 60.0
"""No source is polled more often, whatever its vendor file says."""
FIRST_S = 30.0
"""The first poll comes so long after the start: what was missed while nobody listened is wanted soon."""
LOOK_EVERY_S = 5.0
EVENTS_MAX = 100
"""So many events of an answer are looked at."""
HEADERS = {"content-type": "application/json"}


class BackfillPoller:
    """See the module. `routes` gives what is in force, `clock` the time of the store."""

    def __init__(
        self,
        world: World,
        deliveries: Deliveries,
        clock: Callable[[], StoreTime],
        routes: Callable[[], tuple[InboxSettings, WebhookRoutes]],
        reads: OwnReads,
        metrics: InboxMetrics,
        note: Noted,
    ) -> None:
        self._world, self._deliveries, self._clock, self._routes = world, deliveries, clock, routes
        self._reads, self._metrics, self._note = reads, metrics, note
        self._ids: Random = world.random("backfill ids")
        self._due: dict[str, float] = {}

    async def run(self) -> None:
        """Poll until this is cancelled."""
        while True:
            for source in tuple(self._routes()[1].sources.values()):
                poll = source.facts.backfill
                if isinstance(poll, Backfill) and is_pollable(source) and self._is_due(source.name, poll.every):
                    await self._polled(source, poll)
            await self._world.sleep(LOOK_EVERY_S)

    async def poll(self, source: WebhookSource, poll: Backfill) -> int:
        """Ask once, and accept what was missed: how many events. Raises StoreError and ReadError."""
        answer = await self._reads.read(source.vendor, poll.operation, poll.query)
        events = [webhook for webhook in _events(source, poll, answer) if source.wants(webhook.name)]
        remembered_s = self._routes()[0].remember
        missed = missed_events([await self._came_s(webhook) for webhook in events], remembered_s)
        return sum([await self._accept(events[place]) for place in missed])

    async def _polled(self, source: WebhookSource, poll: Backfill) -> None:
        try:
            missed = await self.poll(source, poll)
        except (StoreError, ReadError) as error:
            self._note("no backfill", self._world.wall(), source=source.name, why=str(error))
            return
        if missed:
            self._metrics.received[source.name, "backfilled"] += missed
            self._note("webhooks that never came", self._world.wall(), source=source.name, events=missed)

    def _is_due(self, name: str, every_s: float) -> bool:
        now = self._world.now()
        due = self._due.setdefault(name, now + FIRST_S)
        if now < due:
            return False
        self._due[name] = now + max(every_s, EVERY_MIN_S) * (1.0 + 0.1 * self._ids.random())
        return True

    async def _came_s(self, webhook: ReceivedWebhook) -> float | None:
        """Seconds since it came, by the clock that says more; None where no app of the source has it, or had it."""
        source, key = webhook.source, webhook.verified.dedupe_id
        for app in source.apps:
            found = await self._deliveries.find_key("inbox", app, source.vendor, webhook.name, key)
            if found is not None:
                now = self._clock()
                return max(now.wall - found.new.accepted_wall, found.tried_for_s(now))
        return None

    async def _accept(self, webhook: ReceivedWebhook) -> bool:
        settings, routes = self._routes()
        apps = [routes.endpoints[app, "webhooks"] for app in webhook.source.apps]
        rows = rows_of(webhook, apps, self._clock(), keep_s=keep_s_of(webhook.source, settings), ids=self._ids)
        bounds = backlog_of(settings)
        came = [await self._deliveries.accept(row, self._clock(), bounds) for row in rows]
        return any(isinstance(one, Accepted) for one in came)


def is_pollable(source: WebhookSource) -> bool:
    """Whether a listed event can be known again: its id and its name stand in the event itself."""
    facts = source.facts
    listed = isinstance(facts.backfill, Backfill) and facts.backfill.items is not None
    known = facts.dedupe is not None and facts.dedupe.pointer is not None and source.recipe.grammar.items is None
    return listed and known and all(part.startswith("/") for part in event_parts(source))


def _events(source: WebhookSource, poll: Backfill, answer: bytes) -> list[ReceivedWebhook]:
    """The events of an answer, as their webhooks would have brought them, the newest first."""
    try:
        items = at_pointer(orjson.loads(answer), poll.items or "")
    except orjson.JSONDecodeError:
        return []
    events = []
    for item in items[:EVENTS_MAX] if isinstance(items, list) else ():
        body = orjson.dumps(item)
        digest = sha256(body).hexdigest()
        name = dedupe_id(source.recipe, InboundWebhook((), body), digest)
        event = WebhookEvent(HEADERS, body)
        verified = VerifiedWebhook(str(name), digest, 0)
        events.append(
            ReceivedWebhook(source, HEADERS, body, verified, event, event.name(event_parts(source)), late=True)
        )
    return events
