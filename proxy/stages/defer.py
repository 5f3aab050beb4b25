"""Accepts a write durably, and answers 202, where it is to be carried out later.

It stands outermost, so that a write is accepted whole, and only in the pipelines of operations that may be deferred.
An app may ask for it with `Prefer: respond-async` (RFC 7240), and with `wait=N` waits for the answer first. What an
accepted write is then is tidegate.proxy.durable.outbox_door's matter, and who carries it out the worker's: its calls
pass here untouched.
"""

import asyncio
from dataclasses import replace

from tidegate.plan.plan import OperationPlan
from tidegate.policy.deferral.defer import defers, describe, records_each_try
from tidegate.proxy.call.call import Call, Handler
from tidegate.proxy.call.outcome import Verdict
from tidegate.proxy.call.reply import Reply
from tidegate.proxy.durable.outbox_door import OutboxDoor, without_preference
from tidegate.proxy.policies.delivery.deferral import deferred_as
from tidegate.proxy.policies.delivery.prefer import NO_PREFERENCE, preference_of
from tidegate.proxy.policies.resilience.idempotency_keys import given_key, own_key
from tidegate.proxy.upstream.upstream import Upstream

__all__ = ["describe", "stage"]


def stage(plan: OperationPlan, upstream: Upstream, proceed: Handler) -> Handler:
    """Accepts what is to be carried out later; lets everything else pass."""
    deliveries = upstream.deliveries
    if deliveries is None or not defers(plan):
        return proceed
    door, rules, apart = OutboxDoor(plan, upstream, deliveries), plan.defer, records_each_try(plan)

    async def deferring(call: Call) -> Reply:
        if call.carried or call.upgrade:
            return await proceed(call)
        asked = preference_of(call.headers.getall("Prefer", ())) if rules.prefer == "allow" else NO_PREFERENCE
        if asked.respond_async and door.holds(call):
            without_preference(call, asked)
            if asked.wait_s and rules.order_by is None:
                return await _within(asked.wait_s, call, door, upstream, proceed)
            return await door.accept(call, "queued", preferred=True)
        if rules.when == "always":
            return await door.accept(call, "queued")
        if rules.when == "never":  # an app may have asked for it before, under the same key
            early = await door.known(call) if apart and given_key(call) is not None else None
            return early or await proceed(call)
        return await _where_unavailable(call, door, plan, proceed)

    return deferring


async def _where_unavailable(call: Call, door: OutboxDoor, plan: OperationPlan, proceed: Handler) -> Reply:
    early = await door.known(call) if given_key(call) is not None or plan.defer.order_by is not None else None
    if early is not None:
        return early
    reply = await proceed(call)
    if reply.verdict is Verdict.SUCCESS or call.streamed is not None or not door.holds(call):
        return reply
    state = deferred_as(plan, call.outcome, reply)
    if state is None:
        return reply
    accepted = await door.accept(call, state, after_s=reply.retry_after_s or 0.0)
    return reply if accepted.problem is not None and state == "unknown" else accepted


async def _within(wait_s: float, call: Call, door: OutboxDoor, upstream: Upstream, proceed: Handler) -> Reply:
    """The answer where it comes in time; else 202, while the call goes on, on record under its key."""
    early = await door.known(call) if given_key(call) is not None else None
    if early is not None:
        return early
    going = replace(call, attempts=[], reply_channel=None)
    if given_key(call) is None:
        going.own_key = call.own_key = own_key(call.call_id)
    task = asyncio.get_running_loop().create_task(_go(going, proceed))
    upstream.going_on.add(task)
    task.add_done_callback(upstream.going_on.discard)
    try:
        try:
            async with upstream.world.timeout(wait_s):
                reply = await asyncio.shield(task)
        except TimeoutError:
            accepted = await _accepted(call, door, upstream)
            if accepted.problem is None:
                _leave(task, going, upstream)
                return accepted
            reply = await asyncio.shield(task)
    except asyncio.CancelledError:
        _leave(task, going, upstream)
        raise
    call.attempts, call.outcome, call.stop = going.attempts, going.outcome, going.stop
    call.key, call.queued_s = going.key, going.queued_s
    return reply


async def _accepted(call: Call, door: OutboxDoor, upstream: Upstream) -> Reply:
    """Accept a call that goes on. Its record tells the worker of it; where none does, the lookup has to, afterwards."""
    if not records_each_try(call.plan):
        return await door.accept(call, "queued", preferred=True)
    lag_s = call.plan.lookup.lag if call.plan.lookup is not None else 0.0
    left_s = max(call.deadline - upstream.world.now(), 0.0)
    return await door.accept(call, "unknown", preferred=True, after_s=left_s + lag_s)


async def _go(call: Call, proceed: Handler) -> Reply:
    return await proceed(call)


def _leave(task: asyncio.Task[Reply], going: Call, upstream: Upstream) -> None:
    """Nobody waits for it any more: its end has to be told by itself."""

    def ended(task: asyncio.Task[Reply]) -> None:
        if not task.cancelled():
            upstream.on_late_end(going, task.result())

    task.add_done_callback(ended)
