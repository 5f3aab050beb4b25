"""Outbox and inbox of a trial: the addresses and secrets, the apps that are posted to, and what is read at the end."""

import base64
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson

from tidegate.chaos.apps.event_receiver import EventReceiver
from tidegate.chaos.apps.http_client import HttpClient, NotConnected
from tidegate.chaos.apps.naive_sdk import ConnectionLost
from tidegate.chaos.apps.retry_loop import Intent
from tidegate.chaos.apps.search_apps import AppCall
from tidegate.chaos.apps.stories import (
    APPS,
    KEPT_CUSTOMERS,
    OPERATIONS,
    REFUND,
    TOKENS,
    app_of,
    payment_of,
)
from tidegate.chaos.judge.boxes.box_evidence import BoxEvidence, InboxTap, WriteRecord
from tidegate.chaos.search_vendors import PAYMENTS
from tidegate.chaos.timeline.boxes import Boxes
from tidegate.chaos.world.virtual_world import VirtualWorld
from tidegate.proxy.app import Proxy
from tidegate.proxy.app_config import AppSettings
from tidegate.proxy.config import Config
from tidegate.proxy.durable.inbox import Inbox
from tidegate.proxy.inbox_config import InboxSettings
from tidegate.simulator.app import SimulatorServer

INBOX_HOST, APPS_HOST = "198.51.100.9", "198.51.100.10"
INBOX_PORT, APPS_PORT = 8082, 3000
EVENTS = ("payment_intent.succeeded", "customer.*", "refund.created")
SIGNING = "whsec_of_the_vendor_that_no_output_may_show"
SIGNING_VARIABLE = "STRIPE_WEBHOOK_SECRET"
APP_SECRETS = {app: "whsec_" + base64.b64encode(f"{app}: no output may show this".encode()).decode() for app in APPS}

SETTLE_S = 1200.0
"""Within this everything must have ended that time can end: twice the longest pause of the worker's."""
SETTLE_EVERY_S = 10.0
PATIENCE_S = 60.0

_BURNED = """SELECT count(*) FROM deliveries AS d
    WHERE d.attempts < 100 AND d.attempts > (SELECT count(*) FROM delivery_attempts AS a WHERE a.seq = d.seq)"""
_BEGUN = """SELECT d.id, max(a.began_wall) - d.accepted_wall
    FROM deliveries AS d JOIN delivery_attempts AS a USING (seq) WHERE d.box = 'outbox' GROUP BY d.seq"""
_POISONED = """SELECT app, body FROM deliveries JOIN delivery_bodies USING (seq)
    WHERE box = 'inbox' AND dead_reason = 'poison'"""
_BEHIND = """SELECT id FROM deliveries AS d WHERE live AND order_key <> '' AND EXISTS (
    SELECT 1 FROM deliveries AS p WHERE p.state IN ('parked', 'unknown') AND p.box = d.box AND p.app = d.app
    AND p.order_key = d.order_key AND p.seq < d.seq)"""
"""What waits behind a write that waits for a person, or of which nothing is known: that one is judged itself."""
_LEFT = "SELECT id, box, state, app, key FROM deliveries WHERE live AND state <> 'parked'"


def environ() -> dict[str, str]:
    """The secrets, by the names that the configuration gives them."""
    return {SIGNING_VARIABLE: SIGNING, **{f"{app.upper()}_HOOKS": secret for app, secret in APP_SECRETS.items()}}


def config_of(boxes: Boxes, plain: Config) -> Config:
    """The configuration of a trial, with its inbox, and the addresses of its apps."""
    inbox = InboxSettings.model_validate(
        {
            "listen": f"{INBOX_HOST}:{INBOX_PORT}",
            "sources": {PAYMENTS: {"vendor": PAYMENTS, "apps": [*APPS]}},
            "backlog_max": boxes.backlog_max,
        },
        strict=False,
    )
    apps = {app: _app(app, boxes) for app in APPS}
    return plain.model_copy(update={"inbox": inbox, "apps": apps})


def _app(app: str, boxes: Boxes) -> AppSettings:
    where = {"secrets": [f"env:{app.upper()}_HOOKS"], "timeout": "5s"}
    base = f"http://{APPS_HOST}:{APPS_PORT}/{app}"
    order = {"order_by": "/data/object/id", "order": boxes.inbox_order, "skip_after": 2}
    written = {
        "webhooks": {"url": f"{base}/webhooks", **where, **order},
        "callback": {"url": f"{base}/callback", **where},
    }
    return AppSettings.model_validate(written, strict=False)


class BoxStage:
    """The part of a trial's world that plays them."""

    def __init__(self, boxes: Boxes, world: VirtualWorld) -> None:
        self._boxes = boxes
        self._world = world
        if boxes.torn:
            world.disk.torn = world.random("torn commits")
        self.receiver = EventReceiver(world.machine("apps"), APP_SECRETS, world.now)
        self._tap = InboxTap(world.network.line(INBOX_HOST), world.now, SIGNING)
        self._inbox: Inbox | None = None
        self._vendor: SimulatorServer | None = None

    async def start(self, vendor: SimulatorServer, intents: Sequence[Intent]) -> None:
        """Let the apps listen, the vendor know the inbox, and what is changed be there."""
        self._vendor = vendor
        await self.receiver.start(APPS_HOST, APPS_PORT)
        vendor.webhooks.register(f"http://{INBOX_HOST}:{INBOX_PORT}/{PAYMENTS}", EVENTS)
        kinds = vendor.resource_operations.kinds
        for app in APPS:
            for n in range(KEPT_CUSTOMERS):
                vendor.service.place(kinds["customer"], {"id": f"cus_{app}_{n}", "metadata": {}})
        for intent in intents:
            if OPERATIONS[intent.story] == REFUND:
                paid = {"status": "succeeded", "amount": 1999, "amount_received": 1999, "currency": "eur"}
                vendor.service.place(kinds["payment_intent"], {"id": payment_of(intent), **paid, "metadata": {}})

    async def start_inbox(self, machine: VirtualWorld, proxy: Proxy) -> None:
        """Start the inbox of a proxy, on its machine."""
        assert proxy.config.inbox is not None
        parts = proxy.parts
        self._inbox = Inbox(
            machine, proxy.config.inbox, parts.store, proxy.telemetry, parts.inbox.metrics,
            lambda: (proxy.config, proxy.parts.inbox.routes),
        )  # fmt: skip
        await self._inbox.start()

    async def settle(self, store: Path) -> None:
        """Wait until everything has ended, or should have. Then the vendor sends no webhook again."""
        assert self._vendor is not None
        until = self._world.now() + SETTLE_S
        for _ in range(2):
            while self._left(store) and self._world.now() < until:
                await self._world.sleep(SETTLE_EVERY_S)
            self._vendor.webhooks.reset()
            await self._world.sleep(SETTLE_EVERY_S)

    async def evidence(self, client: HttpClient, calls: Sequence[AppCall], store: Path) -> BoxEvidence:
        """Read every record as its app does, and what is left."""
        records: dict[str, WriteRecord] = {}
        for call in calls:
            name = call.record
            if name and name not in records:
                records[name] = await read_record(client, name, TOKENS[app_of(call.intent)])
        boxes, connection = self._boxes, self._world.disk.connection(store)
        return BoxEvidence(
            boxes.deferral, boxes.inbox_order, records, self._tap.posts, self.receiver.taken, self._left(store),
            burned=connection.execute(_BURNED).fetchone()[0],
            begun=dict(connection.execute(_BEGUN).fetchall()),
            poisoned=frozenset((app, body) for app, body in connection.execute(_POISONED)),
            behind=frozenset(name for (name,) in connection.execute(_BEHIND)),
            keys={name: (app, key) for name, _, _, app, key in connection.execute(_LEFT)},
        )  # fmt: skip

    async def close_inbox(self) -> None:
        """End what it still does."""
        assert self._inbox is not None
        await self._inbox.close()

    def _left(self, store: Path) -> Mapping[str, str]:
        return left_over(self._world, store)


def left_over(world: VirtualWorld, store: Path) -> Mapping[str, str]:
    """What has not ended in a proxy's store, and waits behind nothing that waits for a person: its box and state."""
    connection = world.disk.connection(store)
    behind = {name for (name,) in connection.execute(_BEHIND)}
    return {name: f"{box} {state}" for name, box, state, _, _ in connection.execute(_LEFT) if name not in behind}


async def read_record(client: HttpClient, name: str, token: str) -> WriteRecord:
    """The record of a write, as its app reads it; an empty one where it gets none."""
    head = f"GET /_tidegate/calls/{name} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n\r\n"
    try:
        answer = await client.ask(head.encode(), PATIENCE_S)
    except (ConnectionLost, NotConnected):
        return WriteRecord("")
    if answer.status != 200:
        return WriteRecord("")
    document: dict[str, Any] = orjson.loads(answer.body)
    state, reason, outcome = (str(document.get(name) or "") for name in ("state", "reason", "outcome"))
    return WriteRecord(state, reason, outcome, document.get("tries", 0))
