"""Sends a read a second time when the first request is slow, and takes the answer that comes first.

Each of the two goes through breaker, limiter and exchange on its own, so that each has its permits and the loser, which
is cancelled, gives its own back. The second is drawn from the retry budget and counts as one of the call's attempts.
It is sent only while the first is with the vendor: a call that waits for a permit is not helped by a second wait.
"""

import asyncio
from dataclasses import dataclass, replace

from tidegate.plan import OperationPlan
from tidegate.proxy.call import GATHERED_BYTES_MAX, Attempt, Call, Handler, Reply
from tidegate.proxy.policies.hedge import Tail
from tidegate.proxy.policies.outcome import Verdict
from tidegate.proxy.upstream import Upstream
from tidegate.units import written_duration

_ANSWERS = (Verdict.SUCCESS, Verdict.REJECTED, Verdict.CREDENTIAL)
"""What ends the race. After anything else the other one may still do better."""


@dataclass(frozen=True, slots=True)
class Racer:
    """One of the two requests."""

    call: Call
    task: "asyncio.Future[Reply]"


def describe(plan: OperationPlan) -> str:
    """The numbers of this stage."""
    if plan.hedge is None or plan.idempotency != "safe":
        return "off"
    after = plan.hedge.after if isinstance(plan.hedge.after, str) else written_duration(plan.hedge.after)
    return f"a second request after {after}, inside the retry budget"


def stage(plan: OperationPlan, upstream: Upstream, proceed: Handler) -> Handler:
    """Races two requests where the vendor file says so."""
    if plan.hedge is None or plan.idempotency != "safe":
        return proceed
    now, budget, tail = upstream.world.now, upstream.retry_budget, Tail()
    fixed_s = plan.hedge.after if isinstance(plan.hedge.after, float) else None

    async def hedged(call: Call) -> Reply:
        after_s = fixed_s if fixed_s is not None else tail.p95_s
        before = len(call.attempts)
        if call.upgrade:
            return await proceed(call)
        call.gather = GATHERED_BYTES_MAX
        if after_s is None or after_s >= call.deadline - now() or before + 1 >= plan.retry_attempts:
            reply = await proceed(call)
            _count(tail, call.attempts[before:])
            return reply
        racers = [_start(proceed, call)]
        winner = racers[0]
        try:
            await asyncio.wait([winner.task], timeout=after_s)
            with_vendor = not winner.task.done() and len(winner.call.attempts) > before
            if with_vendor and budget.reserve(now()):
                racers.append(_start(proceed, call))
            winner = await _first(racers)
            return winner.task.result()
        finally:
            await _stop(racers)
            if len(racers) > 1 and len(racers[1].call.attempts) == before:
                budget.release(now())
            _merge(call, before, sorted(racers, key=lambda racer: racer is winner))
            _count(tail, call.attempts[before:])

    return hedged


def _start(proceed: Handler, call: Call) -> Racer:
    """A request of its own: what it does is written into a copy, because two stages at once would mix it up."""
    own = replace(call, attempts=list(call.attempts), queued_s=0.0)
    return Racer(own, asyncio.ensure_future(proceed(own)))


async def _first(racers: list[Racer]) -> Racer:
    """The one that has an answer first; where none has one, the one that ended last."""
    waiting = {racer.task: racer for racer in racers}
    while True:
        done, _ = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        ended = [racer for racer in racers if racer.task in done]
        for racer in ended:
            del waiting[racer.task]
            if not waiting or racer.task.result().verdict in _ANSWERS:
                return racer


async def _stop(racers: list[Racer]) -> None:
    """Cancel whoever still runs, and wait until its permits are back."""
    running = [racer.task for racer in racers if not racer.task.done()]
    for task in running:
        task.cancel()
    if running:
        await asyncio.gather(*running, return_exceptions=True)


def _merge(call: Call, before: int, racers: list[Racer]) -> None:
    """Write the attempts of all into the call, the winner's last: what follows judges by the last one."""
    for racer in racers:
        call.attempts += racer.call.attempts[before:]
        call.queued_s += racer.call.queued_s
        call.streamed = call.streamed or racer.call.streamed
    for number, attempt in enumerate(call.attempts, 1):
        attempt.number = number


def _count(tail: Tail, attempts: list[Attempt]) -> None:
    """A cancelled attempt counts with the time that it had: left out, the slow ones would be forgotten."""
    for attempt in attempts:
        if attempt.verdict in (Verdict.SUCCESS, Verdict.CANCELLED):
            tail.add(attempt.ended - attempt.began)
