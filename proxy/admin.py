"""The proxy's own web pages, on a port of their own: health, readiness, metrics, the state of its policies.

For probes and people. It answers to its own names alone (tidegate.world.host_names). Under /console there are pages to
look at (tidegate.proxy.console). It shows states and counts, and no call's content. An operator may keep a breaker open
or closed, `POST /breakers/<vendor>/<group>` with `{"force": "open"}`, and have the files read now, `POST /reload`.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import orjson
from aiohttp import HttpVersion11, web

from tidegate.proxy.access.admin_door import AdminDoor
from tidegate.proxy.access.listener_tls import TlsFiles
from tidegate.proxy.audit.refusal_tally import RefusalTally
from tidegate.proxy.config import ListenAddress
from tidegate.proxy.console.console import Console
from tidegate.proxy.console.live_feed import LiveStream
from tidegate.proxy.desk.by_hand.hand_order import NOTE_CHARS_MAX
from tidegate.proxy.desk.calls.call_pages import PATH as CALLS
from tidegate.proxy.desk.calls.call_pages import CallPages
from tidegate.proxy.desk.delivery_pages import PATH as DELIVERIES
from tidegate.proxy.desk.delivery_pages import DeliveryPages
from tidegate.proxy.desk.discovery_pages import PATH as DISCOVERY
from tidegate.proxy.desk.discovery_pages import discovery_page
from tidegate.proxy.desk.drift_desk import DriftDesk
from tidegate.proxy.desk.page import Page, json_page, not_allowed, written
from tidegate.proxy.desk.port.admin_view import AdminView
from tidegate.proxy.desk.port.audit_pages import AUDIT, AuditDesk, audit_page
from tidegate.proxy.desk.port.metrics_page import PATH as METRICS
from tidegate.proxy.desk.port.metrics_page import metrics_page
from tidegate.proxy.desk.port.overview_page import PATH as OVERVIEW
from tidegate.proxy.desk.port.overview_page import OverviewPage
from tidegate.proxy.desk.secret_pages import PATH as SECRETS
from tidegate.proxy.desk.secret_pages import SecretPages
from tidegate.proxy.discovery.recorder import DiscoveryRecorder
from tidegate.proxy.onramp.addressing import authority_of, misaddressed
from tidegate.proxy.onramp.connection_limits import Bounds, ConnectionLimits
from tidegate.proxy.onramp.refusal import first_line
from tidegate.proxy.onramp.server import AppServer
from tidegate.proxy.telemetry.metrics import Metrics
from tidegate.world.host_names import HostNames
from tidegate.world.raw_response import RawResponse
from tidegate.world.world import Listener, World

ReloadFiles = Callable[[], Awaitable[list[str]]]

CONNECTIONS_MAX = 32
"""Probes, a scraper, a few people. They are apart from those of the gateway."""
BODY_BYTES_MAX = 65_536
DELIVERIES_S = 55.0
"""The time that the store may take for a page of deliveries, or for a replay of many."""
BODY_S = 5.0
"""The time that a body may take."""
AUDIT_S = 1.0
"""The time that an answer waits for the row of what was done; it is done, and recorded, all the same."""
NOBODY = "unnamed"
"""Who does not say who it is."""


_WITH_DEPTHS = (METRICS, "/state", OVERVIEW)
"""Pages that show what there is of deliveries."""


class Admin:
    """The admin server of one proxy. `reload` reads its files anew and returns what came into force."""

    def __init__(
        self,
        world: World,
        address: ListenAddress,
        proxy: AdminView,
        metrics: Metrics,
        reload: ReloadFiles,
        deliveries: DeliveryPages | None = None,
        audit: AuditDesk | None = None,
        door: AdminDoor | None = None,
        secrets: SecretPages | None = None,
        discovery: DiscoveryRecorder | None = None,
        drift: DriftDesk | None = None,
        calls: CallPages | None = None,
        overview: OverviewPage | None = None,
        console: Console | None = None,
    ) -> None:
        self._calls, self._console = calls, console
        self._deliveries, self._audit, self._secrets, self._discovery = deliveries, audit, secrets, discovery
        self._drift = drift
        self._door = door or AdminDoor((), world.wall)
        tls = proxy.config.tls.admin
        self.tls = TlsFiles("tls.admin", tls) if tls is not None else None
        self._refusals = RefusalTally(world, audit.recorder, "admin.refused") if audit is not None else None
        self._reload_files = reload
        self._world = world
        self._address = address
        self._proxy = proxy
        self._metrics = metrics
        self._server: AppServer | None = None
        self._listener: Listener | None = None
        self._names = (proxy.config, HostNames(address.host, proxy.config.hosts))
        self._shown = {"/healthz": self._healthz, "/readyz": self._readyz, METRICS: self._show_metrics,
                       "/state": self._state}  # fmt: skip
        if overview is not None:
            self._shown[OVERVIEW] = lambda _: overview.answer()

    @property
    def port(self) -> int:
        """The port that is listened on."""
        assert self._listener is not None
        return self._listener.port

    async def start(self) -> None:
        """Listen. Raises OSError where the address cannot be had."""
        limits = ConnectionLimits(Bounds(CONNECTIONS_MAX, CONNECTIONS_MAX), self._world.now)
        self._metrics.ports["admin"] = limits
        self._server = AppServer(
            self._handle,
            _unreadable,
            limits=limits,
            head_timeout_s=self._proxy.config.head_timeout,
            keeps_reserve=False,
            body_max_bytes=BODY_BYTES_MAX,
            lingering_time=0.0,
        )
        self._listener = await self._world.listen(
            self._server, self._address.host, self._address.port, tls=self.tls.context if self.tls is not None else None
        )

    async def close(self) -> None:
        """Stop listening and close every connection."""
        if self._listener is not None:
            await self._listener.close()
        if self._server is not None:
            await self._server.end(0.1)

    async def _handle(self, request: web.BaseRequest) -> RawResponse | LiveStream:
        message = request._message  # noqa: SLF001 - the raw request line, see tidegate.proxy.onramp.server
        page = self._turned_away(request.headers.get("Host"), message.path) or await self._entered(request)
        if isinstance(page, LiveStream):
            return page
        keep_alive = not message.should_close and message.version >= HttpVersion11
        return RawResponse(written(page, head=message.method == "HEAD", keep_alive=keep_alive), keep_alive=keep_alive)

    def _turned_away(self, host: str | None, target: str) -> Page | None:
        """The refusal of a request that is not addressed to this port. A target's authority goes before Host."""
        config, names = self._names
        if config is not self._proxy.config:
            config = self._proxy.config
            names = HostNames(self._address.host, config.hosts)
            self._names = (config, names)
        authority = authority_of(target)
        status = misaddressed(names, host, authority)
        if not status:
            return None
        why = "is no name of this port; see `hosts` in tidegate.yaml" if status == 421 else "cannot be read"
        return json_page(status, {"error": f"{(authority or host or '')[:64]!r} {why}"})

    async def _entered(self, request: web.BaseRequest) -> Page | LiveStream:
        if self._console is not None and self._console.takes(request.path):
            return await self._console.answer(request)
        entry = self._door.enter(request.method, request.path, request.headers)
        if not entry.status:
            return await self._page(request, entry.who)
        if self._refusals is not None:
            self._refusals.turned_away(entry.why, str(request.remote or ""))
        return json_page(entry.status, {"error": entry.why})

    async def _page(self, request: web.BaseRequest, who: str) -> Page:
        path, method = request.path, request.method
        if not path.startswith("/"):  # a target in authority form (RFC 9112 §3.2.3)
            return json_page(501, {"error": f"{method} is not answered here"})
        if path in self._shown:
            if path in _WITH_DEPTHS and self._deliveries is not None:
                await self._deliveries.depths.look()
            return self._shown[path](request) if method in ("GET", "HEAD") else not_allowed("GET, HEAD")
        parts = path.split("/")
        shown = self._seen(request, parts) or await self._stored(request, parts, who)
        if shown is not None:
            return shown
        if parts[1:2] == [SECRETS[1:]] and self._secrets is not None:
            return await self._secret_page(self._secrets, request)
        forces = len(parts) == 4 and parts[1] == "breakers"
        if path != "/reload" and not forces:
            return json_page(404, {"error": "there is no such page"})
        if method != "POST":
            return not_allowed("POST")
        body = await self._content(request, 'send JSON, like {"force": "open"}' if forces else "send JSON, like {}")
        if isinstance(body, Page):
            return body
        return await (self._force(parts[2], parts[3], body, who) if forces else self._reload(who))

    def _seen(self, request: web.BaseRequest, parts: Sequence[str]) -> Page | None:
        """A page about what was seen of calls and answers; None where it is another's."""
        if parts[1] == DISCOVERY[1:] and self._discovery is not None:
            return discovery_page(self._discovery, request.method, parts)
        if parts[1] == CALLS[1:] and len(parts) <= 3 and self._calls is not None:
            return self._calls.answer(request.method, request.path, request._message.path.partition("?")[2])  # noqa: SLF001 - as below
        return self._drift.page(request.method, parts) if self._drift is not None else None

    async def _stored(self, request: web.BaseRequest, parts: Sequence[str], who: str) -> Page | None:
        """A page about what is stored; None where it is another's."""
        query = request._message.path.partition("?")[2]  # noqa: SLF001 - as it was sent: it is looked at strictly
        try:
            async with self._world.timeout(DELIVERIES_S):
                if request.path == AUDIT and self._audit is not None:
                    return await audit_page(self._audit.store, request.method, query)
                if parts[1:2] != [DELIVERIES[1:]] or len(parts) > 3 or self._deliveries is None:
                    return None
                body = await self._content(request) if request.method == "POST" else b""
                if isinstance(body, Page):
                    return body
                return await self._deliveries.answer(request.method, request.path, query, body, who)
        except TimeoutError:
            return json_page(503, {"error": "the store was too slow; what was asked for may be done in part"})

    async def _secret_page(self, pages: SecretPages, request: web.BaseRequest) -> Page:
        body = await self._content(request, "send JSON, like {}") if request.method == "POST" else b""
        return body if isinstance(body, Page) else await pages.answer(request.method, request.path, body)

    async def _content(self, request: web.BaseRequest, like: str = 'send JSON, like {"by": "…"}') -> bytes | Page:
        """The JSON of a request, or why it is not taken: no page in a browser can send JSON across origins."""
        if request.content_type != "application/json":
            return json_page(415, {"error": like})
        try:
            async with self._world.timeout(BODY_S):
                return await request.read()
        except TimeoutError:
            return json_page(408, {"error": f"the body did not come in {BODY_S:g} s"})
        except web.HTTPRequestEntityTooLarge:
            return json_page(413, {"error": f"the body is larger than {BODY_BYTES_MAX} bytes"})

    def _healthz(self, _: web.BaseRequest) -> Page:
        return json_page(200, {"alive": True})

    def _readyz(self, _: web.BaseRequest) -> Page:
        store = self._proxy.store_trouble
        troubles = {**self._proxy.troubles, **({"store": store} if store else {})}
        ready = not troubles and not self._proxy.draining
        notices = self._secrets.troubles if self._secrets is not None else {}
        shown = {**troubles, **({"secrets": notices} if notices else {})}  # no reason to send calls elsewhere
        return json_page(200 if ready else 503, {"ready": ready, **shown})

    def _show_metrics(self, request: web.BaseRequest) -> Page:
        return metrics_page(self._metrics, ",".join(request.headers.getall("Accept", ())))

    def _state(self, _: web.BaseRequest) -> Page:
        vendors = {name: state.document() for name, state in self._proxy.state().items()}
        document = {
            "draining": self._proxy.draining,
            "in_flight": self._proxy.in_flight,
            "store": {"trouble": self._proxy.store_trouble},
            "tasks": len(asyncio.all_tasks()),
            "config": self._proxy.file,
            "refused": self._proxy.refused,
            "vendors": vendors,
            "deliveries": [] if self._deliveries is None else self._deliveries.depths.document(),
        }
        return json_page(200, document)

    async def _reload(self, who: str) -> Page:
        """Read every file now. 200 where all is in force that is on disk, else 409. JSON only, as below."""
        if self._audit is not None:
            self._audit.recorder.record("reload.asked", who=who or NOBODY)
        reloaded = await self._reload_files()
        refused = {name: facts.get("why") for name, facts in self._proxy.refused.items()}
        return json_page(409 if refused else 200, {"reloaded": reloaded, "refused": refused})

    async def _force(self, vendor: str, group: str, body: bytes, who: str) -> Page:
        """`{"force": "open" | "closed" | null, "by": "…", "note": "…"}`. JSON only, as below."""
        try:
            order = orjson.loads(body)
        except orjson.JSONDecodeError:
            order = None
        if not isinstance(order, dict) or "force" not in order or order["force"] not in ("open", "closed", None):
            return json_page(400, {"error": 'say what: {"force": "open"}, {"force": "closed"} or {"force": null}'})
        if not self._proxy.force(vendor, group, order["force"]):
            return json_page(404, {"error": f"{vendor} has no breaker {group}"})
        if self._audit is not None:
            what = "breaker.forced" if order["force"] else "breaker.released"
            by, note = (str(order.get(name, ""))[:NOTE_CHARS_MAX] for name in ("by", "note"))
            to = {"to": order["force"]} if order["force"] else {}
            recorder = self._audit.recorder
            recorder.record(what, who=who or by or NOBODY, target=f"breaker:{vendor}/{group}", reason=note, **to)
            await recorder.flush(AUDIT_S)
        return json_page(200, {"vendor": vendor, "group": group, "force": order["force"]})


def _unreadable(status: int, what: str, bug: BaseException | None) -> bytes:
    error = f"this failed: {type(bug).__name__}" if bug is not None else first_line(what)
    return written(json_page(status, {"error": error}), head=False, keep_alive=False)
