"""Sends a read a second time when the first request is slow, and takes the answer that comes first.

Each of the two goes through breaker, limiter and exchange on its own, so that each has its permits and the loser, which
is cancelled, gives its own back. The second is drawn from the retry budget and counts as one of the call's attempts.
It is sent only while the first is with the vendor: a call that waits for a permit is not helped by a second wait.
"""

import asyncio
from dataclasses import replace
from typing import cast

from tidegate.plan.plan import OperationPlan
from tidegate.policy.hedge import describe
from tidegate.proxy.call.attempt import Attempt
from tidegate.proxy.call.call import GATHERED_BYTES_MAX, Call, Handler
from tidegate.proxy.call.outcome import Verdict
from tidegate.proxy.call.reply import Reply
from tidegate.proxy.policies.resilience.hedge_delay import LatencyTail
from tidegate.proxy.upstream.upstream import Upstream

__all__ = ["describe", "stage"]

_ANSWERS = (Verdict.SUCCESS, Verdict.REJECTED, Verdict.CREDENTIAL)
"""The verdicts that end the race. After anything else the other one may still do better."""


def stage(plan: OperationPlan, upstream: Upstream, proceed: Handler) -> Handler:
    """Races two requests where the vendor file says so."""
    if plan.hedge is None or plan.idempotency != "safe":
        return proceed
    world, tail = upstream.world, LatencyTail()
    fixed_s = plan.hedge.after if isinstance(plan.hedge.after, float) else None

    async def hedged(call: Call) -> Reply:
        after_s = fixed_s if fixed_s is not None else tail.p95_s
        before = len(call.attempts)
        if call.upgrade or call.content.stream is not None:  # content that is streamed can be sent once
            return await proceed(call)
        call.gather = GATHERED_BYTES_MAX
        if after_s is None or after_s >= call.deadline - world.now() or before + 1 >= plan.retry_attempts:
            reply = await proceed(call)
            _count(tail, call.attempts[before:])
            return reply
        race = _Race(upstream, call, proceed)
        timer = world.call_later(after_s, race.send_second)
        try:
            try:
                reply = await proceed(call)  # in the call's own task: nearly always it is the only request
            except asyncio.CancelledError:
                second = race.interrupting()
                if second is None:
                    raise
                return second.result()
            finally:
                race.running = False
            return reply if race.second is None else await race.better_of(reply, race.second)
        finally:
            timer.cancel()
            if race.second is not None:
                await race.clear_up()
            _count(tail, call.attempts[before:])

    return hedged


class _Race:
    """The second request, and what it needs. One that has an answer first cancels the first, as a timeout would."""

    second: "asyncio.Future[Reply] | None" = None
    running = True
    """The first has not ended."""
    _won = False
    """The second's answer is taken."""
    _copy: Call
    _reserved_at = 0.0

    def __init__(self, upstream: Upstream, call: Call, proceed: Handler) -> None:
        self._upstream = upstream
        self._call = call
        self._proceed = proceed
        self._before = len(call.attempts)
        self._at_commit = call.at_commit
        self._task = task = cast("asyncio.Task[object]", asyncio.current_task())
        self._asked_to_end = task.cancelling()

    def interrupting(self) -> "asyncio.Future[Reply] | None":
        """The second, where it was that which cancelled the first; None where the call itself was cancelled."""
        return self.second if self._won and self._task.uncancel() <= self._asked_to_end else None

    async def better_of(self, reply: Reply, second: "asyncio.Future[Reply]") -> Reply:
        """The answer that is taken: where neither has one that ends the race, that of the one that ended last.

        One that the app has begun to read is the call's, however it ends.
        """
        ended = second.done() or reply.verdict in _ANSWERS
        if self._call.streamed is not None or (ended and self._copy.streamed is None):
            return reply
        self._won = True
        return await second

    def send_second(self) -> None:
        """Send it, if the first is with the vendor, and nothing of its answer with the app, and the budget allows it.

        It has a copy of the call to write in, because two stages at once would mix it up.
        """
        call, upstream, now = self._call, self._upstream, self._upstream.world.now()
        with_vendor = len(call.attempts) > self._before and call.streamed is None
        if not with_vendor or not upstream.retry_budget.reserve(now):
            return
        self._reserved_at = now
        attempts = call.attempts[: self._before]
        self._copy = replace(call, attempts=attempts, queued_s=0.0, at_commit=self._at_commit)
        self.second = asyncio.ensure_future(self._proceed(self._copy))
        self.second.add_done_callback(self._interrupt)

    def _interrupt(self, second: "asyncio.Future[Reply]") -> None:
        if not self.running or second.cancelled() or self._call.streamed is not None:
            return
        if second.exception() is not None or second.result().verdict in _ANSWERS:
            self._won = True
            self._task.cancel()

    async def clear_up(self) -> None:
        """End the second where it still runs, wait until its permits are back, and write its attempts into the call.

        The winner's stand last: what follows judges by the last one.
        """
        call, copy, before, second = self._call, self._copy, self._before, self.second
        assert second is not None
        second.cancel()
        await asyncio.gather(second, return_exceptions=True)
        first, other = call.attempts[before:], copy.attempts[before:]
        if not other:
            self._upstream.retry_budget.release(self._reserved_at)
        call.attempts[before:] = [*first, *other] if self._won else [*other, *first]
        for number, attempt in enumerate(call.attempts, 1):
            attempt.number = number
        call.queued_s += copy.queued_s
        call.streamed = call.streamed or copy.streamed


def _count(tail: LatencyTail, attempts: list[Attempt]) -> None:
    """A cancelled attempt counts with the time that it had: left out, the slow ones would be forgotten.

    A streamed one counts up to its head: nothing is sent a second time after that.
    """
    for attempt in attempts:
        if attempt.verdict in (Verdict.SUCCESS, Verdict.CANCELLED):
            tail.add((attempt.head_at or attempt.ended) - attempt.began)
