"""The proxy's own web pages, on a port of their own: health, readiness, metrics, the state of its policies.

For probes and people on the same machine: there is no login here. It shows states and counts, and no call's content. An
operator may keep a breaker open or closed, `POST /breakers/<vendor>/<group>` with `{"force": "open"}`, and have the
files read now, `POST /reload`.
"""

import asyncio
import dataclasses
from collections.abc import Awaitable, Callable, Mapping
from typing import Literal, Protocol

import orjson
from aiohttp import web

from tidegate.proxy.config import ListenAddress
from tidegate.proxy.telemetry.metrics import CONTENT_TYPE, Metrics, VendorState
from tidegate.world.world import Listener, World

ReloadFiles = Callable[[], Awaitable[list[str]]]


class AdminView(Protocol):
    """The proxy, as the admin pages see it. See tidegate.proxy.app.Proxy."""

    @property
    def draining(self) -> bool:
        """True where new calls are refused."""
        ...

    @property
    def in_flight(self) -> int:
        """Calls under way."""
        ...

    @property
    def store_trouble(self) -> str:
        """Why no keyed write can be recorded; empty where it can."""
        ...

    @property
    def file(self) -> Mapping[str, object]:
        """The tidegate.yaml that is in force: its digest, and since when."""
        ...

    @property
    def refused(self) -> Mapping[str, Mapping[str, object]]:
        """Vendor, or tidegate.yaml → why its file on disk is not in force."""
        ...

    def state(self) -> Mapping[str, VendorState]:
        """The state of every vendor's policies."""
        ...

    def force(self, vendor: str, group: str, to: Literal["open", "closed"] | None) -> bool:
        """Keep a breaker open or closed, or let it go. False where there is none of this name."""
        ...


class Admin:
    """The admin server of one proxy. `reload` reads its files anew and returns what came into force."""

    def __init__(
        self, world: World, address: ListenAddress, proxy: AdminView, metrics: Metrics, reload: ReloadFiles
    ) -> None:
        self._reload_files = reload
        self._world = world
        self._address = address
        self._proxy = proxy
        self._metrics = metrics
        self._runner: web.AppRunner | None = None
        self._listener: Listener | None = None

    @property
    def port(self) -> int:
        """The port that is listened on."""
        assert self._listener is not None
        return self._listener.port

    async def start(self) -> None:
        """Listen. Raises OSError where the address cannot be had."""
        app = web.Application()
        app.router.add_get("/healthz", self._healthz)
        app.router.add_get("/readyz", self._readyz)
        app.router.add_get("/metrics", self._show_metrics)
        app.router.add_get("/state", self._state)
        app.router.add_post("/reload", self._reload)
        app.router.add_post("/breakers/{vendor}/{group}", self._force)
        self._runner = web.AppRunner(app, access_log=None, handle_signals=False)
        await self._runner.setup()
        server = self._runner.server
        assert server is not None
        self._listener = await self._world.listen(server, self._address.host, self._address.port)

    async def close(self) -> None:
        """Stop listening and close every connection."""
        if self._listener is not None:
            await self._listener.close()
        if self._runner is not None:
            await self._runner.cleanup()

    async def _healthz(self, _: web.Request) -> web.Response:
        return _json(200, {"alive": True})

    async def _readyz(self, _: web.Request) -> web.Response:
        draining, trouble = self._proxy.draining, self._proxy.store_trouble
        ready = not draining and not trouble
        return _json(200 if ready else 503, {"ready": ready, **({"store": trouble} if trouble else {})})

    async def _show_metrics(self, _: web.Request) -> web.Response:
        return web.Response(body=self._metrics.render(), headers={"Content-Type": CONTENT_TYPE})

    async def _state(self, _: web.Request) -> web.Response:
        vendors = {name: _document(state) for name, state in self._proxy.state().items()}
        document = {
            "draining": self._proxy.draining,
            "in_flight": self._proxy.in_flight,
            "store": {"trouble": self._proxy.store_trouble},
            "tasks": len(asyncio.all_tasks()),
            "config": self._proxy.file,
            "refused": self._proxy.refused,
            "vendors": vendors,
        }
        return _json(200, document)

    async def _reload(self, request: web.Request) -> web.Response:
        """Read every file now. 200 where all is in force that is on disk, else 409. JSON only, as below."""
        if request.content_type != "application/json":
            return _json(415, {"error": "send JSON, like {}"})
        reloaded = await self._reload_files()
        refused = {name: facts.get("why") for name, facts in self._proxy.refused.items()}
        return _json(409 if refused else 200, {"reloaded": reloaded, "refused": refused})

    async def _force(self, request: web.Request) -> web.Response:
        """`{"force": "open" | "closed" | null}`. JSON only: no page in a browser can send that across origins."""
        if request.content_type != "application/json":
            return _json(415, {"error": 'send JSON, like {"force": "open"}'})
        try:
            order = orjson.loads(await request.read())
        except orjson.JSONDecodeError:
            order = None
        if not isinstance(order, dict) or "force" not in order or order["force"] not in ("open", "closed", None):
            return _json(400, {"error": 'say what: {"force": "open"}, {"force": "closed"} or {"force": null}'})
        vendor, group = request.match_info["vendor"], request.match_info["group"]
        if not self._proxy.force(vendor, group, order["force"]):
            return _json(404, {"error": f"{vendor} has no breaker {group}"})
        return _json(200, {"vendor": vendor, "group": group, "force": order["force"]})


def _document(state: VendorState) -> dict[str, object]:
    document = dataclasses.asdict(state)
    for name in ("would_refuse", "quota_alerts"):
        document[name] = {" ".join(labels): count for labels, count in document[name].items()}
    return document


def _json(status: int, document: object) -> web.Response:
    body = orjson.dumps(document, option=orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2)
    return web.Response(
        status=status, body=body, content_type="application/json", headers={"Cache-Control": "no-store"}
    )
