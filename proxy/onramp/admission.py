"""Makes a call of a request whose way is known, or says why it does not become one.

The steps, in their order: who asks (an app's token, or its connection), is the proxy still taking calls, may the app
make this one, how much time the app gives, the content, the trace that the call belongs to. A request that fails one of
them is refused before anything is spent on it.
What a call is held to after that is decided in the stages.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable
from functools import partial
from urllib.parse import parse_qs

from aiohttp import web
from multidict import CIMultiDictProxy

from tidegate.plan.plan import OperationPlan
from tidegate.problems import PROBLEMS
from tidegate.proxy.access.app_rules import AppRule, AskedCall
from tidegate.proxy.access.callers import Callers
from tidegate.proxy.access.peers import Peer
from tidegate.proxy.call.call import Call
from tidegate.proxy.call.content import Content
from tidegate.proxy.call.reply import Reply, refused
from tidegate.proxy.config import Config
from tidegate.proxy.credentials.signing.placed_key import without
from tidegate.proxy.onramp.gateway import Route
from tidegate.proxy.onramp.reply_writer import AppExchange
from tidegate.proxy.onramp.request_content import absent, asks_for_websocket, read_content
from tidegate.proxy.onramp.server import known_peer
from tidegate.proxy.policies.resilience.deadline import deadline_of, parse_timeout
from tidegate.proxy.telemetry import traceparent
from tidegate.proxy.upstream.upstream import Upstream
from tidegate.world.world import World

NO_KEY = "Send a Tidegate token where the vendor's key would be."

BAD_TIMEOUT = "Tidegate-Timeout is {!r}; write a time like 5s or 250ms."

Hold = Callable[[Upstream, float, Call], Awaitable[Reply]]
"""Writes a call down to wait for approval, for so many seconds at most: tidegate.proxy.durable.outbox_door."""
Turned = Callable[[str, str], object]
"""Told of a request that is nobody's: why, and from which address."""


class Admission:
    """The checks that every request passes before it is a call. One for each proxy.

    `ids` draws the ids of traces, `stopping` is set when no more calls are taken, `traced` is True where spans are
    written.
    """

    def __init__(
        self,
        world: World,
        config: Config,
        callers: Callers,
        *,
        hold: Hold,
        turned: Turned,
        ids: random.Random,
        stopping: asyncio.Event,
        traced: bool,
    ) -> None:
        self._world = world
        self._ids = ids
        self._stopping = stopping
        self._traced = traced
        self._callers, self._hold, self._turned = callers, hold, turned
        self.change(config)

    def change(self, config: Config) -> None:
        """From the next request on, this configuration is in force."""
        self._kept_max, self._bytes_max = config.body_kept_bytes, config.body_max_bytes
        self._sample = config.telemetry.sample if self._traced else 0.0

    async def admit(self, request: web.BaseRequest, exchange: AppExchange, route: Route) -> Call | Reply:
        """The call that comes of a request, or the refusal. What is known of the app is noted in `exchange`."""
        plan, slot = route.plan, route.upstream.app_key_header
        app = exchange.app or self._callers.identify(exchange.headers, slot) or self._elsewhere(exchange, route)
        exchange.app = app
        if not app:
            return refused(PROBLEMS["app-unauthorized"], NO_KEY)
        if self._stopping.is_set():
            return refused(PROBLEMS["overloaded"], "Tidegate is stopping.", retry_after_s=1.0)
        rule = self._callers.rules.get(app)
        headers = exchange.headers if rule is None else self._hold_to(rule, exchange, route)
        if isinstance(headers, Reply):
            return headers
        given = headers.get("Tidegate-Timeout")
        if (timeout_s := None if given is None else parse_timeout(given)) is None and given is not None:
            return refused(PROBLEMS["bad-request"], BAD_TIMEOUT.format(given[:40]))
        deadline = deadline_of(exchange.began, plan.budget_s, timeout_s)
        received = request.body_exists or "Transfer-Encoding" in headers
        content = await self._receive(request, deadline, plan, rule) if received else absent(exchange.method)
        if isinstance(content, Reply):
            exchange.keep_alive = False  # what is left of the content would be read as the next request
            return content
        if content.stream is not None and timeout_s is None:  # the time that a large one takes is not the vendor's
            deadline = exchange.began + max(plan.budget_s, plan.stream_total_s)
        message = request._message  # noqa: SLF001 - the raw request head, see tidegate.proxy.onramp.server
        call = Call(
            call_id=exchange.call_id, app=app, plan=plan, method=exchange.method, path=route.path, headers=headers,
            raw_headers=message.raw_headers, content=content, began=exchange.began, deadline=deadline,
            reply_channel=exchange,
            upgrade=asks_for_websocket(message),
        )  # fmt: skip
        if (parent := headers.get("traceparent")) is not None or self._sample:
            self._trace(call, parent)
        return call

    def _hold_to(self, rule: AppRule, exchange: AppExchange, route: Route) -> CIMultiDictProxy[str] | Reply:
        """Hold a call to the rules of its app: its headers, or the refusal. What needs approval gets another way."""
        asked = AskedCall(route.plan, exchange.method, route.path, route.upstream.document)
        refusal = rule.refusal(asked, exchange.headers, exchange.began, self._world.wall)
        if refusal is not None:
            return refusal
        if rule.waits_for_approval(asked):
            route.handler = partial(self._hold, route.upstream, rule.approve_within_s)
        return rule.headers(exchange.headers)

    def identify(self, exchange: AppExchange, slot: str = "Authorization") -> str | None:
        """The app that asks, by the token in `slot` or by its connection; None, which is told, for nobody."""
        return exchange.app or self._callers.identify(exchange.headers, slot) or self._by_peer(exchange, slot) or None

    def identify_again(self, headers: CIMultiDictProxy[str], peer: Peer, slot: str) -> str | None:
        """The app that asked with these headers, from this peer, by what is good now; None for nobody any more."""
        return self._callers.identify(headers, slot) or self._callers.by_connection(lambda: peer, headers, slot)

    def _elsewhere(self, exchange: AppExchange, route: Route) -> str:
        """The app whose token is not in the vendor's own header: in the query, or behind `Bearer`, as our 401 says.

        Newer SDKs of a vendor with a header of its own send the key so. One in that header goes before it, good or not.
        Else it is the app of the connection. A token in the query goes no further.
        """
        upstream, app = route.upstream, None
        if (slot := upstream.app_key_header) not in exchange.headers:
            slot = "Authorization"
            app = self._callers.identify(exchange.headers)
        if parameter := upstream.app_key_parameter:
            path, _, query = route.path.partition("?")
            tokens, rest = parse_qs(query).get(parameter), without(query, parameter)
            route.path = f"{path}?{'&'.join(rest)}" if rest else path
            app = self._callers.by_query(tokens[0], exchange.headers) if tokens and len(tokens) == 1 else None
        return app or self._by_peer(exchange, slot)

    def _by_peer(self, exchange: AppExchange, slot: str) -> str:
        """The app of the connection, where no token names one; empty for nobody, which is told."""
        headers, callers, request = exchange.headers, self._callers, exchange.request
        app = None if request is None else callers.by_connection(lambda: known_peer(request.protocol), headers, slot)
        if app is None:
            self._turned(callers.why_not(headers, slot), str(request.remote or "") if request is not None else "")
        return app or ""

    async def _receive(
        self, request: web.BaseRequest, deadline: float, plan: OperationPlan, rule: AppRule | None
    ) -> Content | Reply:
        content = await read_content(
            request, self._world, deadline, kept_max=self._kept_max, bytes_max=self._bytes_max, idle_s=plan.idle_s
        )
        if rule is None or isinstance(content, Reply):
            return content
        return rule.refusal_of_content(plan.vendor, content, request.headers) or content

    def _trace(self, call: Call, parent: str | None) -> None:
        """Let the call go on with the app's trace, or begin one. `parent` is the app's traceparent, as it was sent."""
        trace = traceparent.enter(parent, self._ids, self._sample)
        call.trace_id, call.span_id = trace.trace_id, trace.span_id
        call.parent_span_id, call.sampled = trace.parent_span_id, trace.sampled
