"""Webhooks through an outage of the app and a crash of the proxy, in the virtual world: none lost, all in order."""

import asyncio
import json
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
from aiohttp import web
from standardwebhooks import Webhook

from tests.proxy.durable.inbox_town import APP_SECRET, ENVIRON, configured, loaded_vendors, stripe_event, stripe_signed
from tidegate.chaos.world.virtual_loop import run
from tidegate.chaos.world.virtual_world import VirtualWorld
from tidegate.openapi.document import Document
from tidegate.proxy.app import Proxy
from tidegate.proxy.durable.inbox import Inbox
from tidegate.proxy.store.deliveries import DeliveryFilter
from tidegate.simulator.behaviour.webhook_post import PostError, post

EVENTS = 200
THINGS = 10
SPACED_S = 2.0
"""From one event to the next: together they take longer than the outage."""
OUTAGE = (60.0, 360.0)
CRASH_S = 200.0
AWAY_S = 5.0
"""The proxy is back after so long."""
INBOX_PORT, APP_PORT, APP_ADDRESS = 8082, 3000, "10.0.0.7"


@dataclass
class Scene:
    """What happened. `posts` has moment, webhook-id and event of each post that the app took."""

    world: VirtualWorld
    folder: Path
    acknowledged: set[str] = field(default_factory=set)
    refused: list[int] = field(default_factory=list)
    posts: list[tuple[float, str, dict[str, str]]] = field(default_factory=list)
    accepted: dict[str, str] = field(default_factory=dict)
    """Event → the id of its delivery, in the order in which they were accepted."""

    async def take(self, request: web.BaseRequest) -> web.StreamResponse:
        """The app."""
        body, headers = await request.read(), request.headers
        at = datetime.fromtimestamp(int(headers["webhook-timestamp"]), UTC)
        mark = Webhook(APP_SECRET).sign(headers["webhook-id"], at, body.decode())
        assert headers["webhook-signature"] == mark
        event = json.loads(body)
        self.posts.append(
            (self.world.now(), headers["webhook-id"], {"id": event["id"], "thing": event["data"]["object"]["id"]})
        )
        return web.Response(status=204)

    async def open_app(self) -> VirtualWorld:
        """Let the app listen, on a machine of its own."""
        machine = self.world.machine("app")
        await machine.listen(web.Server(self.take, access_log=None), APP_ADDRESS, APP_PORT)
        return machine

    async def open_inbox(self, machine: VirtualWorld) -> tuple[Proxy, Inbox]:
        """Start a proxy with its inbox on a machine."""
        loaded = loaded_vendors(("stripe",))
        changes = {"listen": f"127.0.0.1:{INBOX_PORT}"}
        config = configured(
            ("stripe",), self.folder / "store.db", f"http://{APP_ADDRESS}:{APP_PORT}/hooks",
            {"inbox": changes, "webhooks": {"order_by": "/data/object/id"}},
        )  # fmt: skip
        documents = {name: Document.load(vendor.document_path) for name, vendor in loaded.items()}
        proxy = Proxy(machine, config, loaded, environ=ENVIRON, sink=len, documents=documents)
        await proxy.start()
        assert config.inbox is not None
        parts = proxy.parts
        in_force = lambda: (config, parts.inbox.routes)  # noqa: E731
        inbox = Inbox(machine, config.inbox, parts.store, proxy.telemetry, parts.inbox.metrics, in_force, proxy.reads)
        await inbox.start()
        return proxy, inbox

    async def send(self, name: str, thing: str, *, forged: bool = False) -> None:
        """Stripe sends one webhook until it is taken."""
        body = stripe_event(name, thing=thing)
        while True:
            secret = {"secret": "somebody-elses"} if forged else {}
            header, _, value = stripe_signed(body, self.world.wall(), **secret).partition(": ")
            try:
                status = await post(self.world, f"http://127.0.0.1:{INBOX_PORT}/stripe", {header: value}, body, 10.0)
            except PostError:
                status = 0
            if forged and status:
                self.refused.append(status)
                return
            if status == 200:
                self.acknowledged.add(name)
                return
            await self.world.sleep(1.0)

    async def trouble(self) -> tuple[VirtualWorld, Proxy, Inbox]:
        """The outage of the app, and within it the crash of the proxy."""
        world = self.world
        app, machine = await self.open_app(), world.machine("proxy")
        await machine.run(self.open_inbox(machine))
        await world.sleep(OUTAGE[0])
        app.crash()
        await world.sleep(CRASH_S - world.now())
        machine.crash()
        await world.sleep(AWAY_S)
        machine = world.machine("proxy")
        proxy, inbox = await machine.run(self.open_inbox(machine))
        await world.sleep(OUTAGE[1] - world.now())
        await self.open_app()
        return machine, proxy, inbox

    async def play(self) -> None:
        """From the first webhook to the last delivery."""
        world, rng, loop = self.world, self.world.random("vendor"), asyncio.get_running_loop()
        events = [(f"evt_{n:03}", f"ch_{n % THINGS}") for n in range(EVENTS)]
        due = [(1.0 + n * SPACED_S + rng.random() * 30.0, *event, False) for n, event in enumerate(events)]
        due += [(at + rng.random() * 60.0, name, thing, False) for at, name, thing, _ in due[::4]]
        due += [(at + 1.0, f"evt_forged_{n}", thing, True) for n, (at, _, thing, _) in enumerate(due[::10])]
        trouble, tasks = loop.create_task(self.trouble()), []
        for at, name, thing, forged in sorted(due):
            await world.sleep(max(at - world.now(), 0.0))
            tasks.append(loop.create_task(self.send(name, thing, forged=forged)))
        machine, proxy, inbox = await trouble
        for task in tasks:
            await task
        await world.sleep(60.0)
        page = await proxy.parts.store.deliveries.page(DeliveryFilter(box="inbox"), limit=500)
        assert {row.state for row in page.deliveries} == {"done"}
        assert proxy.parts.inbox.metrics.breakers() == {("shop", "webhooks"): "closed"}
        self.accepted = {json.loads(row.new.key)[2][0]: row.new.id for row in reversed(page.deliveries)}
        await machine.run(inbox.close())
        await machine.run(proxy.close())
        world.disk.close()


def played(seed: int, folder: Path) -> Scene:
    """A whole scene."""
    scenes: list[Scene] = []

    async def main() -> None:
        scenes.append(Scene(VirtualWorld(seed), folder))
        await scenes[0].play()

    run(main, end_s=3600.0)
    return scenes[0]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_webhook_that_was_acknowledged_is_delivered_under_one_name_and_in_order(
    seed: int, tmp_path: Path
) -> None:
    scene = played(seed, tmp_path)
    names: defaultdict[str, set[str]] = defaultdict(set)
    for _, name, event in scene.posts:
        names[event["id"]].add(name)
    assert set(names) == scene.acknowledged == set(scene.accepted)
    assert len(names) == EVENTS
    assert {event: {scene.accepted[event]} for event in names} == names
    assert set(scene.refused) == {401}
    order = list(scene.accepted)
    for thing in {event["thing"] for _, _, event in scene.posts}:
        told = list(dict.fromkeys(event["id"] for _, _, event in scene.posts if event["thing"] == thing))
        assert told == sorted(told, key=order.index)


@pytest.mark.parametrize("seed", [4, 5])
def test_what_met_the_outage_is_delivered_within_half_a_minute_of_its_end(seed: int, tmp_path: Path) -> None:
    first: dict[str, float] = {}
    for at, _, event in played(seed, tmp_path).posts:
        first.setdefault(event["id"], at)
    after = [at for at in first.values() if at >= OUTAGE[1]]
    assert not [at for at in first.values() if OUTAGE[0] + 1 < at < OUTAGE[1]]
    met = sorted(after)[: int((OUTAGE[1] - OUTAGE[0]) / SPACED_S) - 20]
    assert met[-1] <= OUTAGE[1] + 30.0
