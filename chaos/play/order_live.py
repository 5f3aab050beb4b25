"""The order flow on real sockets and in real time: simulators and proxy as processes, the order app and shoppers here.

The story in short: webhooks that come twice, late, out of order and forged; the proxy is killed and started again; the
warehouse is away for a quarter of the time. Judged as the virtual play is, from both journals and the log.
"""

import asyncio
import json
import os
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path
from typing import Any, Final

import orjson
from aiohttp import ClientError, TCPConnector, web

from tidegate.adapters.gateway import Gateway
from tidegate.adapters.shopify.orders import ShopifyOrders
from tidegate.adapters.warehouse.adapter import HttpWarehouse
from tidegate.adapters.webhook_signature import WebhookVerifier
from tidegate.chaos.apps.order_app import OrderApp
from tidegate.chaos.apps.retry_loop import Intent
from tidegate.chaos.apps.shopper import STORIES, Shopper
from tidegate.chaos.judge import order_promises
from tidegate.chaos.judge.invariants import leaks
from tidegate.chaos.judge.order_evidence import OrderRecords, evidence_of
from tidegate.chaos.judge.order_promises import OrderFigures
from tidegate.chaos.play.order_config import SECRETS, SHOP, STAMP_HEADER, TOKEN, WAREHOUSE, configuration
from tidegate.chaos.play.order_story import OrdersView, phase_of, written_orders
from tidegate.chaos.play.processes import ChildProcess, child
from tidegate.chaos.timeline import offered_load
from tidegate.chaos.world.connector import client_session
from tidegate.scenario.scenario import Scenario
from tidegate.world.world import RealWorld

LOOK_S = 0.25
END_S = 45.0
"""After the last shopper everything gets so long to come to an end: the shop tries again after ten seconds."""
CHANGE_AFTER_S: Final = (2.0, 4.0)
TIMEOUT_S = 30.0
PAGE = 10_000
KILL_SHARE = 0.15
"""Of the time: then the proxy is killed."""


async def live_orders(seconds: float, rate: float, seed: int, show: Callable[[OrdersView], None]) -> OrderFigures:
    """Play the story and judge it. Raises UsageError where a process does not start."""
    with tempfile.TemporaryDirectory(prefix="tidegate-orders-") as home:
        async with AsyncExitStack() as stack:
            stage = _LiveOrders(Path(home), written_orders(seconds, rate), seed, show)
            await stage.start(stack)
            records = await stage.play()
    return order_promises.judge(evidence_of(records))


class _LiveOrders:
    """One live run. Times count from the moment at which the faults were armed."""

    def __init__(self, home: Path, written: dict[str, Any], seed: int, show: Callable[[OrdersView], None]) -> None:
        self._home, self._seed, self._show = home, seed, show
        self._scenario, self._faults = Scenario.model_validate(written), written["faults"]
        self._world = RealWorld(seed)
        self._environ = {**os.environ, **SECRETS, "PYTHONUNBUFFERED": "1"}
        self._lines: list[dict[str, Any]] = []
        self._urls: dict[str, str] = {}
        self._proxy: ChildProcess | None = None
        self._app: OrderApp | None = None
        self._zero = 0.0

    async def start(self, stack: AsyncExitStack) -> None:
        """Start the app, both simulators and the proxy."""
        self._stack = stack
        self._session = await stack.enter_async_context(client_session(TCPConnector(limit=0), TIMEOUT_S))
        for name in (SHOP, WAREHOUSE):
            arguments = ["simulate", name, "--port", "0", "--control-port", "0", "--seed", str(self._seed)]
            simulator = await stack.enter_async_context(child(arguments, self._environ, ports=2))
            self._urls[name], self._urls[f"{name} control"] = map(_url, simulator.ports)
        self._urls["app"] = await stack.enter_async_context(self._listening())
        await self._start_proxy((0, 0, 0))
        self._app = self._open_app()

    async def play(self) -> OrderRecords:
        """Arm the faults, let the shoppers buy, kill the proxy once, wait for the end, and fetch what was recorded."""
        for name in (SHOP, WAREHOUSE):
            faults = [fault for fault in self._faults if (fault["kind"] == "webhook") == (name == SHOP)]
            await self._post(f"{self._urls[f'{name} control']}/faults", faults)
        await self._post(f"{self._urls[f'{SHOP} control']}/webhooks", {"url": f"{self._urls['inbox']}/{SHOP}"})
        self._zero, zero_wall = self._world.now(), self._world.wall()
        shopper = Shopper(
            self._session, self._urls[SHOP], SECRETS["SHOPIFY_TOKEN"], self._world.random("shopper"), self._world.sleep,
            CHANGE_AFTER_S,
        )  # fmt: skip
        intents = offered_load.intents(self._scenario, self._world.random("intents"), operations=STORIES)
        watching = asyncio.ensure_future(self._watch())
        try:
            await asyncio.gather(self._kill_once(), *(self._buy(shopper, intent) for intent in intents))
            await self._quiet()
        finally:
            watching.cancel()
        return await self._records(shopper, zero_wall)

    # --- the parts -------------------------------------------------------------------------------------------------

    @asynccontextmanager
    async def _listening(self) -> AsyncIterator[str]:
        """Where the order app listens. It needs the gateway's address, and the proxy needs this one."""

        async def handle(request: web.BaseRequest) -> web.StreamResponse:
            return web.Response(status=503) if self._app is None else await self._app.handle(request)

        listener = await self._world.listen(web.Server(handle), "127.0.0.1", 0)
        try:
            yield f"{_url(listener.port)}/orders"
        finally:
            await listener.close()

    def _open_app(self) -> OrderApp:
        gateway = Gateway(self._session, f"{self._urls['gateway']}/{WAREHOUSE}", TOKEN)
        verifier = WebhookVerifier([SECRETS["ORDER_APP_SECRET"]])
        return OrderApp(
            ShopifyOrders(), HttpWarehouse(gateway), verifier, wall=self._world.wall, log=self._lines.append,
            stamp_header=STAMP_HEADER,
        )  # fmt: skip

    async def _start_proxy(self, ports: tuple[int, int, int]) -> None:
        """Start the proxy on its store; `ports` are those of gateway, admin and inbox, 0 for free ones."""
        config = configuration(self._urls, ports=(ports[0], ports[2]))
        config |= {
            "admin": f"127.0.0.1:{ports[1]}",
            "store": str(self._home / "store.db"),
            "drain": "5s",
            "telemetry": {"log": str(self._home / "calls.log")},
        }
        file = self._home / "tidegate.yaml"
        file.write_text(json.dumps(config), encoding="utf-8")
        self._proxy = await self._stack.enter_async_context(child(["serve", "-c", str(file)], self._environ, ports=3))
        names = ("gateway", "admin", "inbox")
        self._urls |= {name: _url(port) for name, port in zip(names, self._proxy.ports, strict=True)}

    async def _kill_once(self) -> None:
        await self._world.sleep(KILL_SHARE * self._scenario.seconds)
        assert self._proxy is not None
        gateway, admin, inbox = self._proxy.ports
        await self._proxy.kill()
        await self._start_proxy((gateway, admin, inbox))

    async def _buy(self, shopper: Shopper, intent: Intent) -> None:
        await self._world.sleep(max(0.0, intent.start_s - self._at()))
        await shopper.pursue(intent)

    async def _quiet(self) -> None:
        """Wait until every webhook that can arrive has arrived, and nothing waits in the proxy."""
        ends = self._world.now() + END_S
        while self._world.now() < ends:
            with suppress(ClientError, TimeoutError):
                hooks = (await self._fetch(f"{self._urls[f'{SHOP} control']}/webhooks"))["deliveries"]
                arrived = all(_has_arrived(hook) for hook in hooks)
                if arrived and self._at() >= self._scenario.seconds and not await self._count("waiting"):
                    return
            await self._world.sleep(LOOK_S)

    # --- what is seen ----------------------------------------------------------------------------------------------

    async def _watch(self) -> None:
        while True:
            with suppress(ClientError, TimeoutError):  # the table misses a beat; the verdict does not depend on it
                await self._look()
            await self._world.sleep(LOOK_S)

    async def _look(self) -> None:
        hooks = (await self._fetch(f"{self._urls[f'{SHOP} control']}/webhooks"))["deliveries"]
        journal = await self._fetch(f"{self._urls[f'{WAREHOUSE} control']}/journal?limit=1")
        state = (await self._fetch(f"{self._urls['admin']}/state"))["vendors"][WAREHOUSE]
        states = [str(breaker["state"]) for breaker in state["breakers"].values()]
        self._show(
            OrdersView(
                at_s=self._at(),
                seconds=self._scenario.seconds,
                phase=phase_of(self._scenario, self._at()),
                changes=len(hooks),
                posts=sum(len(hook["tries"]) for hook in hooks),
                handed_over=sum(line["stage"] == "handed over" for line in self._lines),
                requests=int(journal["last"]),
                waiting=await self._count("waiting"),
                dead=await self._count("dead"),
                breaker=next((word for word in ("open", "half-open") if word in states), "closed"),
            )
        )

    async def _count(self, what: str) -> int:
        states = "dead" if what == "dead" else "queued,waiting,unknown,leased,sending,parked"
        page = await self._fetch(f"{self._urls['admin']}/deliveries?state={states}&limit=500")
        return len(page["deliveries"])

    async def _records(self, shopper: Shopper, zero_wall: float) -> OrderRecords:
        """Everything that the judge needs. The proxy has to end first, so that its log is whole."""
        rows = (await self._fetch(f"{self._urls['admin']}/deliveries?state=dead&limit=500"))["deliveries"]
        waiting = await self._count("waiting")
        assert self._proxy is not None
        self._proxy.process.terminate()
        await self._proxy.process.wait()
        log = (self._home / "calls.log").read_bytes()
        hooks = await self._fetch(f"{self._urls[f'{SHOP} control']}/webhooks")
        (outage,) = offered_load.outages(self._scenario)
        return OrderRecords(
            shop=await self._journal(SHOP),
            webhooks=hooks["deliveries"],
            warehouse=await self._journal(WAREHOUSE),
            lines=[*_whole_lines(log)],
            stamps=shopper.stamps,
            depths=[*(("dead", row["reason"], 1) for row in rows), ("waiting", "", waiting)],
            zero_wall=zero_wall,
            outage=outage,
            leaked=sum(leaks(secret, [log, orjson.dumps(self._lines)]) for secret in SECRETS.values()),
        )

    async def _journal(self, name: str) -> list[dict[str, Any]]:
        """All of it, page by page."""
        entries: list[dict[str, Any]] = []
        while True:
            since = entries[-1]["n"] if entries else 0
            page = await self._fetch(f"{self._urls[f'{name} control']}/journal?since={since}&limit={PAGE}")
            entries += page["entries"]
            if not page["more"]:
                return entries

    def _at(self) -> float:
        return self._world.now() - self._zero

    async def _fetch(self, url: str) -> Any:
        async with self._session.get(url) as answer:
            answer.raise_for_status()
            return await answer.json()

    async def _post(self, url: str, document: Any) -> None:
        async with self._session.post(url, json=document) as answer:
            answer.raise_for_status()


def _url(port: int) -> str:
    return f"http://127.0.0.1:{port}"


def _whole_lines(log: bytes) -> Iterator[dict[str, Any]]:
    """The lines of a log; one that was being written when the proxy was killed is left out."""
    for line in log.splitlines():
        with suppress(orjson.JSONDecodeError):
            yield orjson.loads(line)


def _has_arrived(hook: dict[str, Any]) -> bool:
    """True once it was taken, or never will be."""
    return "forge" in hook["faults"] or any(200 <= status < 300 for status in hook["tries"])
