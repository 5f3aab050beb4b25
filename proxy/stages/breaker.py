"""Asks the operation group's breaker before an attempt, and tells it afterwards how the attempt went."""

from tidegate.plan import REPORTS, OperationPlan
from tidegate.problems import PROBLEMS
from tidegate.proxy.call import Call, Handler, Reply, refused
from tidegate.proxy.policies.breaker import Event, Permit, Rejected
from tidegate.proxy.policies.outcome import Verdict
from tidegate.proxy.upstream import Upstream
from tidegate.units import written_duration, written_share


def describe(plan: OperationPlan) -> str:
    """The numbers of this stage."""
    rules = plan.breaker
    over = f"the last {rules.last}" if rules.last else written_duration(rules.window)
    bad = f"{written_share(rules.failures)} of at least {rules.calls} calls in {over}"
    parts = [
        f"group {plan.breaker_group}",
        f"opens where {bad} failed or took more than {written_duration(rules.slow)}",
        f"open {written_duration(rules.open)} to {written_duration(rules.open_max)}",
        f"{rules.probes} probes",
        f"ramp {written_duration(rules.ramp)}",
    ]
    return "; ".join([*parts, REPORTS] if "breaker" in plan.reports else parts)


def stage(plan: OperationPlan, upstream: Upstream, proceed: Handler) -> Handler:
    """Lends a permit to each attempt and takes it back whatever happens.

    A probe whose answer is streamed has told what it was for with the head, and a stream may be long: its permit comes
    back then, and a break later counts by itself.
    """
    breaker, now = upstream.breaker(plan.breaker_group), upstream.world.now
    vendor, report = plan.vendor, upstream.policy.breaker.mode == "report"

    def tell(events: tuple[Event, ...]) -> None:
        upstream.tell(events, plan.breaker_group)

    async def guarded(call: Call) -> Reply:
        permit = breaker.acquire(now())
        if isinstance(permit, Rejected):
            if report:
                upstream.reports.would_refuse("breaker", permit.reason, plan.operation)
                return await proceed(call)
            return refused(
                PROBLEMS["vendor-unavailable"],
                f"Calls to {vendor} are held back because it has been failing ({permit.reason}).",
                retry_after_s=permit.retry_after_s,
            )
        if permit.probe:
            call.at_commit += (lambda: tell(breaker.release(permit, Verdict.SUCCESS, 0.0, now())),)
        before, verdict, away_s = len(call.attempts), Verdict.CANCELLED, None
        try:
            reply = await proceed(call)
            verdict = _stored(reply) if reply.stored else reply.verdict
            if verdict is Verdict.FAILED and reply.status == 503:
                away_s = upstream.hint(reply).retry_after_s
            return reply
        finally:
            made = call.attempts[-1] if len(call.attempts) > before else None
            took_s = (made.headed or made.ended) - made.began if made else 0.0
            events = breaker.away(permit, away_s, now()) if away_s else breaker.release(permit, verdict, took_s, now())
            if events:
                tell(events)
            if permit.probe and verdict is Verdict.FAILED and made is not None and made.headed:
                again = breaker.acquire(now())
                if isinstance(again, Permit):
                    tell(breaker.release(again, Verdict.FAILED, took_s, now()))

    return guarded


def _stored(reply: Reply) -> Verdict:
    """What an answer to an earlier request says of the vendor now: where it is a failure, nothing."""
    return Verdict.CANCELLED if reply.verdict is Verdict.FAILED else reply.verdict
