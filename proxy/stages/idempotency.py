"""Gives every write its key and its record: a repeated call is answered from the record, and an unknown one is resumed.

The record is durable before the first byte leaves and settled before the app is answered. What a key means is decided
in tidegate.proxy.policies.resilience.idempotency_record, kept in tidegate.proxy.store.records; this stage acts on the
decision.
"""

import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import replace

from tidegate.plan.plan import OperationPlan
from tidegate.policy.deferral.defer import resolves
from tidegate.policy.idempotency import describe
from tidegate.problems import PROBLEMS
from tidegate.proxy.call.call import GATHERED_BYTES_MAX, Call, Handler
from tidegate.proxy.call.content import AppLeft, TooLarge
from tidegate.proxy.call.outcome import Outcome, Verdict
from tidegate.proxy.call.reply import Reply, refused, refused_for_store
from tidegate.proxy.durable.outbox_door import OutboxDoor
from tidegate.proxy.policies.credentials.stickiness import sticks
from tidegate.proxy.policies.resilience.idempotency_keys import bounded, given_key, own_key, vendor_key_of
from tidegate.proxy.policies.resilience.idempotency_record import (
    KEY_CHARACTERS_MAX,
    KEY_EXPIRED,
    Decision,
    Expired,
    Mismatch,
    Replay,
    Resume,
    Running,
    parse_key,
)
from tidegate.proxy.stages.late_settlement import later, settle
from tidegate.proxy.store.records import BODY_KEPT_BYTES_MAX, Records, keyed_call_of
from tidegate.proxy.store.sealed.kept_answers import KeptAnswers
from tidegate.proxy.store.sealed.sealing_keys import Unopened
from tidegate.proxy.store.store_error import StoreError
from tidegate.proxy.upstream.upstream import Upstream
from tidegate.world.world import World

__all__ = ["describe", "stage"]

_UNUSABLE = refused(
    PROBLEMS["bad-request"], f"The idempotency key must be 1 to {KEY_CHARACTERS_MAX} printable characters, sent once."
)
_OTHER_CREDENTIAL = (
    "An earlier call with this key was sent under the credential {}, which is not configured any more, "
    "and a resend under another is not safe."
)
_Keyed = Callable[[Call, str], Awaitable[Reply]]
"""Carries out a call under a key."""


def stage(plan: OperationPlan, upstream: Upstream, proceed: Handler) -> Handler:
    """Wraps writes; reads pass."""
    if plan.idempotency == "safe":
        return proceed
    keyed, unkeyed = _keyed(plan, upstream, proceed), _unkeyed(plan, upstream, proceed)
    if upstream.pool is not None and sticks(plan, upstream.pool.facts):
        keyed = _on_record(plan, upstream, keyed)
        unkeyed = unkeyed if plan.idempotency == "natural" else _under_own_key(keyed)

    async def write(call: Call) -> Reply:
        given = given_key(call)
        if given is None:
            return await (keyed(call, call.own_key) if call.own_key else unkeyed(call))
        key = parse_key(given)
        return _UNUSABLE if key is None else await keyed(call, key)

    return write


def _keyed(plan: OperationPlan, upstream: Upstream, proceed: Handler) -> _Keyed:
    records, world, answers = upstream.records, upstream.world, upstream.kept_answers
    follow_up = _follow_up(plan, upstream)

    async def keyed(call: Call, key: str) -> Reply:
        decision = await _begun(world, records, call, key)
        if decision is None:
            return refused_for_store()
        early = _without_asking(call, decision, answers)
        if early is not None and isinstance(decision, Expired):
            return await _found_out(plan, upstream, call, key) or early
        if early is not None:
            return early if not early.replayed else await _same_content(world, call, decision) or early
        if plan.idempotency == "vendor-key":
            call.key = vendor_key_of(call, key)
        if isinstance(decision, Resume):
            refusal = await _resumed(call, decision, upstream)
            if refusal is not None:
                return refusal
        if (stream := call.content.stream) is not None:
            stream.digesting, stream.expected = True, decision.digest if isinstance(decision, Resume) else ""
        call.copy = BODY_KEPT_BYTES_MAX
        call.gather = max(call.gather, GATHERED_BYTES_MAX)  # a write's answer that breaks off can be asked for again
        reply = await _recorded(world, records, call, proceed, answers)
        if call.outcome is Outcome.UNKNOWN:
            await follow_up(call, reply, key)
        return reply

    return keyed


async def _resumed(call: Call, decision: Resume, upstream: Upstream) -> Reply | None:
    """Go on with what an earlier try under the key may have done; the refusal where that cannot be."""
    call.key, call.outcome = decision.key, Outcome.UNKNOWN
    refusal = None
    if call.on_record or decision.credential:
        call.wearer, call.pinned = decision.credential, True
        if upstream.pool is None:
            refusal = refused(PROBLEMS["outcome-unknown"], _OTHER_CREDENTIAL.format(decision.credential))
    if decision.digest and call.content.digest not in ("", decision.digest):
        refusal = _mismatch()
    if refusal is not None:
        await settle(upstream.world, upstream.records, call, None)
    return refusal


def _on_record(plan: OperationPlan, upstream: Upstream, keyed: _Keyed) -> _Keyed:
    """Has the record name the member of a pool that the call will probably wear."""
    limits, now = upstream.limits, upstream.world.now

    async def named(call: Call, key: str) -> Reply:
        call.wearer, call.on_record = limits.pooled_lane(plan, call.app).gate.first(now()), True
        return await keyed(call, key)

    return named


def _under_own_key(keyed: _Keyed) -> Handler:
    """Has a record without an app's key too: a resend after a crash must wear what the first attempt wore."""

    async def unkeyed(call: Call) -> Reply:
        call.own_key = own_key(call.call_id)
        return await keyed(call, call.own_key)

    return unkeyed


async def _recorded(world: World, records: Records, call: Call, proceed: Handler, answers: KeptAnswers) -> Reply:
    """Carry a call out, and settle its record whatever happens."""
    try:
        reply = await proceed(call)
    except BaseException:  # cancelled, or a bug of ours: the key must not stay taken until its lease is over
        if any(attempt.sent for attempt in call.attempts):
            call.outcome = Outcome.UNKNOWN
        await settle(world, records, call, None, answers)
        raise
    await settle(world, records, call, reply, answers)
    return reply


async def _found_out(plan: OperationPlan, upstream: Upstream, call: Call, key: str) -> Reply | None:
    """The answer to a call whose record can say no more, where the outbox has found out; None where it has not."""
    if upstream.deliveries is None or call.carried:
        return None
    return await OutboxDoor(plan, upstream, upstream.deliveries).answered(call, key)


def _follow_up(plan: OperationPlan, upstream: Upstream) -> Callable[[Call, Reply, str], Awaitable[None]]:
    """Puts a call that ended as unknown into the outbox, so that it resolves by itself, where it can."""
    deliveries = upstream.deliveries
    if deliveries is not None and resolves(plan):
        return OutboxDoor(plan, upstream, deliveries).follow_up

    async def leave(call: Call, reply: Reply, key: str) -> None:
        """Only the app, or a person, can find out."""

    return leave


async def _begun(world: World, records: Records, call: Call, key: str) -> Decision | None:
    """What the key is, within the call's time; None where the store cannot say, or record it."""
    try:
        async with world.timeout(max(call.deadline - world.now(), 0.0)):
            return await records.begin(keyed_call_of(call, key), records.now())
    except StoreError:
        return None
    except TimeoutError:  # it may be recorded yet: what is asked of a store is carried out in its order
        later(settle(world, records, call, None))
        return None


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
            problem = replace(PROBLEMS["bad-request"], status=error.status)
            return refused(problem, str(error), error="http_request_error")
        if digest == known:
            call.outcome = outcome
            return None
    return _mismatch()


def _mismatch() -> Reply:
    return refused(PROBLEMS["idempotency-mismatch"], "This key was sent before with another path, media type or body.")


def _unkeyed(plan: OperationPlan, upstream: Upstream, proceed: Handler) -> Handler:
    records, wall, follow_up = upstream.records, upstream.world.wall, _follow_up(plan, upstream)

    async def unkeyed(call: Call) -> Reply:
        began_wall = wall()
        if plan.idempotency == "vendor-key":
            call.key = bounded(own_key(call.call_id), plan)
        reply = await proceed(call)
        if call.outcome is Outcome.UNKNOWN and call.carried is None:
            with contextlib.suppress(StoreError):  # the log has it, and the app is told
                await records.note_unknown(
                    call.call_id, call.app, plan.vendor, plan.operation, began_wall=began_wall, now=records.now()
                )
            await follow_up(call, reply, own_key(call.call_id))
        return reply

    return unkeyed


def _without_asking(call: Call, decision: Decision, answers: KeptAnswers) -> Reply | None:
    """The reply where the record alone decides it."""
    if isinstance(decision, Replay):
        record = decision.record
        shown = answers.shown(record)
        if isinstance(shown, Unopened):
            call.outcome, call.stop = Outcome.UNKNOWN, KEY_EXPIRED
            detail = f"The call with this key ({record.call_id}) has ended. {shown.reason}"
            return refused(PROBLEMS["outcome-unknown"], detail)
        done = record.state == "done"
        call.outcome = Outcome.DONE if done else Outcome.APPLIED_BUT_FAILED
        headers, body = shown
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
        call.outcome, call.stop = Outcome.UNKNOWN, KEY_EXPIRED
        return refused(
            PROBLEMS["outcome-unknown"],
            f"An earlier call with this key ({decision.record.call_id}) may have been carried out, "
            "and a resend is not safe.",
        )
    return None
