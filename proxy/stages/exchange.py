"""The innermost stage: put the credential in, exchange with the vendor within what is left of the call, classify.

The only stage that makes attempts: one pass through it is one attempt, recorded in the call whatever becomes of it.
"""

import asyncio

from tidegate.plan import OperationPlan
from tidegate.problems import PROBLEMS
from tidegate.proxy.call import Attempt, Call, Handler, Reply, refused
from tidegate.proxy.policies.outcome import Verdict
from tidegate.proxy.transport import NoAnswer, NotSent, Timers
from tidegate.proxy.upstream import Upstream

LEFT_MIN_S = 0.005
"""An attempt that has less than this left cannot end well: it is not begun."""


def describe(plan: OperationPlan) -> str:
    """The numbers of this stage."""
    return (
        f"connect {plan.connect_s:g} s, first byte {plan.first_byte_s:g} s, idle {plan.idle_s:g} s, "
        f"attempt {plan.attempt_s:g} s"
    )


def stage(plan: OperationPlan, upstream: Upstream) -> Handler:
    """One attempt."""
    now, exchange, classify = upstream.world.now, upstream.transport.exchange, upstream.classify
    request_head, mark = upstream.request_head, upstream.replay_mark
    fresh = plan.idempotency == "never-resend"

    async def attempt(call: Call) -> Reply:
        began = now()
        left_s = call.deadline - began
        if left_s < LEFT_MIN_S:
            return refused(PROBLEMS["deadline-exceeded"], "No time was left for an attempt.")
        timers = Timers(
            min(plan.connect_s, left_s), plan.first_byte_s, plan.idle_s, min(plan.attempt_s, left_s), call.permit
        )
        made = Attempt(len(call.attempts) + 1, began, began, sent=True, status=0, verdict=Verdict.CANCELLED, error="")
        call.attempts.append(made)
        try:
            answer = await exchange(request_head(call), method=call.method, fresh=fresh, timers=timers)
        except NotSent as error:
            made.sent = False
            return _failed(made, error.error, str(error))
        except NoAnswer as error:
            return _failed(made, error.error, str(error))
        except asyncio.CancelledError:
            made.error = "connection_terminated"
            raise
        finally:
            made.ended = now()
        made.status = answer.status
        made.verdict = verdict = classify(answer.status, answer.headers, answer.body)
        return Reply(
            status=answer.status,
            reason=answer.reason,
            headers=answer.raw_headers,
            body=answer.body,
            verdict=verdict,
            vendor_headers=answer.headers,
            stored=mark is not None and mark in answer.headers,
        )

    return attempt


def _failed(made: Attempt, error: str, detail: str) -> Reply:
    made.error, made.verdict = error, Verdict.FAILED
    return Reply(status=0, reason="", headers=(), body=b"", verdict=Verdict.FAILED, error=error, detail=detail)
