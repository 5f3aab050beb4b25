"""Asks the operation group's breaker before an attempt, and tells it afterwards how the attempt went."""

from tidegate.plan.plan import OperationPlan
from tidegate.policy.breaker import describe
from tidegate.problems import PROBLEMS
from tidegate.proxy.call.call import Call, Handler
from tidegate.proxy.call.outcome import Verdict
from tidegate.proxy.call.reply import Reply, refused
from tidegate.proxy.policies.resilience.circuit_breaker import BreakerEvent, BreakerPermit, CallNotPermitted
from tidegate.proxy.upstream.upstream import Upstream

__all__ = ["describe", "stage"]

FAIR_SHARE = 0.5
"""An attempt that had less than this share of the time that an attempt may take gave the vendor no chance."""

_OURS = frozenset(("connection_limit_reached", "destination_ip_prohibited", "http_request_error"))
"""RFC 9209 error types of ours: our own bounds, and an app that did not end its request."""


def stage(plan: OperationPlan, upstream: Upstream, proceed: Handler) -> Handler:
    """Lends a permit to each attempt and takes it back whatever happens.

    A probe whose answer is streamed has told what it was for with the head, and a stream may be long: its permit comes
    back then, and a break later counts by itself.
    """
    breaker, now = upstream.breakers.get(plan.breaker_group), upstream.world.now
    vendor, report_only = plan.vendor, "breaker" in plan.reports

    def notify(events: tuple[BreakerEvent, ...]) -> None:
        upstream.breakers.report(events, plan.breaker_group)

    async def guarded(call: Call) -> Reply:
        permit = breaker.acquire(now())
        if isinstance(permit, CallNotPermitted):
            if report_only:
                upstream.reports.would_refuse("breaker", permit.reason, plan.operation)
                return await proceed(call)
            return refused(
                PROBLEMS["vendor-unavailable"],
                f"Calls to {vendor} are held back because it has been failing ({permit.reason}).",
                retry_after_s=permit.retry_after_s,
            )
        if permit.probe:
            call.at_commit += (lambda at, _: notify(breaker.release(permit, Verdict.SUCCESS, _took_s(at), now())),)
        before, verdict, away_s = len(call.attempts), Verdict.CANCELLED, None
        try:
            reply = await proceed(call)
            verdict = reply.verdict
            if verdict is Verdict.FAILED:
                verdict, away_s = _blamed(plan, upstream, call, reply)
            return reply
        finally:
            attempt = call.attempts[-1] if len(call.attempts) > before else None
            took_s = _took_s(call) if attempt else 0.0
            events = breaker.away(permit, away_s, now()) if away_s else breaker.release(permit, verdict, took_s, now())
            if events:
                notify(events)
            if permit.probe and verdict is Verdict.FAILED and attempt is not None and attempt.head_at:
                again = breaker.acquire(now())
                if isinstance(again, BreakerPermit):
                    notify(breaker.release(again, Verdict.FAILED, took_s, now()))

    return guarded


def _took_s(call: Call) -> float:
    """Seconds that the last attempt took to its answer's head. Streamed content takes the app's time: 0.0."""
    attempt = call.attempts[-1]
    return (attempt.head_at or attempt.ended) - attempt.began if call.content.stream is None else 0.0


def _blamed(plan: OperationPlan, upstream: Upstream, call: Call, reply: Reply) -> tuple[Verdict, float | None]:
    """FAILED where a failure tells how the vendor does now, and for how long it says that it will; else CANCELLED."""
    attempt = call.attempts[-1]
    if reply.streamed:
        # Who was served for as long as we allow was served well; and a tunnel in which nothing moves has two ends.
        quiet = reply.status == 101 and reply.error == "connection_read_timeout"
        ours = quiet or attempt.ended - attempt.head_at >= plan.stream_total_s
    else:
        ours = (
            reply.stored
            or attempt.stale
            or reply.error in _OURS
            or attempt.ended - attempt.began < FAIR_SHARE * _due_s(plan, reply.error)
        )
    if ours:
        return Verdict.CANCELLED, None
    return Verdict.FAILED, upstream.hint(reply).retry_after_s if reply.status == 503 else None


def _due_s(plan: OperationPlan, timer: str) -> float:
    """Seconds that the vendor has before this timer fires, where the call has the time; 0.0 for any other error."""
    if timer == "http_response_timeout":
        return min(plan.first_byte_s, plan.attempt_s)
    return plan.connect_s if timer in ("connection_timeout", "dns_timeout") else 0.0
