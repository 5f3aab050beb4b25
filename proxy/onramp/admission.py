"""Makes a call of a request whose way is known, or says why it does not become one.

The steps, in their order: who asks (an app's token), is the proxy still taking calls, how much time the app gives, the
content, the trace that the call belongs to. A request that fails one of them is refused before anything is spent on it.
What a call is held to after that is decided in the stages.
"""

import asyncio
import random
from collections.abc import Callable

from aiohttp import web

from tidegate.problems import PROBLEMS
from tidegate.proxy.call.call import Call
from tidegate.proxy.call.content import Content
from tidegate.proxy.call.reply import Reply, refused
from tidegate.proxy.config import Config
from tidegate.proxy.onramp.gateway import Route
from tidegate.proxy.onramp.reply_writer import AppExchange
from tidegate.proxy.onramp.request_content import absent, read_content
from tidegate.proxy.policies.resilience.deadline import deadline_of, parse_timeout
from tidegate.proxy.telemetry import traceparent
from tidegate.world.world import World

NO_KEY = "Send a Tidegate token where the vendor's key would be."

Identify = Callable[..., str | None]
"""The app whose token is in the headers: tidegate.proxy.onramp.app_tokens.AppTokens.identify."""


class Admission:
    """The checks that every request passes before it is a call. One for each proxy.

    `ids` draws the ids of traces, `stopping` is set when no more calls are taken, `traced` is True where spans are
    written.
    """

    def __init__(
        self,
        world: World,
        config: Config,
        identify: Identify,
        *,
        ids: random.Random,
        stopping: asyncio.Event,
        traced: bool,
    ) -> None:
        self._world = world
        self._ids = ids
        self._stopping = stopping
        self._traced = traced
        self.change(config, identify)

    def change(self, config: Config, identify: Identify) -> None:
        """From the next request on, this configuration and these tokens are in force."""
        self.identify = identify
        self._kept_max, self._bytes_max = config.body_kept_bytes, config.body_max_bytes
        self._sample = config.telemetry.sample if self._traced else 0.0

    async def admit(self, request: web.BaseRequest, exchange: AppExchange, route: Route) -> Call | Reply:
        """The call that comes of a request, or the refusal. What is known of the app is noted in `exchange`."""
        headers, plan = exchange.headers, route.plan
        app = self.identify(headers, route.upstream.app_key_header)
        if app is None:
            return refused(PROBLEMS["app-unauthorized"], NO_KEY)
        exchange.app = app
        if self._stopping.is_set():
            return refused(PROBLEMS["overloaded"], "Tidegate is stopping.", retry_after_s=1.0)
        given = headers.get("Tidegate-Timeout")
        timeout_s = None if given is None else parse_timeout(given)
        if given is not None and timeout_s is None:
            detail = f"Tidegate-Timeout is {given[:40]!r}; write a time like 5s or 250ms."
            return refused(PROBLEMS["bad-request"], detail)
        deadline = deadline_of(exchange.began, plan.budget_s, timeout_s)
        received = request.body_exists or "Transfer-Encoding" in headers
        content = await self._receive(request, deadline, plan.idle_s) if received else absent(exchange.method)
        if isinstance(content, Reply):
            exchange.keep_alive = False  # what is left of the content would be read as the next request
            return content
        if content.stream is not None and timeout_s is None:  # the time that a large one takes is not the vendor's
            deadline = exchange.began + max(plan.budget_s, plan.stream_total_s)
        message = request._message  # noqa: SLF001 - the raw request head, see tidegate.proxy.onramp.server
        call = Call(
            call_id=exchange.call_id,
            app=app,
            plan=plan,
            method=exchange.method,
            path=route.path,
            headers=headers,
            raw_headers=message.raw_headers,
            content=content,
            began=exchange.began,
            deadline=deadline,
            reply_channel=exchange,
            upgrade=message.upgrade and headers.get("Upgrade", "").lower() == "websocket",
        )
        parent = headers.get("traceparent")
        if parent is not None or self._sample:
            self._trace(call, parent)
        return call

    async def _receive(self, request: web.BaseRequest, deadline: float, idle_s: float) -> Content | Reply:
        kept_max, bytes_max = self._kept_max, self._bytes_max
        return await read_content(request, self._world, deadline, kept_max=kept_max, bytes_max=bytes_max, idle_s=idle_s)

    def _trace(self, call: Call, parent: str | None) -> None:
        """Let the call go on with the app's trace, or begin one. `parent` is the app's traceparent, as it was sent."""
        trace = traceparent.enter(parent, self._ids, self._sample)
        call.trace_id, call.span_id = trace.trace_id, trace.span_id
        call.parent_span_id, call.sampled = trace.parent_span_id, trace.sampled
