"""Tries again, where retry policy, retry budget and the call's deadline allow it, and says what became of it all.

The outcome is judged over every attempt: a write whose first attempt got no answer stays unknown until a later answer
under the same key settles it, even when the later attempts were refused.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace

from tidegate.plan.plan import OperationPlan
from tidegate.policy.retry import describe
from tidegate.problems import PROBLEMS
from tidegate.proxy.call.call import Call, Handler
from tidegate.proxy.call.outcome import Hint, Outcome, Verdict, outcome_of
from tidegate.proxy.call.reply import Reply, refused
from tidegate.proxy.policies.resilience.retry_decision import BODY_NOT_KEPT, Again, Stop, next_step
from tidegate.proxy.upstream.upstream import Upstream

__all__ = ["describe", "stage"]

_SETTLES = (Verdict.SUCCESS, Verdict.REJECTED)
"""An answer of these classes tells what became of the write, earlier attempts under the same key included."""
_SETTLES_WITHOUT_KEY = (Verdict.SUCCESS,)
"""The vendor sees two requests: a DELETE that finds nothing, or an If-Match that fails, may be the first one's work."""
_OF_THE_MOMENT = frozenset({408, 409, 421, 425})
"""Settle nothing, unless they are what the vendor stored for the key. A 409 may be about the earlier attempt, which is
still at work, or has made what is in the way; the others are about this connection or its time (RFC 9110 §15.5)."""

_NOT_NOW = 503
"""Says that nothing was done, and invites to ask again (RFC 9110 §15.6.4): so it must not hide that an earlier attempt
failed in another way."""
_OPEN = (Verdict.FAILED, Verdict.CANCELLED)
"""An answer of these classes does not say that nothing was done."""


def stage(plan: OperationPlan, upstream: Upstream, proceed: Handler) -> Handler:
    """Calls the stages within once an attempt."""
    now, budget = upstream.world.now, upstream.retry_budget
    again = _again(plan, upstream, _renewing(upstream, proceed))

    async def retry(call: Call) -> Reply:
        reply = await proceed(call)
        if reply.verdict is Verdict.CREDENTIAL and await _is_exchanged(call, reply, upstream):
            reply = await proceed(call)
        if call.attempts and not call.resent:  # what is sent again takes of the share that calls make
            budget.call(now())
        if reply.verdict is Verdict.SUCCESS:
            call.outcome = Outcome.DONE
            return reply
        return await again(call, reply)

    return retry


def _renewing(upstream: Upstream, proceed: Handler) -> Handler:
    """Sends an attempt once more under another credential, where the vendor refuses the one that it had.

    A request that was not let in has done nothing, so a write may go again too: an attempt like any other.
    """

    async def renewed(call: Call) -> Reply:
        reply = await proceed(call)
        if reply.verdict is Verdict.CREDENTIAL and await _is_exchanged(call, reply, upstream):
            return await proceed(call)
        return reply

    return renewed


def _again(plan: OperationPlan, upstream: Upstream, proceed: Handler) -> Callable[[Call, Reply], Awaitable[Reply]]:
    """The steps after a first attempt that did not go well. Off the way of the calls that do."""
    world, budget, rng = upstream.world, upstream.retry_budget, upstream.rng
    writes = plan.idempotency != "safe"
    settles = _SETTLES_WITHOUT_KEY if plan.idempotency == "natural" else _SETTLES

    async def again(call: Call, reply: Reply) -> Reply:
        # A resumed call begins as unknown: its earlier try got no answer either.
        unanswered, doubted = call.outcome is Outcome.UNKNOWN, False
        while True:
            if call.streamed is not None:
                return _committed(call, reply)
            sent = reply.verdict is not Verdict.REFUSED and bool(call.attempts) and call.attempts[-1].sent
            call.outcome = _judge(call.outcome, reply, settles, sent=sent)
            unanswered = unanswered or (sent and reply.status == 0) or (doubted and reply.status == _NOT_NOW)
            doubted = doubted or (sent and reply.verdict in _OPEN and reply.status != _NOT_NOW)
            now = world.now()
            step = next_step(
                plan, len(call.attempts), reply.verdict,
                sent=sent and reply.verdict is not Verdict.THROTTLED, stale=sent and call.attempts[-1].stale,
                keyed=bool(call.key), stored=reply.stored, hint=_hint(call, upstream, reply, now),
                remaining_s=call.deadline - now, rng=rng,
            )  # fmt: skip
            if isinstance(step, Again) and not call.content.resendable:
                step = BODY_NOT_KEPT
            if isinstance(step, Stop) or not (step.free or budget.reserve(now, step.after_s)):
                call.stop = step.reason if isinstance(step, Stop) else "retry budget"
                return _final(call, reply, writes=writes, unanswered=unanswered)
            attempts_before = _pauses(call, step)
            try:
                await world.sleep(step.after_s)
                reply = await proceed(call)
            finally:
                if len(call.attempts) == attempts_before and not step.free:
                    budget.release(now + step.after_s)

    return again


def _pauses(call: Call, step: Again) -> int:
    """Note why the last attempt is followed by a pause; how many there were until now."""
    if call.attempts:
        call.attempts[-1].then = step.reason
    return len(call.attempts)


async def _is_exchanged(call: Call, reply: Reply, upstream: Upstream) -> bool:
    """True where another credential is in force than the one that the vendor has refused, and the call may go again."""
    refused_one, left_s = call.attempts[-1].credential if call.attempts else None, call.deadline - upstream.world.now()
    if refused_one is None or not call.content.resendable or left_s <= 0:
        return False
    try:
        async with upstream.world.timeout(left_s):
            exchanged = await upstream.provider.rejected(refused_one, reply.status)
    except TimeoutError:  # whoever looks for another one goes on without this call
        return False
    if not exchanged:
        return False
    call.credential, call.written = None, b""
    return True


def _hint(call: Call, upstream: Upstream, reply: Reply, now: float) -> Hint:
    """The vendor's word on a resend. Its Retry-After has opened our breaker, which may keep to it for longer.

    What it says to one member of a pool does not hold for the others.
    """
    plan, hint = call.plan, upstream.hint(reply)
    if hint.retry_after_s and reply.verdict is Verdict.THROTTLED and upstream.pool is not None and not call.pinned:
        wait_s = upstream.limits.pooled_lane(plan, call.app).gate.estimate_s(now, call.app)
        return replace(hint, retry_after_s=min(hint.retry_after_s, wait_s) or None)
    if hint.retry_after_s and reply.verdict is Verdict.FAILED and "breaker" not in plan.reports:
        open_s = upstream.breakers.get(plan.breaker_group).snapshot(now).open_s
        return replace(hint, retry_after_s=max(hint.retry_after_s, open_s))
    return hint


def _committed(call: Call, reply: Reply) -> Reply:
    """The outcome of a call whose answer went to the app as it came. Nothing is tried again after that.

    Where the app left, the vendor had answered already that all was well.
    """
    failed = reply.verdict is Verdict.FAILED
    call.outcome = Outcome.UNKNOWN if failed else Outcome.DONE
    call.stop = "broken off" if failed else "app left" if reply.verdict is Verdict.CANCELLED else ""
    return reply


def _judge(before: Outcome, reply: Reply, settles: tuple[Verdict, ...], *, sent: bool) -> Outcome:
    outcome = outcome_of(reply.verdict, sent=sent, stored=reply.stored)
    settled = reply.verdict in settles and (reply.status not in _OF_THE_MOMENT or reply.stored)
    if before is Outcome.UNKNOWN and outcome is Outcome.NOT_APPLIED and not settled:
        return Outcome.UNKNOWN
    return outcome


def _final(call: Call, reply: Reply, *, writes: bool, unanswered: bool) -> Reply:
    """The app's answer. Of a write whose outcome is unknown, only the failure itself says that; no refusal does."""
    says_so = reply.verdict in _OPEN and reply.status != 0 and not unanswered
    if reply.problem is PROBLEMS["idempotency-mismatch"]:
        return reply  # about this request, which did not arrive whole; the first one stays unknown
    if writes and call.outcome is Outcome.UNKNOWN and not says_so:
        return refused(
            PROBLEMS["outcome-unknown"],
            f"The request may have reached {call.plan.vendor}, and no answer tells whether it was carried out. "
            "Do not repeat it under another key.",
            retry_after_s=reply.retry_after_s,
            error=reply.error,
        )
    if reply.verdict is Verdict.CREDENTIAL:
        return refused(
            PROBLEMS["credential-rejected"],
            f"{call.plan.vendor} answered {reply.status} to Tidegate's own credential.",
            error="http_request_denied",
        )
    if reply.status != 0 or reply.problem is not None:
        return reply
    if reply.error == "destination_ip_prohibited":
        return refused(PROBLEMS["egress-denied"], reply.detail, error=reply.error)
    if reply.error == "connection_limit_reached":  # our own bound, or our own want: no word about the vendor
        return refused(PROBLEMS["overloaded"], f"No connection: {reply.detail}.", retry_after_s=1.0, error=reply.error)
    if call.stop == "deadline" or reply.error == "http_response_timeout":
        return refused(PROBLEMS["deadline-exceeded"], f"No answer in time: {reply.detail}.", error=reply.error)
    return refused(
        PROBLEMS["vendor-unavailable"], f"{call.plan.vendor}: {reply.detail}.", retry_after_s=1.0, error=reply.error
    )
