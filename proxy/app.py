"""The proxy as a running thing: listens on the gateway, makes each request a call, hands it to its pipeline, answers.

HTTP of the app's side is in tidegate.proxy.onramp.server, paths in tidegate.proxy.onramp.gateway, and what a call is
held to is decided in the stages. This file joins them, counts what is in flight, and stops gracefully.
"""

import asyncio
import os
from collections.abc import Awaitable, Mapping
from http import HTTPStatus
from typing import Literal

from aiohttp import web

from tidegate.openapi.document import Document
from tidegate.proxy.assembly import assemble
from tidegate.proxy.audit.audit_recorder import AuditRecorder
from tidegate.proxy.call.reply import Reply
from tidegate.proxy.config import Config
from tidegate.proxy.configured_vendors import ConfigChange
from tidegate.proxy.durable.outbox_door import hold
from tidegate.proxy.durable.own_reads import OwnReads
from tidegate.proxy.durable.workers import Workers
from tidegate.proxy.forward.forward_proxy import ForwardProxy, Serve
from tidegate.proxy.onramp.addressing import COUNTS_HOPS, Addressing, with_a_hop_less
from tidegate.proxy.onramp.admission import Admission
from tidegate.proxy.onramp.call_execution import CallExecution
from tidegate.proxy.onramp.call_lookup import CallLookup
from tidegate.proxy.onramp.call_service import Answer, CallService
from tidegate.proxy.onramp.connection_limits import ConnectionLimits, bounds
from tidegate.proxy.onramp.gateway import GatewayRouter
from tidegate.proxy.onramp.listeners import GatewayListeners
from tidegate.proxy.onramp.reply_writer import CALLS_PATH
from tidegate.proxy.onramp.server import AppServer
from tidegate.proxy.pipeline import build
from tidegate.proxy.reload.secret_revocation import SecretRevocation
from tidegate.proxy.telemetry.metrics import VendorState
from tidegate.proxy.telemetry.telemetry import Sink, SpanSink
from tidegate.proxy.upstream.upstream import Upstream
from tidegate.proxy.upstream_reports import states
from tidegate.vendor.vendor_file import LoadedVendor
from tidegate.world import descriptors
from tidegate.world.world import World

BUSY_EVERY_S = 0.02
"""While it drains: how often it is looked if the last answers have left."""
END_S = 0.5
"""What is cancelled at a stop has so long to write down what became of it."""

NOTHING_READ: Mapping[str, Document] = {}


class Proxy:
    """One proxy. Start it, drain it, close it."""

    def __init__(
        self,
        world: World,
        config: Config,
        vendors: Mapping[str, LoadedVendor],
        *,
        environ: Mapping[str, str] = os.environ,
        sink: Sink | None = None,
        documents: Mapping[str, Document] = NOTHING_READ,
        spans: SpanSink | None = None,
    ) -> None:
        """Read the secrets and the documents, open the store: see tidegate.proxy.assembly for what may be raised.

        `sink` takes the log's lines, `spans` what spans are made of; without one they go where the configuration says.
        `documents` are those of vendors that were read before; a proxy changes nothing in them.
        """
        self.parts = parts = assemble(world, config, vendors, environ, sink, documents, spans)
        self.upstreams, self.telemetry, self.records = parts.upstreams, parts.telemetry, parts.store.records
        self.draining, self.in_flight = False, 0
        self._world, self.config = world, config
        self.file: Mapping[str, object] = {}
        """The facts that are shown of the tidegate.yaml in force."""
        self.refused: dict[str, Mapping[str, object]] = {}
        """Vendor, or tidegate.yaml → why its file on disk is not in force."""
        self._ids = world.random("call ids")
        self._idle, self._stopping = asyncio.Event(), asyncio.Event()
        self.gateway = GatewayRouter(parts.upstreams, build)
        store = parts.store
        self._execution = CallExecution(world, self.telemetry)
        self._workers = Workers(world, store, self.gateway, self._execution.carry_out, self.telemetry, parts.inbox)
        self.reads = OwnReads(world, self.gateway, self._execution.carry_out)
        self._admission = Admission(
            world, config, parts.callers, hold=hold, turned=parts.turned,
            ids=self._ids, stopping=self._stopping, traced=parts.telemetry.spans is not None,
        )  # fmt: skip
        self._listeners = GatewayListeners(config)
        self.tls = self._listeners.tls
        self._server: AppServer | None = None
        lookup = CallLookup(parts.recent, store.records, store.deliveries, parts.upstreams)
        self._service = CallService(
            world, self.telemetry, self._admission, self._execution, lookup, ids=self._ids, stopping=self._stopping
        )
        self._addressing = Addressing(config, config.listen.port)
        self.forward = self._forward_proxy()
        self.forward.begin(parts, config, environ)

    def _forward_proxy(self) -> ForwardProxy:
        parts = self.parts
        return ForwardProxy(
            self._world, self._service, self.gateway, self.telemetry,
            discovery=parts.discovery, residency=parts.residency,
        )  # fmt: skip

    @property
    def port(self) -> int:
        """The gateway's port."""
        return self._listeners.port

    @property
    def audit(self) -> AuditRecorder:
        """The recorder of what somebody may have to answer for."""
        return self.parts.audit

    @property
    def revocation(self) -> SecretRevocation:
        """What ends old secrets at vendors."""
        return SecretRevocation(self._world, self.gateway.route, self._execution.carry_out)

    @property
    def store_trouble(self) -> str:
        """Why no keyed write can be recorded; empty where it can."""
        return self.parts.store.health.trouble

    async def start(self) -> None:
        """Listen. Raises OSError where the address cannot be had, StoreError where the store cannot be used."""
        await self.parts.open(self._world.wall())
        config = self.config
        limits = ConnectionLimits(
            bounds(descriptors.reserved_from(), config.connections_max, config.source_connections_max),
            self._world.now,
            lambda text, facts: self.telemetry.note(text, self._world.wall(), **facts),
        )
        self.telemetry.metrics.ports["gateway"] = limits
        limits.elsewhere = self.forward.onramp.tunnels.make_room
        self.parts.means.givers += [limits.make_room, limits.elsewhere]
        self._server = self._make_server(AppServer, self._serve, limits)
        await self._listeners.start(self._world, config, self._server)
        await self.forward.start(self._make_server)
        self._address(config)
        for upstream in self.upstreams.values():
            upstream.provider.watch()
        self._workers.start()

    def _make_server(self, kind: type[AppServer], serve: Serve, limits: ConnectionLimits) -> AppServer:
        """A server whose requests are counted while they are under way."""

        async def counted(request: web.BaseRequest) -> Answer:
            self.in_flight += 1
            try:
                message = request._message  # noqa: SLF001 - see tidegate.proxy.onramp.server
                if message.method in COUNTS_HOPS and "Max-Forwards" in message.headers:
                    nearer = with_a_hop_less(message)
                    if nearer is None:
                        return self._service.answer_last_hop(request)
                    request._message = nearer  # noqa: SLF001
                return await serve(request)
            finally:
                self.in_flight -= 1
                if self.in_flight == 0 and self.draining:
                    self._idle.set()

        config, bytes_max = self.config, self.config.headers_max_bytes
        return kind(
            counted,
            self._service.bad_request,
            limits=limits,
            head_timeout_s=config.head_timeout,
            body_max_bytes=config.body_max_bytes,
            max_line_size=bytes_max,
            max_field_size=bytes_max,
            lingering_time=2.0,
        )

    def _address(self, config: Config) -> None:
        """Answer to the names that the configuration says."""
        self._addressing = Addressing(config, self.port)
        self._service.writer.public_url = self._addressing.public_url
        self._service.writer.scheme = "http" if self.tls is None else "https"

    async def drain(self, timeout_s: float) -> bool:
        """Refuse new calls and wait for those in flight. False where some had not ended in `timeout_s` seconds."""
        self.draining = self._service.draining = True
        self._stopping.set()
        self._idle.clear()
        try:
            async with self._world.timeout(timeout_s):
                if self.in_flight:
                    await self._idle.wait()
                while self._server is not None and (self._server.busy or self.forward.busy):
                    await self._world.sleep(BUSY_EVERY_S)
                await self.forward.drain()
                await self._workers.drain()
        except TimeoutError:
            return False
        return True

    async def close(self) -> None:
        """Stop listening, end what is under way, close every connection, write down what is still to be told."""
        await self._listeners.close()
        if self._server is not None:
            await self._server.end(END_S)
        await self.forward.close(END_S)
        await self._workers.close()
        await self.parts.close()

    def change(self, to: ConfigChange) -> list[Upstream]:
        """Put a change in force, whole, between two requests: calls under way end on what they began with.

        Returns what it took out of force.
        """
        over = self.parts.change(to)
        self.gateway.change(to.put, to.gone)
        self._admission.change(to.config)
        self.config = to.config
        self._address(to.config)
        self.forward.put(to.config, self.upstreams)
        for upstream, _ in to.put:
            upstream.provider.watch()
        return over

    @property
    def troubles(self) -> Mapping[str, str]:
        """The proxy's own wants: see tidegate.proxy.admin.AdminView."""
        trouble = self.parts.means.trouble
        return {"means": trouble} if trouble else {}

    def state(self) -> Mapping[str, VendorState]:
        """The state of every vendor's policies."""
        return states(self.upstreams, self._world.now())

    def force(self, vendor: str, group: str, to: Literal["open", "closed"] | None) -> bool:
        """Keep a breaker open or closed, or let it go. False where there is none of this name."""
        upstream = self.upstreams.get(vendor)
        if upstream is None or group not in upstream.breakers.groups:
            return False
        upstream.force(group, to)
        return True

    def _serve(self, request: web.BaseRequest) -> Awaitable[Answer]:
        """The way of one request to the gateway's port: whom it is addressed to, and what is done then."""
        message = request._message  # noqa: SLF001 - the raw request line, see tidegate.proxy.onramp.server
        target, service = message.path, self._service
        exchange, host = service.exchange(request), message.headers.get("Host")
        if host is None or target[:1] != "/" or message.version.major != 1 or self._addressing.names.refusal(host):
            if message.method == "CONNECT" and self.forward.shares_port:
                return self.forward.onramp.connect(request, exchange)
            ours = self._addressing.ours(host, target, request)
            misdirected = isinstance(ours, Reply) and ours.status == HTTPStatus.MISDIRECTED_REQUEST
            if target[:1] != "/" and self.forward.shares_port and (misdirected or ours == ("", target)):
                return self.forward.onramp.serve(request, exchange, target)
            if isinstance(ours, Reply):
                return _at_once(service.turn_away(exchange, ours))
            exchange.base, target = ours
        if target.startswith(CALLS_PATH):
            return service.show_call(exchange, target.removeprefix(CALLS_PATH))
        route = self.gateway.route(message.method, target, message.headers)
        if isinstance(route, Reply):
            return _at_once(service.turn_away(exchange, route))
        return service.answer(request, exchange, route)


async def _at_once(answer: Answer) -> Answer:
    """An answer for which nothing has to be waited for."""
    return answer
