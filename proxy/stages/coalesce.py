"""Lets identical reads that run at the same time share one answer (collapsed forwarding).

Identical means: the same bytes would go to the vendor, credential and all, and the same app asks or the vendor file
lets apps share. Whoever comes first leads; the others wait for it, each within its own deadline. A leader that ends
without an answer (its app left, its time was up, it was refused here) says nothing about the vendor: the next leads. An
answer that is streamed is its leader's alone, and the others ask as soon as its head has come. A
vendor's failure is told to all who waited for it, so that it is not asked for it once more by each of them. What was
asked before a write had ended may not know of it: nobody who asks after that joins it. A lookup of a write joins nobody
at all: they may have asked before it could be seen.
"""

import asyncio
from dataclasses import replace
from enum import Enum
from functools import partial

from tidegate.plan.plan import OperationPlan
from tidegate.policy.coalesce import describe
from tidegate.problems import PROBLEMS
from tidegate.proxy.call.call import GATHERED_BYTES_MAX, Call, Handler
from tidegate.proxy.call.outcome import Outcome, Verdict
from tidegate.proxy.call.reply import Reply, refused
from tidegate.proxy.policies.caching.cache_control import parse_cache_control
from tidegate.proxy.policies.caching.cache_status import forwarded
from tidegate.proxy.policies.caching.vary import vary_of
from tidegate.proxy.upstream.upstream import Upstream
from tidegate.world.world import World

__all__ = ["describe", "stage"]


class NoSharedAnswer(Enum):
    """The next step of those who wait, where there is no answer for them."""

    LEAD = "the first of them asks"
    ALONE = "each asks for itself: this answer is for one only"


Flight = asyncio.Future[Reply | NoSharedAnswer]

Key = tuple[int, str, bytes]
"""The number of writes so far, the app, and the request: reads of one key are identical."""


def stage(plan: OperationPlan, upstream: Upstream, proceed: Handler) -> Handler:
    """Joins reads where the vendor file lets them share; counts the writes that they must not overtake."""
    if plan.idempotency != "safe":
        return _writing(upstream, proceed) if upstream.joins else proceed
    return proceed if plan.coalesce is None else _joining(plan, upstream, proceed)


def _joining(plan: OperationPlan, upstream: Upstream, proceed: Handler) -> Handler:
    world, request, provider = upstream.world, upstream.writer(plan), upstream.provider
    by_app = plan.coalesce == "app"
    flights: dict[Key, Flight | None] = {}

    async def joined(call: Call) -> Reply:
        if call.upgrade or call.content.present or call.carried is not None:
            return await proceed(call)
        call.gather = GATHERED_BYTES_MAX
        call.credential = provider.current  # as it is now: nobody writes the request again
        call.written = request(call)
        key = (upstream.writes, call.app if by_app else "", call.written)
        while key in flights:
            flight = flights[key]
            if flight is None:  # the leader has no future to tell of its answer before somebody waits for it
                flight = flights[key] = asyncio.get_running_loop().create_future()
            shared = await _wait(world, flight, call)
            if isinstance(shared, Reply):
                return _shared(plan, call, shared) if shared.problem is None or shared.error else shared
            if shared is NoSharedAnswer.ALONE:
                return await proceed(call)
        flights[key] = None
        call.at_commit += (partial(_land, flights, key, NoSharedAnswer.ALONE),)  # a stream may last for minutes
        shared = NoSharedAnswer.LEAD
        try:
            reply = await proceed(call)
            if call.streamed is None and flights[key] is not None:
                shared = _shared_answer(plan, call, reply)
            return reply
        finally:
            if call.streamed is None:
                _land(flights, key, shared)

    return joined


def _land(flights: dict[Key, Flight | None], key: Key, shared: Reply | NoSharedAnswer, *_: object) -> None:
    """The leader's answer is known: those who waited go on, and who comes now leads."""
    flight = flights.pop(key, None)
    if flight is not None:
        flight.set_result(shared)


def _writing(upstream: Upstream, proceed: Handler) -> Handler:
    def count(*_: object) -> None:
        upstream.writes += 1

    async def write(call: Call) -> Reply:
        call.at_commit += (count,)
        try:
            return await proceed(call)
        finally:
            count()

    return write


async def _wait(world: World, flight: Flight, call: Call) -> Reply | NoSharedAnswer:
    """The leader's answer. A waiter that is cancelled, or runs out of time, leaves the others alone."""
    try:
        async with world.timeout(max(call.deadline - world.now(), 0.0)):
            return await asyncio.shield(flight)
    except TimeoutError:
        return refused(PROBLEMS["deadline-exceeded"], "The same read was asked already, and no answer came in time.")


def _shared_answer(plan: OperationPlan, call: Call, reply: Reply) -> Reply | NoSharedAnswer:
    """The answer for those who waited."""
    if not call.attempts or (reply.problem is not None and reply.problem.name == "deadline-exceeded"):
        return NoSharedAnswer.LEAD
    if reply.vendor_headers is not None:
        despite = plan.cache.despite if plan.cache is not None else ()
        control = parse_cache_control(",".join(reply.vendor_headers.getall("Cache-Control", ())))
        mine = {"no-store"} if plan.coalesce == "app" else {"no-store", "private"}
        if mine & control.keys() - {*despite} or vary_of(reply.vendor_headers.getall("Vary", ())) is None:
            return NoSharedAnswer.ALONE
    return replace(reply)  # the leader's own goes on to be changed


def _shared(plan: OperationPlan, call: Call, reply: Reply) -> Reply:
    """Another call's answer, as this call's."""
    call.outcome = Outcome.DONE if reply.verdict is Verdict.SUCCESS else Outcome.NOT_APPLIED
    lines = reply.headers
    if plan.cache is None and reply.problem is None:
        lines = (*lines, (b"Cache-Status", forwarded("bypass", status=reply.status, collapsed=True)))
    return replace(reply, headers=lines, cache="collapsed")
