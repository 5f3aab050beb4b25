"""Plays the order flow in the virtual world: a simulated shop and warehouse, the proxy with its inbox, the order app.

Shoppers buy at the shop; webhooks, app and outbox do the rest. A scenario's faults of webhooks happen at the shop, its
other vendor's faults at the warehouse, and what surrounds them to the proxy. docs/orders.md explains the flow.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from aiohttp import web

from tidegate.adapters.gateway import Gateway
from tidegate.adapters.shopify.orders import ShopifyOrders
from tidegate.adapters.warehouse.adapter import HttpWarehouse
from tidegate.adapters.webhook_signature import WebhookVerifier
from tidegate.chaos.apps.away_door import AwayDoor
from tidegate.chaos.apps.order_app import OrderApp
from tidegate.chaos.apps.retry_loop import Intent
from tidegate.chaos.apps.shopper import STORIES, Shopper
from tidegate.chaos.judge import order_promises
from tidegate.chaos.judge.invariants import leaks
from tidegate.chaos.judge.order_evidence import OrderRecords, evidence_of
from tidegate.chaos.judge.order_promises import OrderEvidence, OrderFigures
from tidegate.chaos.play.order_config import (
    ADDRESSES,
    APP_PORT,
    INBOX_PORT,
    PROXY_PORT,
    SECRETS,
    SHOP,
    STAMP_HEADER,
    STORE,
    TOKEN,
    VENDOR_DELAY_S,
    VENDOR_PORT,
    WAREHOUSE,
    configuration,
)
from tidegate.chaos.play.order_trouble import held_up
from tidegate.chaos.play.rest import held_at_rest
from tidegate.chaos.timeline import offered_load
from tidegate.chaos.timeline.order_draw import OrderDice
from tidegate.chaos.timeline.surroundings import Surroundings
from tidegate.chaos.trouble.surrounding_fault import SurroundingFault
from tidegate.chaos.world.connector import WorldConnector, client_session
from tidegate.chaos.world.schedule import drawn_schedule
from tidegate.chaos.world.virtual_loop import run
from tidegate.chaos.world.virtual_world import WALL_BASE, VirtualWorld
from tidegate.openapi.document import Document
from tidegate.proxy.app import Proxy
from tidegate.proxy.config import Config
from tidegate.proxy.durable.inbox import Inbox
from tidegate.proxy.store.store_keeper import StoreKeeper
from tidegate.scenario.scenario import Scenario
from tidegate.simulator.app import SimulatorServer
from tidegate.vendor.search_path import find_vendor
from tidegate.vendor.vendor_file import LoadedVendor, load_vendor

QUIET_S = 90.0
"""After the last change at the shop everything gets so long to come to an end."""
SETTLE_S, LOOK_S = 1200.0, 10.0
"""In a drawn scenario it gets so long more where something still waits, and is looked at so often."""
SETTLED_S = 30.0
"""And then so long to come to rest."""
LEAVE_S = 1.0
"""The app's connections are closed within this."""
END_S = 7200.0


@dataclass(frozen=True, slots=True)
class PlayedOrders:
    """A scenario as it was played. `lines` are the log of proxy and app, `untried` what of it did not happen.

    `rest` is what the proxy held in the end, `surprises` the exceptions that nobody caught.
    """

    figures: OrderFigures
    evidence: OrderEvidence
    lines: Sequence[dict[str, Any]]
    untried: Sequence[str]
    rest: Mapping[str, int]
    surprises: Sequence[str]

    @property
    def broken(self) -> list[str]:
        """The promises that it broke."""
        return order_promises.broken(self.figures)


def play_orders(scenario: Scenario, seed: int, times: int = 1, dice: OrderDice | None = None) -> PlayedOrders:
    """Play a scenario to its end, with `times` its load, and judge it. Takes no time but the processor's.

    `dice` are those of a drawn one. Raises Deadlock or OutOfTime where its world cannot end.
    """
    stage = OrderStage(scenario, seed, times, dice)
    schedule = drawn_schedule(seed, drawn=dice.order if dice is not None else "")
    run(stage.play, end_s=scenario.seconds + END_S, schedule=schedule)
    assert stage.played is not None
    return stage.played


class OrderStage:
    """The world of one play."""

    def __init__(self, scenario: Scenario, seed: int, times: int = 1, dice: OrderDice | None = None) -> None:
        self._scenario, self._seed, self._times, self._dice = scenario, seed, times, dice
        self._loaded = {name: load_vendor(find_vendor(name)) for name in ADDRESSES}
        self._documents = {name: Document.load(loaded.document_path) for name, loaded in self._loaded.items()}
        urls = {name: f"http://{address}:{VENDOR_PORT}" for name, address in ADDRESSES.items()}
        self._urls = {**urls, "app": f"http://127.0.0.1:{APP_PORT}/orders"}
        self._config = Config.model_validate(configuration(self._urls), strict=False)
        self._outputs: list[bytes] = []
        self._app_lines: list[dict[str, Any]] = []
        self._stamps: dict[str, str] = {}
        self._surprises: list[str] = []
        self._running: tuple[Proxy, Inbox] | None = None
        self.played: PlayedOrders | None = None
        """Kept here and not returned: asyncio.Runner writes out what its main task returns, which is long."""

    async def play(self) -> None:
        """From the first order to the last word."""
        asyncio.get_running_loop().set_exception_handler(self._surprised)
        world = VirtualWorld(self._seed, delays_s=dict.fromkeys(ADDRESSES.values(), VENDOR_DELAY_S))
        if self._dice is not None and self._dice.torn:
            world.disk.torn = world.random("torn commits")
        machines = {name: world.machine(name) for name in ADDRESSES}
        shop, warehouse = (self._vendor(name, machines[name]) for name in (SHOP, WAREHOUSE))
        await shop.start(ADDRESSES[SHOP], VENDOR_PORT, control_port=None)
        await warehouse.start(ADDRESSES[WAREHOUSE], VENDOR_PORT, control_port=None)
        shop.webhooks.register(f"http://127.0.0.1:{INBOX_PORT}/{SHOP}")
        trouble = Surroundings(world, self._scenario, {ADDRESSES[WAREHOUSE]: machines[WAREHOUSE]}, self._start)
        app = world.machine("order app")
        async with client_session(WorldConnector(app), 60.0) as calls:
            door = await self._open_app(app, Gateway(calls, f"http://127.0.0.1:{PROXY_PORT}/{WAREHOUSE}", TOKEN))
            trouble.send_away = door.send_away
            await trouble.begin()
            await self._shop_around(world)
            machine = await trouble.quiet()
            await world.sleep(QUIET_S)
            await self._settled(world)
            evidence = await self._evidence(shop, warehouse, trouble)
        await world.sleep(LEAVE_S)
        assert self._running is not None
        rest = await held_at_rest(self._running[0], machine, STORE, world.sleep)
        await machine.run(self._close())
        await shop.close()
        await warehouse.close()
        world.disk.close()
        figures, lines = order_promises.judge(evidence), self._lines()
        untried = self._untried(figures, shop, warehouse, trouble)
        self.played = PlayedOrders(figures, evidence, lines, untried, rest, self._surprises)

    async def _settled(self, world: VirtualWorld) -> None:
        """Wait on, in a drawn scenario, until everything has ended, or should have."""
        until = world.now() + (SETTLE_S if self._dice is not None else 0.0)
        while world.now() < until and order_promises.waiting(await self._depths()):
            await world.sleep(LOOK_S)
        await world.sleep(SETTLED_S if self._dice is not None else 0.0)

    def _vendor(self, name: str, machine: VirtualWorld) -> SimulatorServer:
        """A simulated vendor, with the faults that are its own."""
        faults = tuple(
            fault
            for fault in self._scenario.faults
            if not isinstance(fault, SurroundingFault) and fault.of_webhooks == (name == SHOP)
        )
        key, signing = ("SHOPIFY_TOKEN", "SHOPIFY_WEBHOOK_SECRET") if name == SHOP else ("WAREHOUSE_API_KEY", "")
        return SimulatorServer(
            machine, self._documents[name], self._loaded[name].vendor, self._seed,
            self._scenario.model_copy(update={"faults": faults}),
            secret=SECRETS[key], webhook_secrets=(SECRETS[signing],) if signing else (),
        )  # fmt: skip

    async def _start(self, machine: VirtualWorld) -> None:
        """Start the proxy and its inbox, on what the disk holds."""
        loaded: dict[str, LoadedVendor] = dict(self._loaded)
        proxy = Proxy(
            machine, self._config, loaded, environ=SECRETS, sink=self._outputs.append, documents=self._documents
        )
        await proxy.start()
        assert proxy.config.inbox is not None
        parts, in_force = proxy.parts, lambda: (proxy.config, proxy.parts.inbox.routes)
        inbox = Inbox(machine, proxy.config.inbox, parts.store, proxy.telemetry, parts.inbox.metrics, in_force)
        await inbox.start()

        def note(text: str, facts: dict[str, str | float]) -> None:
            proxy.telemetry.note(text, machine.wall(), **facts)

        self._keeper = asyncio.get_running_loop().create_task(StoreKeeper(machine, parts.store, note).run())
        self._running = (proxy, inbox)

    async def _close(self) -> None:
        assert self._running is not None
        proxy, inbox = self._running
        await inbox.close()
        await proxy.close()

    async def _open_app(self, machine: VirtualWorld, gateway: Gateway) -> AwayDoor:
        app = OrderApp(
            ShopifyOrders(), HttpWarehouse(gateway), WebhookVerifier([SECRETS["ORDER_APP_SECRET"]]),
            wall=machine.wall, log=self._app_lines.append, stamp_header=STAMP_HEADER,
        )  # fmt: skip

        async def handle(request: web.BaseRequest) -> web.StreamResponse:
            return door.away(request) or await app.handle(request)

        door = AwayDoor(machine, web.Server(handle))
        await door.start("127.0.0.1", APP_PORT)
        return door

    async def _shop_around(self, world: VirtualWorld) -> None:
        """Let every shopper come at its time."""
        rng = world.random("shoppers")
        planned = offered_load.intents(self._scenario, world.random("intents"), operations=STORIES)
        intents = [*planned, *(_beside(intent, n, rng) for n in range(1, self._times) for intent in planned)]
        async with client_session(WorldConnector(world.machine("shoppers")), 60.0) as session:
            shopper = Shopper(session, self._urls[SHOP], SECRETS["SHOPIFY_TOKEN"], rng, world.sleep)

            async def one(intent: Intent) -> None:
                await world.sleep(intent.start_s)
                await shopper.pursue(intent)

            await asyncio.gather(*(one(intent) for intent in intents))
            self._stamps = shopper.stamps

    # --- what came of it -------------------------------------------------------------------------------------------

    async def _depths(self) -> list[tuple[str, str, int]]:
        assert self._running is not None
        rows = await self._running[0].parts.store.deliveries.depths()
        return [(row.state, row.dead_reason, row.rows) for row in rows]

    async def _evidence(
        self, shop: SimulatorServer, warehouse: SimulatorServer, trouble: Surroundings
    ) -> OrderEvidence:
        assert self._running is not None
        proxy = self._running[0]
        proxy.telemetry.flush()
        outages = offered_load.outages(self._scenario)
        records = OrderRecords(
            shop=[entry.described() for entry in shop.journal.entries],
            webhooks=[sent.described() for sent in shop.webhooks.deliveries],
            warehouse=[entry.described() for entry in warehouse.journal.entries],
            lines=self._lines(),
            stamps=self._stamps,
            depths=await self._depths(),
            zero_wall=WALL_BASE,
            outage=outages[0] if outages else None,
            leaked=sum(leaks(secret, [*self._outputs, orjson.dumps(self._app_lines)]) for secret in SECRETS.values()),
            troubles=held_up(self._scenario, trouble.happened) if self._dice is not None else (),
        )
        return evidence_of(records)

    def _lines(self) -> list[dict[str, Any]]:
        lines = [orjson.loads(line) for chunk in self._outputs for line in chunk.splitlines()]
        return [*lines, *self._app_lines]

    def _untried(
        self, figures: OrderFigures, shop: SimulatorServer, warehouse: SimulatorServer, trouble: Surroundings
    ) -> list[str]:
        """What of the scenario did not happen, a sentence each."""
        idle = [
            f"fault {described['kind']} {described.get('mode', '')}".strip() + " hit nothing"
            for vendor in (shop, warehouse)
            for described in vendor.faults.described()
            if described["kind"] != "outage" and not described["fired"]
        ]
        crashes = sum(fault.kind == "crash" for fault in self._scenario.faults)
        missing = crashes - len(trouble.happened.crashes)
        return [
            *order_promises.untried(figures, outage=bool(offered_load.outages(self._scenario))),
            *idle,
            *([f"{missing} crashes did not happen"] if missing else []),
        ]

    def _surprised(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        del loop
        error = context.get("exception")
        self._surprises.append(f"{context['message']} {type(error).__name__}: {error}" if error else context["message"])


def _beside(intent: Intent, n: int, rng: Any) -> Intent:
    """Another shopper at about the same time."""
    return Intent(f"{intent.id}-{n}", intent.story, intent.start_s + rng.random() * 12.0, intent.patience_s)
