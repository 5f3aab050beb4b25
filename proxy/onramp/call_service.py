"""The way of one request whose destination is known, the same for every on-ramp: admit, carry out, answer, record.

What a request is addressed to, and by whom, is the on-ramps' matter; what a call is held to is decided in the stages.
"""

import asyncio
import random
from dataclasses import replace
from http import HTTPStatus

from aiohttp import HttpVersion11, web

from tidegate.problems import PROBLEMS
from tidegate.proxy.call.call import Call
from tidegate.proxy.call.outcome import Verdict
from tidegate.proxy.call.reply import Reply, refused
from tidegate.proxy.onramp.admission import Admission
from tidegate.proxy.onramp.app_stream import AppStream, Detached, StreamFinished, finish
from tidegate.proxy.onramp.call_execution import CallExecution
from tidegate.proxy.onramp.call_lookup import CallLookup
from tidegate.proxy.onramp.gateway import Route
from tidegate.proxy.onramp.refusal import first_line
from tidegate.proxy.onramp.reply_writer import NO_HEADERS, AppExchange, ReplyWriter
from tidegate.proxy.onramp.request_content import is_undone
from tidegate.proxy.onramp.server import cancel_when_gone
from tidegate.proxy.telemetry.telemetry import Telemetry
from tidegate.world.raw_response import RawResponse
from tidegate.world.world import World

Answer = RawResponse | StreamFinished | Detached


class CallService:
    """See the module. One for each proxy. `ids` draws the ids of calls."""

    def __init__(
        self,
        world: World,
        telemetry: Telemetry,
        admission: Admission,
        execution: CallExecution,
        lookup: CallLookup,
        *,
        ids: random.Random,
        stopping: asyncio.Event,
    ) -> None:
        self.writer = ReplyWriter()
        self.draining = False
        self.admission = admission
        self._world = world
        self._telemetry = telemetry
        self._execution = execution
        self._lookup = lookup
        self._ids = ids
        self._stopping = stopping

    def exchange(self, request: web.BaseRequest) -> AppExchange:
        """A request that has just come, and the place of its answer."""
        message = request._message  # noqa: SLF001 - the raw request line, see tidegate.proxy.onramp.server
        return AppExchange(
            f"{self._ids.getrandbits(96):024x}", message.method, message.headers,
            keep_alive=not (message.should_close or self.draining or message.version < HttpVersion11),
            began=self._world.now(), request=request, writer=self.writer, stopping=self._stopping,
        )  # fmt: skip

    async def answer(self, request: web.BaseRequest, exchange: AppExchange, route: Route) -> Answer:
        """The answer to a request that goes this way."""
        exchange.upstream = route.upstream
        call = await self.admission.admit(request, exchange, route)
        if isinstance(call, Reply):
            return self.turn_away(exchange, call)
        telemetry = self._telemetry
        if telemetry.repeats.known:
            call.repeats = telemetry.repeats.of(call, exchange.began)
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
        telemetry.record(call, reply, now, self._world.wall())
        return RawResponse(self.writer.reply(exchange, call, reply), keep_alive=exchange.keep_alive)

    async def _finish_stream(self, stream: AppStream, call: Call, reply: Reply) -> StreamFinished:
        """The answer has gone to the app already, and its record is settled: only its end is left to be sent."""
        finished = await finish(stream, whole=reply.verdict is Verdict.SUCCESS)
        self._telemetry.record(call, reply, self._world.now(), self._world.wall())
        return finished

    def turn_away(self, exchange: AppExchange, reply: Reply) -> RawResponse:
        """Answer a request that does not become a call."""
        assert reply.problem is not None
        if reply.problem.status in (HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.REQUEST_ENTITY_TOO_LARGE):
            exchange.keep_alive = False  # the rest of the body is not read (RFC 9110 §15.5.9, §15.5.14)
        if not is_undone(exchange.headers):
            exchange.keep_alive = False  # nobody knows where its content ends
        if exchange.method == "CONNECT" or self._is_held_back(exchange):
            exchange.keep_alive = False  # what follows a CONNECT is no request (RFC 9931), and content may never come
        self._telemetry.refused(
            exchange.call_id,
            reply.problem,
            wall=self._world.wall(),
            method=exchange.method,
            app=exchange.app,
            vendor=exchange.upstream.name if exchange.upstream else "",
            detail=reply.detail,
        )
        return RawResponse(self.writer.refusal(exchange, reply), keep_alive=exchange.keep_alive)

    @staticmethod
    def _is_held_back(exchange: AppExchange) -> bool:
        """True where the app still waits for leave to send its content, and may send its next request instead.

        It is told that the connection ends (RFC 9110 §10.1.1).
        """
        request = exchange.request
        return request is not None and "Expect" in exchange.headers and not request.content.is_eof()

    def answer_last_hop(self, request: web.BaseRequest) -> RawResponse:
        """Answer a request that goes no further than here, though it is for somebody else (RFC 9110 §7.6.2)."""
        exchange = self.exchange(request)
        if exchange.method != "OPTIONS":
            problem = replace(PROBLEMS["bad-request"], status=HTTPStatus.NOT_IMPLEMENTED)
            return self.turn_away(exchange, refused(problem, f"The method {exchange.method} is not answered here."))
        return RawResponse(self.writer.document(exchange, {}), keep_alive=exchange.keep_alive)

    async def show_call(self, exchange: AppExchange, call_id: str) -> RawResponse:
        """Answer with what became of a call."""
        found = await self._lookup.find(exchange, call_id, lambda: self.admission.identify(exchange))
        if isinstance(found, Reply) and found.problem is not None:
            return self.turn_away(exchange, found)
        writer = self.writer
        data = writer.stored(exchange, found) if isinstance(found, Reply) else writer.document(exchange, found)
        return RawResponse(data, keep_alive=exchange.keep_alive)

    def bad_request(self, status: int, what: str, bug: BaseException | None) -> bytes:
        """A request that aiohttp could not parse; with `bug`, one whose answer could not be written."""
        call_id, wall = f"{self._ids.getrandbits(96):024x}", self._world.wall()
        if status == HTTPStatus.SERVICE_UNAVAILABLE:
            exchange = AppExchange(call_id, "", NO_HEADERS, keep_alive=False, began=self._world.now())
            return self.writer.refusal(exchange, refused(PROBLEMS["overloaded"], what, retry_after_s=1.0))
        problem, detail = replace(PROBLEMS["bad-request"], status=status), "The request cannot be read"
        if bug is not None:
            self._telemetry.crashed(call_id, bug, wall)
            problem, detail, what = PROBLEMS["internal-error"], "Tidegate failed", "its log tells why"
        if status != HTTPStatus.REQUEST_TIMEOUT:  # connections are counted where they are closed
            self._telemetry.refused(call_id, problem, wall=wall, method="", detail=f"{detail}: {first_line(what)}.")
        exchange = AppExchange(call_id, "", NO_HEADERS, keep_alive=False, began=self._world.now())
        return self.writer.refusal(exchange, refused(problem, f"{detail}: {first_line(what)}."))
