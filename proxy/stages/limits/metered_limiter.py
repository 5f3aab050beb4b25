"""One attempt under limits that count more than requests: estimated before it, settled and corrected by its answer.

For the stage of tidegate.proxy.stages.limiter: tokens, cost and bytes, calendar quotas, places, limits by app, limits
that are learned, and report mode. Also how a call is told that a limit has no room for it.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from tidegate.plan.plan import OperationPlan
from tidegate.problems import PROBLEMS
from tidegate.proxy.call.attempt import Attempt
from tidegate.proxy.call.call import Call, Handler
from tidegate.proxy.call.outcome import Verdict
from tidegate.proxy.call.reply import Reply, refused
from tidegate.proxy.permits.lane import Lane
from tidegate.proxy.permits.limit_gate import LimitPermit
from tidegate.proxy.permits.waiting_room import Gate
from tidegate.proxy.policies.dialects.dialect_reader import LimitReport, was_kept
from tidegate.proxy.policies.dialects.header_formats import http_date
from tidegate.proxy.policies.limits.amounts import READ_BYTES_MAX
from tidegate.proxy.policies.limits.learned_limit import LearnedLimit, LearnedLimits
from tidegate.proxy.policies.limits.ratelimit_headers import rate_limit
from tidegate.proxy.policies.limits.wait_queue import QueueRefusal, urgency_of
from tidegate.proxy.policies.resilience.backoff import upwards
from tidegate.proxy.upstream.answer_classifier import document_of
from tidegate.proxy.upstream.upstream import Upstream

NEAR = 0.8
"""From this share of a limit on apps are told what is left."""


@dataclass(slots=True)
class Taken:
    """An attempt's permit, and how much had been taken (`marks`, `learned`) of each limit that an answer may name.

    `gate` is where calls wait: the lane's, or that of a pool which the lane is one of.
    """

    lane: Lane
    gate: Gate
    permit: LimitPermit
    marks: tuple[tuple[LearnedLimit, float], ...]
    learned: tuple[tuple[LearnedLimits, Mapping[tuple[str, str], float]], ...]
    told: bool = False
    """The head of a streamed answer has been learned from."""


class MeteredLimiter:
    """The stage. `proceed` is all that is inside it."""

    def __init__(self, plan: OperationPlan, upstream: Upstream, proceed: Handler) -> None:
        self._plan = plan
        self._upstream = upstream
        self._limits = upstream.limits
        self._proceed = proceed
        self._now = upstream.world.now
        self._tells_limits = upstream.policy.limiter.tell
        self.passes_limits, self._passes_queue = "limiter" in plan.reports, "queue" in plan.reports

    async def admitted(self, call: Call) -> Reply:
        """One attempt."""
        lane = self._limits.lane(self._plan, call.app)
        assert lane is not None
        amounts = None if lane.amounts.plain else lane.amounts.of(call.content)
        asked_at = self._now()
        permit = lane.gate.try_acquire(asked_at, amounts)
        if permit is None:
            result = await self._wait(call, lane, asked_at, amounts)
            if isinstance(result, QueueRefusal):
                wait_s = lane.gate.estimate_s(self._now(), call.app, amounts)
                refused_reply = self.refused(result, lane.gate, wait_s)
                # Where it is only reported, nothing was taken, as nothing would have been.
                return await self._proceed(call) if refused_reply is None else refused_reply
            permit = result
        return await self.exchange(call, lane, permit)

    def refused(self, why: QueueRefusal, gate: Gate, wait_s: float) -> Reply | None:
        """The refusal of a call for which there is no room; None where that is only reported."""
        if not (self._passes_queue or self.passes_limits):
            return refusal(self._plan, gate, why, wait_s, self._now() if self._tells_limits else None)
        rule = "limiter" if self.passes_limits else "queue"
        self._upstream.reports.would_refuse(rule, why.reason, self._plan.operation)
        return None

    async def exchange(self, call: Call, lane: Lane, permit: LimitPermit, gate: Gate | None = None) -> Reply:
        """One attempt under a permit of a lane, which is settled and given back. `gate` is the pool's, if any."""
        at = self._now()
        for quota in lane.quotas:
            self._limits.used(quota, at)
        # Answers may come in another order than requests left: each is read against what had been taken before it.
        marks = tuple((window, window.sent) for window, _, _ in lane.vendor_windows)
        learned = tuple((limits, limits.marks()) for limits in lane.learned)
        return await self._exchange(call, Taken(lane, gate or lane.gate, permit, marks, learned))

    async def _wait(
        self, call: Call, lane: Lane, asked_at: float, amounts: tuple[float, ...] | None
    ) -> LimitPermit | QueueRefusal:
        """A permit, now or later; or why there is none."""
        gate = lane.gate
        if self.passes_limits:
            served_at = asked_at + gate.estimate_s(asked_at, call.app, amounts)
            if served_at >= min(call.deadline, asked_at + self._plan.queue_wait_s):
                return QueueRefusal("would expire")
            return gate.overdraw(asked_at, amounts)
        urgency = urgency_of(call.headers.get("Priority"))
        result = await gate.acquire(asked_at, call.deadline, self._plan.queue_wait_s, call.app, urgency, amounts)
        call.queued_s += self._now() - asked_at
        return result

    async def _exchange(self, call: Call, taken: Taken) -> Reply:
        lane, permit, attempts_before = taken.lane, taken.permit, len(call.attempts)
        call.permit = permit
        before = call.at_commit
        if not self._limits.reader.silent:
            call.at_commit = (*before, lambda at, head: self._learn_ahead(head, at.attempts[-1], taken))
        if self._limits.reader.wants_body:
            call.copy = max(call.copy, READ_BYTES_MAX)
        try:
            reply = await self._proceed(call)
        except BaseException:
            permit.release(self._now(), sent=True)
            raise
        finally:
            call.at_commit = before
        now, call.permit = self._now(), None
        sent = len(call.attempts) > attempts_before and call.attempts[-1].sent
        if sent and call.attempts[-1].status and permit.gate.room.waiting:
            permit.arrived(now)
        permit.release(now, sent=sent)
        if not sent:
            return reply
        if permit.amounts is not None and call.content.stream is not None:
            lane.amounts.grown(lane.gate.limits, call.content, permit.amounts, now)
        self._learn(reply, call.attempts[-1], taken, now)
        if self._tells_limits and reply.verdict is Verdict.SUCCESS and lane.gate.limits.used(now) >= NEAR:
            sets = taken.gate.limit_sets(now)
            if all(limits.used(now) >= NEAR for limits in sets):
                reply.limit_headers = rate_limit(self._plan, sets, now)
        return reply

    def _learn_ahead(self, head: Reply, attempt: Attempt, taken: Taken) -> None:
        """Learn from the head of an answer that is passed on as it comes: at its end what it says would be old."""
        self._learn(head, attempt, taken, self._now(), ended=False)
        taken.told = True

    def _learn(self, reply: Reply, attempt: Attempt, taken: Taken, now: float, *, ended: bool = True) -> None:
        """Correct our counts by what the vendor's answer says. What it stored for a key tells of another time."""
        lane, headers = taken.lane, reply.vendor_headers
        if headers is None or reply.stored:
            return
        date = headers.get("Date") if lane.watches_clock and not taken.told and not was_kept(headers) else None
        moment = http_date(date) if date else None
        if moment is not None:
            self._limits.clock.observe(attempt.began, now, moment)
        reader = self._limits.reader
        if not reader.silent:
            document = document_of(headers, reply.body) if reader.wants_body and reply.body else None
            reports = reader.read(headers, document, self._upstream.world.wall())
            if ended and taken.permit.amounts is not None:
                lane.amounts.settle(lane.gate.limits, taken.permit.amounts, reports, now, taken.permit.taken_at)
            if not taken.told:
                _count(reports, taken, now)
        if reply.verdict is Verdict.THROTTLED:
            self._refused(reply, attempt, lane, now)
        elif reply.verdict is Verdict.SUCCESS and reader.pause_s is not None:
            lane.pauses.answered()

    def _refused(self, reply: Reply, attempt: Attempt, lane: Lane, now: float) -> None:
        """The vendor has refused it for the rate: let the others wait."""
        hint = self._upstream.hint(reply)
        after_s = hint.retry_after_s
        for aimd in lane.adaptive:
            aimd.refused(now, attempt.began)
        if after_s:
            if hint.unsaid:
                after_s = lane.pauses.refused(now, attempt.began, after_s)
            lane.gate.pause_until(now + upwards(self._upstream.rng, after_s))
        else:
            for window in lane.windows:
                window.refused(now)


def _count(reports: tuple[LimitReport, ...], taken: Taken, now: float) -> None:
    """Have the learned limits believe what an answer says that came now."""
    for learned, marks in taken.learned:
        learned.observe(now, marks, reports)
    for (window, mark), (_, unit, name) in zip(taken.marks, taken.lane.vendor_windows, strict=True):
        for report in reports:
            if report.unit == unit and report.of in ("", name):
                window.observe(now, mark, report)


def refusal(plan: OperationPlan, gate: Gate, why: QueueRefusal, wait_s: float, told_at: float | None) -> Reply:
    """The refusal of a call for which there is no room. `told_at` is now where it names what is left, else None."""
    if why.reason == "full" and plan.queue_depth:
        reply = refused(
            PROBLEMS["overloaded"],
            f"{plan.queue_depth} calls to {plan.vendor} are waiting already.",
            retry_after_s=wait_s,
        )
    else:
        reply = refused(
            PROBLEMS["rate-limited"],
            f"{plan.vendor}'s limit allows this call in about {wait_s:.1f} s, which is longer than it may wait.",
            retry_after_s=wait_s,
        )
    if told_at is not None:
        reply.limit_headers = rate_limit(plan, gate.limit_sets(told_at), told_at)
    return reply
