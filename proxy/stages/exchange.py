"""The innermost stage: put the credential in, exchange with the vendor within what is left of the call, classify.

The only stage that makes attempts: one pass through it is one attempt, recorded in the call whatever becomes of it.
"""

from dataclasses import replace

from tidegate.plan.plan import OperationPlan
from tidegate.policy import stream, timeout
from tidegate.problems import PROBLEMS
from tidegate.proxy.call.attempt import Attempt
from tidegate.proxy.call.call import Call, Handler
from tidegate.proxy.call.content import AppLeft, BarredContent, OtherContent, TooLarge
from tidegate.proxy.call.outcome import Verdict
from tidegate.proxy.call.reply import Reply, refused
from tidegate.proxy.stages.relay.streaming import Relay, dated
from tidegate.proxy.stages.relay.websocket import Passthrough
from tidegate.proxy.upstream.upstream import Upstream
from tidegate.proxy.wire.exchange_errors import NoAnswer, NotSent, OutOfMeans, Unbounded
from tidegate.proxy.wire.transport import IDLE_MAX_S, Timers

RECENT_S = 1.0
"""A connection that was used so lately has hardly been closed by a vendor whose file says `connections: reuse`."""

CUT = "connection_terminated"
"""The error of an attempt that is cancelled (RFC 9209 §2.3.8), and until there is another or an answer."""

LEFT_MIN_S = 0.005
"""An attempt that has less than this left cannot end well: it is not begun."""


def describe(plan: OperationPlan) -> str:
    """The times of an attempt and of a stream in words."""
    return f"{timeout.describe(plan)}; {stream.describe(plan)}"


def stage(plan: OperationPlan, upstream: Upstream) -> Handler:
    """One attempt."""
    now, provider, classify, mark = upstream.world.now, upstream.provider, upstream.classify, upstream.replay_mark
    exchange, on_error_head, request_head = upstream.transport.exchange, upstream.on_error_head, upstream.writer(plan)
    idle_max_s, lookout = idle_max_of(plan, upstream), upstream.notices.lookout(plan.operation)
    request_id, relay, tunnel = upstream.facts.request_id.header, Relay(plan, upstream), Passthrough(plan, upstream)

    async def attempt(call: Call) -> Reply:
        left_s = call.deadline - (began := now())
        if left_s < LEFT_MIN_S:
            return refused(PROBLEMS["deadline-exceeded"], "No time was left for an attempt.")
        timers = Timers(min(plan.connect_s, left_s), plan.first_byte_s, plan.idle_s, min(plan.attempt_s, left_s))
        timers.permit, timers.on_error_head = call.permit, on_error_head
        record = Attempt(len(call.attempts) + 1, began, began, sent=True, status=0, verdict=Verdict.CANCELLED,
                         error=CUT, credential=call.credential or provider.current)  # fmt: skip
        call.attempts.append(record)
        try:
            if (stream := call.content.stream) is not None:
                timers.upload_s, timers.ends = min(plan.stream_total_s, left_s), call.deadline
            answer = await exchange(
                call.written or request_head(call), method=call.method, timers=timers, stream=stream,
                idle_max_s=0.0 if stream is not None or record.number > 1 or call.resent else idle_max_s,
                upgrade=call.upgrade,
            )  # fmt: skip
            record.request_id = answer.headers.get(request_id, "")
            if began >= lookout.due:
                lookout.look(answer.headers, began)
            if answer.rest is None and answer.tunnel is None:
                record.status, record.error = answer.status, ""
                record.verdict = classify(answer.status, answer.headers, answer.body)
                return Reply(
                    answer.status, answer.reason, dated(answer, upstream.world), answer.body, record.verdict,
                    answer.headers, stored=mark is not None and mark in answer.headers,
                )  # fmt: skip
            return _passed_on(record, await (relay if answer.tunnel is None else tunnel)(call, record, answer))
        except (NotSent, NoAnswer, AppLeft, TooLarge, OtherContent, BarredContent) as error:
            return _without_answer(record, error, upstream)
        finally:
            record.ended = now()

    return attempt


def idle_max_of(plan: OperationPlan, upstream: Upstream) -> float:
    """Seconds for which a connection may have been idle that a first attempt takes; 0.0 for none that was ever used.

    None is taken for content that is streamed: what is lost with it cannot be sent again.
    """
    if plan.idempotency not in ("never-resend", "lookup"):
        return IDLE_MAX_S
    return RECENT_S if upstream.facts.connections == "reuse" else 0.0


def _passed_on(record: Attempt, reply: Reply) -> Reply:
    """An answer that did not come in one piece."""
    record.status, record.verdict, record.error = reply.status, reply.verdict, reply.error
    return reply


def _without_answer(
    record: Attempt,
    error: NotSent | NoAnswer | AppLeft | TooLarge | OtherContent | BarredContent,
    upstream: Upstream,
) -> Reply:
    """The reply where an exchange brought no answer."""
    if isinstance(error, OutOfMeans):
        upstream.on_shortage(str(error))
    if isinstance(error, Unbounded):
        # The vendor did answer; the bound is ours, so it counts against nobody and says nothing of what was done.
        record.error, record.verdict = error.error, Verdict.CANCELLED
        reply = refused(PROBLEMS["answer-refused"], f"The vendor answered with {error}.", error=error.error)
        reply.verdict = Verdict.CANCELLED
        return reply
    if isinstance(error, NotSent | NoAnswer):
        record.sent = not isinstance(error, NotSent)
        record.stale = isinstance(error, NoAnswer) and error.stale
        record.error, record.verdict, detail = error.error, Verdict.FAILED, str(error)
        return Reply(0, "", (), b"", Verdict.FAILED, error=error.error, detail=detail)
    # The request did not reach the vendor whole, so the vendor cannot have acted on it (RFC 9112 §8).
    record.error, record.verdict = "http_request_error", Verdict.CANCELLED
    if isinstance(error, BarredContent):
        return refused(PROBLEMS["app-forbidden"], str(error), error=record.error)
    if isinstance(error, OtherContent):
        return refused(PROBLEMS["idempotency-mismatch"], str(error), error=record.error)
    reply = refused(replace(PROBLEMS["bad-request"], status=error.status), str(error), error=record.error)
    if isinstance(error, AppLeft):
        reply.verdict = Verdict.CANCELLED
    return reply
