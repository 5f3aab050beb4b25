"""The proxy as a running thing: listens on the gateway, makes each request a call, hands it to its pipeline, answers.

HTTP of the app's side is in tidegate.proxy.onramp.server, paths in tidegate.proxy.onramp.gateway, and what a call is
held to is decided in the stages. This file joins them, counts what is in flight, and stops gracefully.
"""

import asyncio
import os
from collections.abc import Mapping
from dataclasses import replace
from http import HTTPStatus
from typing import Literal

from aiohttp import HttpVersion11, web

from tidegate.openapi.document import Document
from tidegate.problems import PROBLEMS
from tidegate.proxy.assembly import assemble, states
from tidegate.proxy.call.call import Call
from tidegate.proxy.call.outcome import Verdict
from tidegate.proxy.call.reply import Reply, refused
from tidegate.proxy.config import Config
from tidegate.proxy.configured_vendors import ConfigChange
from tidegate.proxy.durable.own_reads import OwnReads
from tidegate.proxy.durable.workers import Workers
from tidegate.proxy.onramp.addressing import Addressing
from tidegate.proxy.onramp.admission import Admission
from tidegate.proxy.onramp.app_stream import AppStream, StreamFinished, finish
from tidegate.proxy.onramp.call_execution import CallExecution
from tidegate.proxy.onramp.call_lookup import CallLookup
from tidegate.proxy.onramp.connection_limits import ConnectionLimits, bounds
from tidegate.proxy.onramp.gateway import GatewayRouter
from tidegate.proxy.onramp.reply_writer import CALLS_PATH, NO_HEADERS, AppExchange, ReplyWriter
from tidegate.proxy.onramp.request_content import is_undone
from tidegate.proxy.onramp.server import AppServer, cancel_when_gone, first_line
from tidegate.proxy.pipeline import build
from tidegate.proxy.telemetry.metrics import VendorState
from tidegate.proxy.telemetry.telemetry import Sink, SpanSink
from tidegate.proxy.upstream.upstream import Upstream
from tidegate.vendor.vendor_file import LoadedVendor
from tidegate.world import descriptors
from tidegate.world.raw_response import RawResponse
from tidegate.world.world import Listener, World

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
        parts = assemble(world, config, vendors, environ, sink, documents, spans)
        self.parts = parts
        self.upstreams = parts.upstreams
        self.telemetry = parts.telemetry
        self.records = parts.store.records
        self.draining = False
        self.in_flight = 0
        self._world = world
        self.config = config
        self.file: Mapping[str, object] = {}
        """The facts that are shown of the tidegate.yaml in force."""
        self.refused: dict[str, Mapping[str, object]] = {}
        """Vendor, or tidegate.yaml → why its file on disk is not in force."""
        self._ids = world.random("call ids")
        self._idle, self._stopping = asyncio.Event(), asyncio.Event()
        self.gateway = GatewayRouter(parts.upstreams, build)
        store = parts.store
        self._lookup = CallLookup(parts.recent, store.records, store.deliveries, parts.upstreams)
        self._execution = CallExecution(world, self.telemetry)
        self._workers = Workers(world, store, self.gateway, self._execution.carry_out, self.telemetry, parts.inbox)
        self.reads = OwnReads(world, self.gateway, self._execution.carry_out)
        traced = parts.telemetry.spans is not None
        self._admission = Admission(
            world, config, parts.tokens.identify, ids=self._ids, stopping=self._stopping, traced=traced
        )
        self._listener: Listener | None = None
        self._server: AppServer | None = None
        self._writer = ReplyWriter()
        self._addressing = Addressing(config, config.listen.port)

    @property
    def port(self) -> int:
        """The gateway's port."""
        assert self._listener is not None
        return self._listener.port

    @property
    def store_trouble(self) -> str:
        """Why no keyed write can be recorded; empty where it can."""
        return self.parts.store.health.trouble

    async def start(self) -> None:
        """Listen. Raises OSError where the address cannot be had, StoreError where the store cannot be used."""
        await self.parts.open(self._world.wall())
        config, bytes_max = self.config, self.config.headers_max_bytes
        limits = ConnectionLimits(
            bounds(descriptors.reserved_from(), config.connections_max, config.source_connections_max),
            self._world.now,
            lambda text, facts: self.telemetry.note(text, self._world.wall(), **facts),
        )
        self.telemetry.metrics.ports["gateway"] = limits
        self.parts.means.givers.append(limits.make_room)
        self._server = AppServer(
            self._handle,
            self._bad_request,
            limits=limits,
            head_timeout_s=config.head_timeout,
            body_max_bytes=config.body_max_bytes,
            max_line_size=bytes_max,
            max_field_size=bytes_max,
            lingering_time=2.0,
        )
        self._listener = await self._world.listen(self._server, config.listen.host, config.listen.port)
        self._address(config)
        self._workers.start()

    def _address(self, config: Config) -> None:
        """Answer to the names that the configuration says."""
        self._addressing = Addressing(config, self.port)
        self._writer.public_url = self._addressing.public_url

    async def drain(self, timeout_s: float) -> bool:
        """Refuse new calls and wait for those in flight. False where some had not ended in `timeout_s` seconds."""
        self.draining = True
        self._stopping.set()
        self._idle.clear()
        try:
            async with self._world.timeout(timeout_s):
                if self.in_flight:
                    await self._idle.wait()
                while self._server is not None and self._server.busy:
                    await self._world.sleep(BUSY_EVERY_S)
                await self._workers.drain()
        except TimeoutError:
            return False
        return True

    async def close(self) -> None:
        """Stop listening, end what is under way, close every connection, write down what is still to be told."""
        if self._listener is not None:
            await self._listener.close()
        if self._server is not None:
            await self._server.end(END_S)
        await self._workers.close()
        await self.parts.close()

    def change(self, to: ConfigChange) -> list[Upstream]:
        """Put a change in force, whole, between two requests: calls under way end on what they began with.

        Returns what it took out of force.
        """
        over = self.parts.change(to)
        self.gateway.change(to.put, to.gone)
        self._admission.change(to.config, self.parts.tokens.identify)
        self.config = to.config
        self._address(to.config)
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

    async def _handle(self, request: web.BaseRequest) -> RawResponse | StreamFinished:
        """Count a request while it is under way."""
        self.in_flight += 1
        try:
            return await self._serve(request)
        finally:
            self.in_flight -= 1
            if self.in_flight == 0 and self.draining:
                self._idle.set()

    async def _serve(self, request: web.BaseRequest) -> RawResponse | StreamFinished:
        """The way of one request, each step once and in this order: route, admit, carry out, answer, record."""
        message = request._message  # noqa: SLF001 - the raw request line, see tidegate.proxy.onramp.server
        headers, target = message.headers, message.path
        exchange = AppExchange(
            f"{self._ids.getrandbits(96):024x}", message.method, headers,
            keep_alive=not (message.should_close or self.draining or message.version < HttpVersion11),
            began=self._world.now(), request=request, writer=self._writer, stopping=self._stopping,
        )  # fmt: skip
        host = headers.get("Host")
        if host is None or target[0] != "/" or message.version.major != 1 or self._addressing.names.refusal(host):
            ours = self._addressing.ours(host, target, request)
            if isinstance(ours, Reply):
                return self._turn_away(exchange, ours)
            exchange.base, target = ours
        if target.startswith(CALLS_PATH):
            return await self._show_call(exchange, target.removeprefix(CALLS_PATH))
        route = self.gateway.route(message.method, target)
        if isinstance(route, Reply):
            return self._turn_away(exchange, route)
        exchange.upstream = route.upstream
        call = await self._admission.admit(request, exchange, route)
        if isinstance(call, Reply):
            return self._turn_away(exchange, call)
        if self.telemetry.repeats.known:
            call.repeats = self.telemetry.repeats.of(call, exchange.began)
        cancel_when_gone(request.protocol, cancel=route.plan.idempotency == "safe")
        try:
            reply = await route.handler(call)
        except BaseException as error:  # noqa: BLE001 - raised again, but for a bug of ours
            reply = self._execution.failed(call, error)
        exchange.request = None  # whatever still runs for this call must not write to the app any more
        if exchange.stream is not None:
            return await self._finish_stream(exchange.stream, call, reply)
        now = self._world.now()
        exchange.left_s = call.deadline - now
        self.telemetry.record(call, reply, now, self._world.wall())
        return RawResponse(self._writer.reply(exchange, call, reply), keep_alive=exchange.keep_alive)

    async def _finish_stream(self, stream: AppStream, call: Call, reply: Reply) -> StreamFinished:
        """The answer has gone to the app already, and its record is settled: only its end is left to be sent."""
        finished = await finish(stream, whole=reply.verdict is Verdict.SUCCESS)
        self.telemetry.record(call, reply, self._world.now(), self._world.wall())
        return finished

    def _turn_away(self, exchange: AppExchange, reply: Reply) -> RawResponse:
        """Answer a request that does not become a call."""
        assert reply.problem is not None
        if reply.problem.status in (HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.REQUEST_ENTITY_TOO_LARGE):
            exchange.keep_alive = False  # the rest of the body is not read (RFC 9110 §15.5.9, §15.5.14)
        if not is_undone(exchange.headers):
            exchange.keep_alive = False  # nobody knows where its content ends
        self.telemetry.refused(
            exchange.call_id,
            reply.problem,
            wall=self._world.wall(),
            method=exchange.method,
            app=exchange.app,
            vendor=exchange.upstream.name if exchange.upstream else "",
        )
        return RawResponse(self._writer.refusal(exchange, reply), keep_alive=exchange.keep_alive)

    async def _show_call(self, exchange: AppExchange, call_id: str) -> RawResponse:
        found = await self._lookup.find(exchange, call_id, self._admission.identify)
        if isinstance(found, Reply) and found.problem is not None:
            return self._turn_away(exchange, found)
        writer = self._writer
        data = writer.stored(exchange, found) if isinstance(found, Reply) else writer.document(exchange, found)
        return RawResponse(data, keep_alive=exchange.keep_alive)

    def _bad_request(self, status: int, what: str, bug: BaseException | None) -> bytes:
        """A request that aiohttp could not parse; with `bug`, one whose answer could not be written."""
        call_id, wall = f"{self._ids.getrandbits(96):024x}", self._world.wall()
        if status == HTTPStatus.SERVICE_UNAVAILABLE:
            exchange = AppExchange(call_id, "", NO_HEADERS, keep_alive=False, began=self._world.now())
            return self._writer.refusal(exchange, refused(PROBLEMS["overloaded"], what, retry_after_s=1.0))
        problem, detail = replace(PROBLEMS["bad-request"], status=status), "The request cannot be read"
        if bug is not None:
            self.telemetry.crashed(call_id, bug, wall)
            problem, detail, what = PROBLEMS["internal-error"], "Tidegate failed", "its log tells why"
        if status != HTTPStatus.REQUEST_TIMEOUT:  # connections are counted where they are closed
            self.telemetry.refused(call_id, problem, wall=wall, method="")
        exchange = AppExchange(call_id, "", NO_HEADERS, keep_alive=False, began=self._world.now())
        return self._writer.refusal(exchange, refused(problem, f"{detail}: {first_line(what)}."))
