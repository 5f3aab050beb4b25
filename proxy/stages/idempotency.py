"""Gives every write its key and its record: a repeated call is answered from the record, and an unknown one is resumed.

The record is durable before the first byte leaves and settled before the app is answered. What a key means is decided
in tidegate.proxy.policies.resilience.idempotency_record, kept in tidegate.proxy.store.records; this stage acts on the
decision.
"""

import asyncio
import contextlib
import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import replace

from tidegate.plan.plan import OperationPlan
from tidegate.policy.idempotency import describe
from tidegate.problems import PROBLEMS
from tidegate.proxy.call.call import GATHERED_BYTES_MAX, Call, Handler
from tidegate.proxy.call.content import AppLeft, TooLarge
from tidegate.proxy.call.outcome import Outcome, Verdict
from tidegate.proxy.call.reply import Reply, refused, refused_for_store
from tidegate.proxy.policies.resilience.idempotency_record import (
    KEY_CHARACTERS_MAX,
    Decision,
    Expired,
    Mismatch,
    Replay,
    Resume,
    Running,
    fingerprint,
    parse_key,
)
from tidegate.proxy.store.kept_secrets import KeptSecrets
from tidegate.proxy.store.records import BODY_KEPT_BYTES_MAX, KeyedCall, Records, headers_of
from tidegate.proxy.store.store_error import StoreError
from tidegate.proxy.upstream.upstream import Upstream
from tidegate.world.world import World

__all__ = ["describe", "stage"]

APP_HEADER = "Idempotency-Key"
"""An app's header for any write (draft-ietf-httpapi-idempotency-key-header), whatever its vendor calls it."""

_UNUSABLE = refused(
    PROBLEMS["bad-request"], f"The idempotency key must be 1 to {KEY_CHARACTERS_MAX} printable characters."
)
_MISMATCH = refused(PROBLEMS["idempotency-mismatch"], "This key was sent before with another path, media type or body.")
_LATE: set[asyncio.Task[None]] = set()
"""What still has to be said to a store that keeps a call waiting: each ends when the store answers."""
_SETTLING = (Verdict.SUCCESS, Verdict.REJECTED)


def stage(plan: OperationPlan, upstream: Upstream, proceed: Handler) -> Handler:
    """Wraps writes; reads pass."""
    if plan.idempotency == "safe":
        return proceed
    keyed, unkeyed = _keyed(plan, upstream, proceed), _unkeyed(plan, upstream, proceed)

    async def write(call: Call) -> Reply:
        given = given_key(call)
        if given is None:
            return await unkeyed(call)
        key = parse_key(given)
        return _UNUSABLE if key is None else await keyed(call, key)

    return write


def _keyed(plan: OperationPlan, upstream: Upstream, proceed: Handler) -> Callable[[Call, str], Awaitable[Reply]]:
    records, world, secrets = upstream.records, upstream.world, upstream.kept_secrets

    async def keyed(call: Call, key: str) -> Reply:
        decision = await _begun(world, records, call, key)
        if decision is None:
            return refused_for_store()
        early = _without_asking(call, decision, secrets)
        if early is not None:
            return early if not early.replayed else await _same_content(world, call, decision) or early
        if plan.idempotency == "vendor-key":
            call.key = vendor_key(call.app, key)
        if isinstance(decision, Resume):
            call.key, call.outcome = decision.key, Outcome.UNKNOWN
            if decision.digest and call.content.digest not in ("", decision.digest):
                await _settle(records, call, None)
                return _mismatch()
        if (stream := call.content.stream) is not None:
            stream.digesting, stream.expected = True, decision.digest if isinstance(decision, Resume) else ""
        call.copy = BODY_KEPT_BYTES_MAX
        call.gather = max(call.gather, GATHERED_BYTES_MAX)  # a write's answer that breaks off can be asked for again
        try:
            reply = await proceed(call)
        except BaseException:  # cancelled, or a bug of ours: the key must not stay taken until its lease is over
            if any(attempt.sent for attempt in call.attempts):
                call.outcome = Outcome.UNKNOWN
            await _settle(records, call, None, secrets)
            raise
        await _settle(records, call, reply, secrets)
        return reply

    return keyed


async def _begun(world: World, records: Records, call: Call, key: str) -> Decision | None:
    """What the key is, within the call's time; None where the store cannot say, or record it."""
    try:
        async with world.timeout(max(call.deadline - world.now(), 0.0)):
            return await records.begin(_entry(call, key), records.now())
    except StoreError:
        return None
    except TimeoutError:  # it may be recorded yet: what is asked of a store is carried out in its order
        task = asyncio.get_running_loop().create_task(_settle(records, call, None))
        _LATE.add(task)
        task.add_done_callback(_LATE.discard)
        return None


async def _settle(records: Records, call: Call, reply: Reply | None, secrets: KeptSecrets | None = None) -> None:
    """Settle a call's record; None for a reply that never came.

    One that cannot be settled stays as it is: running until its lease is over, and unknown after that. The answer is
    the vendor's all the same, and goes to the app.
    """
    now, digest = records.now(), call.content.digest
    with contextlib.suppress(StoreError):
        if reply is None:
            await records.finish(call.call_id, call.outcome, now=now, digest=digest)
            return
        headers, body = (reply.headers, reply.body) if secrets is None else secrets.hidden(reply.headers, reply.body)
        await records.finish(
            call.call_id,
            call.outcome,
            now=now,
            settled=reply.verdict in _SETTLING and reply.problem is None,
            status=reply.status,
            headers=headers,
            body=body,
            whole=reply.whole,
            digest=digest,
        )


async def _same_content(world: World, call: Call, decision: Decision) -> Reply | None:
    """A refusal where a content that the fingerprint does not know whole is another than the recorded one's."""
    known = decision.record.digest if isinstance(decision, Replay) else ""
    if not known or call.content.digest == known:
        return None
    outcome, call.outcome = call.outcome, Outcome.NOT_APPLIED
    if call.content.stream is not None:
        try:
            async with world.timeout(max(call.deadline - world.now(), 0.0)):
                digest = await call.content.stream.digested()
        except TimeoutError:
            return refused(PROBLEMS["deadline-exceeded"], "The call's time was used up before its body had come.")
        except (AppLeft, TooLarge) as error:
            status = 408 if isinstance(error, AppLeft) else 413
            return refused(replace(PROBLEMS["bad-request"], status=status), str(error), error="http_request_error")
        if digest == known:
            call.outcome = outcome
            return None
    return _mismatch()


def _mismatch() -> Reply:
    return refused(PROBLEMS["idempotency-mismatch"], "This key was sent before with another path, media type or body.")


def _unkeyed(plan: OperationPlan, upstream: Upstream, proceed: Handler) -> Handler:
    records, wall = upstream.records, upstream.world.wall

    async def unkeyed(call: Call) -> Reply:
        began_wall = wall()
        if plan.idempotency == "vendor-key":
            call.key = f"tidegate-{call.call_id}"
        reply = await proceed(call)
        if call.outcome is Outcome.UNKNOWN:
            with contextlib.suppress(StoreError):  # the log has it, and the app is told
                await records.note_unknown(
                    call.call_id, call.app, plan.vendor, plan.operation, began_wall=began_wall, now=records.now()
                )
        return reply

    return unkeyed


def given_key(call: Call) -> str | None:
    """The app's key as it sent it, under the standard's name or the vendor's."""
    given = call.headers.get(APP_HEADER)
    if given is None and call.plan.key_header is not None:
        given = call.headers.get(call.plan.key_header)
    return given


def vendor_key(app: str, key: str) -> str:
    """The key that the vendor sees. Apps share one account there, so another app's equal key must not meet this one."""
    # No app's name is empty, so a key of the app `local` that looks like another app's is set apart by a colon.
    scoped = f"{app}:{key}" if app != "local" else f":{key}" if ":" in key else key
    return scoped if len(scoped) <= KEY_CHARACTERS_MAX else hashlib.sha256(scoped.encode()).hexdigest()


def _entry(call: Call, key: str) -> KeyedCall:
    plan = call.plan
    retention_s = {"vendor-key": plan.key_retention_s, "natural": float("inf")}.get(plan.idempotency, 0.0)
    return KeyedCall(
        app=call.app,
        vendor=plan.vendor,
        operation=plan.operation,
        key=key,
        vendor_key=vendor_key(call.app, key) if plan.idempotency == "vendor-key" else "",
        fingerprint=fingerprint(call.method, call.path, call.headers.get("Content-Type", ""), call.content.mark),
        call_id=call.call_id,
        longest_s=max(plan.budget_s, plan.stream_total_s),
        keep_s=plan.keep_s,
        key_retention_s=retention_s,
    )


def _without_asking(call: Call, decision: Decision, secrets: KeptSecrets) -> Reply | None:
    """The reply where the record alone decides it."""
    if isinstance(decision, Replay):
        record = decision.record
        done = record.state == "done"
        call.outcome = Outcome.DONE if done else Outcome.APPLIED_BUT_FAILED
        headers, body = secrets.shown(headers_of(record), record.body)
        return Reply(
            status=record.status,
            reason="",
            headers=headers,
            body=body,
            verdict=Verdict.SUCCESS if done else Verdict.FAILED,
            replayed=True,
        )
    if isinstance(decision, Mismatch):
        return _mismatch()
    if isinstance(decision, Running):
        return refused(
            PROBLEMS["idempotency-conflict"],
            "The first call with this key has not ended.",
            retry_after_s=decision.retry_after_s,
        )
    if isinstance(decision, Expired):
        call.outcome = Outcome.UNKNOWN
        return refused(
            PROBLEMS["outcome-unknown"],
            f"An earlier call with this key ({decision.record.call_id}) may have been carried out, "
            "and a resend is not safe.",
        )
    return None
