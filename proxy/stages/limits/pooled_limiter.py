"""One attempt under a pool of credentials: a permit of the member that has room, and another one where it is refused.

For the stage of tidegate.proxy.stages.limiter. A 401, the word that a quota is used up, or the want of a token sets the
member aside and proves that nothing was done, so the call goes on under the next one, at most once under each. What may
have been done under one member is sent again under that one alone (tidegate.proxy.policies.credentials.stickiness).
"""

from dataclasses import replace

from tidegate.plan.plan import OperationPlan
from tidegate.problems import PROBLEMS
from tidegate.proxy.call.call import Call, Handler
from tidegate.proxy.call.outcome import Verdict
from tidegate.proxy.call.reply import Reply, refused, refused_for_store
from tidegate.proxy.credentials.credential_pool import CredentialPool
from tidegate.proxy.permits.lane import PooledLane
from tidegate.proxy.permits.pool_gate import PoolWish, WornPermit
from tidegate.proxy.policies.credentials.stickiness import pins, sticks
from tidegate.proxy.policies.limits.wait_queue import QueueRefusal, urgency_of
from tidegate.proxy.stages.limits.metered_limiter import MeteredLimiter
from tidegate.proxy.store.store_error import StoreError
from tidegate.proxy.upstream.answer_classifier import exhausted_by
from tidegate.proxy.upstream.upstream import Upstream

UNKNOWN_KEY = 401
"""The status of a vendor that does not know a credential. A 403 knows it, and is about what it may do."""

UNAVAILABLE = "Tidegate can get no access token for any credential of {} now."
ALL_REFUSED = "{} has refused every credential of the pool."
SET_ASIDE = "An earlier attempt of this call may be known to {} under the credential {} alone, which is set aside now."
GONE = "An earlier attempt of this call may be known to {} under a credential alone ({}) that is not in the pool now."
GONE_S = 60.0
"""Until then no reload is likely to have brought it back."""


class PooledLimiter:
    """The stage. `proceed` is all that is inside it."""

    def __init__(self, plan: OperationPlan, upstream: Upstream, pool: CredentialPool, proceed: Handler) -> None:
        self._plan = plan
        self._upstream = upstream
        self._pool = pool
        self._metered = MeteredLimiter(plan, upstream, proceed)
        self._now = upstream.world.now
        self._sticks = sticks(plan, pool.facts)
        self._exhausted = exhausted_by(upstream.facts)

    async def admitted(self, call: Call) -> Reply:
        """One attempt, and those that a refused credential makes necessary."""
        tried: list[str] = []
        reply = await self._attempt(call, tried)
        for _ in range(len(self._pool.members) - 1):
            if not self._may_go_on(call, reply):
                break
            reply = await self._attempt(call, tried)
        return reply

    def _may_go_on(self, call: Call, reply: Reply) -> bool:
        """True where the vendor refused the credential, and not the call, and another may be worn."""
        if _has_no_token(reply):
            return not call.pinned and bool(self._pool.choice.usable(self._now()))
        refused_one = _is_unknown(reply) or self._is_exhausted(reply)
        whole = call.streamed is None and call.content.resendable
        return refused_one and whole and not call.pinned and not self._pool.choice.all_rejected()

    async def _attempt(self, call: Call, tried: list[str]) -> Reply:
        """One attempt. `tried` gets the name of the member where the vendor refused that."""
        lane = self._upstream.limits.pooled_lane(self._plan, call.app)
        first = next(iter(lane.lanes.values()))
        amounts = None if first.amounts.plain else first.amounts.of(call.content)
        permit = await self._recorded_permit(call, lane, amounts, tuple(tried))
        if isinstance(permit, Reply):
            return permit
        credential = self._pool.members[permit.name].current
        call.credential, call.written = credential, b""
        before = call.at_commit
        if permit.trial:
            call.at_commit = (*before, lambda *_: self._pool.let_in(credential, permit.trial))
        try:
            reply = await self._metered.exchange(call, lane.lanes[permit.name], permit.permit, lane.gate)
        except BaseException:
            self._pool.answered(credential, Verdict.CANCELLED, permit.trial)
            raise
        finally:
            call.at_commit = before
        if _is_unknown(reply):
            if not await self._pool.members[permit.name].rejected(credential, reply.status):
                self._pool.refused(credential, permit.trial)
                tried.append(permit.name)
        elif _has_no_token(reply):
            self._pool.unavailable(credential, permit.trial, reply.retry_after_s or 0.0)
            tried.append(permit.name)
        elif self._is_exhausted(reply):
            tried.append(permit.name)
            self._pool.exhausted(credential, permit.trial, self._upstream.hint(reply).retry_after_s)
        else:
            self._pool.answered(credential, reply.verdict, permit.trial)
        if self._sticks and pins(reply.verdict, sent=bool(call.attempts) and call.attempts[-1].sent):
            call.pinned = True
        return reply

    async def _recorded_permit(
        self, call: Call, lane: PooledLane, amounts: tuple[float, ...] | None, tried: tuple[str, ...]
    ) -> WornPermit | Reply:
        """A permit of a member that is on record, where it must be; or why there is none.

        The store may be slow. What the vendor says of the member meanwhile holds for this call, which has not left:
        it waits for another permit, as long as its time lasts.
        """
        prefer = "" if call.attempts else call.wearer  # the record has it, so it need not be written again
        wish = PoolWish(prefer, resendable=call.content.stream is None, tried=tried)
        permit = await self._permit(call, lane, amounts, wish)
        while self._sticks and isinstance(permit, WornPermit) and call.wearer != permit.name:
            if not await self._recorded(call, permit):
                return refused_for_store()
            member = self._pool.choice.members[permit.name]
            if permit.permit.paused_s(self._now()) <= 0.0 and member.may_leave(permit.trial):
                break
            self._return(permit)
            permit = await self._permit(call, lane, amounts, replace(wish, prefer=call.wearer))
        return permit

    async def _permit(
        self, call: Call, lane: PooledLane, amounts: tuple[float, ...] | None, wish: PoolWish
    ) -> WornPermit | Reply:
        """A permit of the member that the call must wear, or of any; or why there is none."""
        if call.pinned:
            return await self._permit_of(call.wearer, call, lane, amounts)
        asked_at = self._now()
        worn = lane.gate.try_acquire(asked_at, wish, amounts)
        if worn is None and self._metered.passes_limits:
            worn = lane.gate.overdraw(asked_at, wish, amounts)
        if worn is not None:
            return worn
        urgency, wait_max_s = urgency_of(call.headers.get("Priority")), self._plan.queue_wait_s
        result = await lane.gate.acquire(asked_at, call.deadline, wait_max_s, call.app, urgency, amounts, wish)
        call.queued_s += self._now() - asked_at
        if isinstance(result, WornPermit):
            return result
        now = self._now()
        wait_s = lane.gate.estimate_s(now, call.app, amounts)
        if self._pool.choice.all_rejected():
            return refused(PROBLEMS["credential-rejected"], ALL_REFUSED.format(self._plan.vendor), retry_after_s=wait_s)
        if self._pool.choice.none_to_send():
            detail = UNAVAILABLE.format(self._plan.vendor)
            return refused(PROBLEMS["credential-unavailable"], detail, retry_after_s=wait_s)
        reply = self._metered.refused(result, lane.gate, wait_s)
        return (
            reply
            or lane.gate.overdraw(now, wish, amounts)
            or refused(PROBLEMS["credential-rejected"], ALL_REFUSED.format(self._plan.vendor), retry_after_s=wait_s)
        )

    async def _permit_of(
        self, name: str, call: Call, lane: PooledLane, amounts: tuple[float, ...] | None
    ) -> WornPermit | Reply:
        """A permit of the member that alone may know of an earlier attempt; or why there is none."""
        choice, asked_at = self._pool.choice, self._now()
        if name not in lane.lanes:
            detail = GONE.format(self._plan.vendor, name or "of another kind")
            return refused(PROBLEMS["credential-rejected"], detail, retry_after_s=GONE_S)
        aside_s, gate = choice.members[name].wait_s(asked_at), lane.lanes[name].gate
        if aside_s > 0.0:
            detail = SET_ASIDE.format(self._plan.vendor, name)
            return refused(PROBLEMS["credential-rejected"], detail, retry_after_s=aside_s)
        permit = gate.try_acquire(asked_at, amounts)
        if permit is None:
            urgency, wait_max_s = urgency_of(call.headers.get("Priority")), self._plan.queue_wait_s
            result = await gate.acquire(asked_at, call.deadline, wait_max_s, call.app, urgency, amounts)
            call.queued_s += self._now() - asked_at
            if isinstance(result, QueueRefusal):
                reply = self._metered.refused(result, gate, gate.estimate_s(self._now(), call.app, amounts))
                if reply is not None:
                    return reply
                result = gate.overdraw(self._now(), amounts)
            permit = result
        return WornPermit(name, choice.worn(name, self._now()), permit)

    async def _recorded(self, call: Call, worn: WornPermit) -> bool:
        """Have the member on record before the first byte leaves under it. False where the store cannot."""
        call.wearer = worn.name
        if not call.on_record:
            return True
        world, permit, written = self._upstream.world, worn.permit, False
        permit.hold()
        try:
            async with world.timeout(max(call.deadline - world.now(), 0.0)):
                written = await self._upstream.records.wear(call.call_id, worn.name)
        except (StoreError, TimeoutError):
            return False
        finally:
            permit.leave()
            if not written:
                self._return(worn)
        return written

    def _return(self, worn: WornPermit) -> None:
        """Give back what was lent to an attempt that does not leave."""
        now = self._now()
        worn.permit.release(now, sent=False)
        self._pool.choice.members[worn.name].given_up(now, worn.trial)

    def _is_exhausted(self, reply: Reply) -> bool:
        if self._exhausted is None or reply.verdict is not Verdict.REJECTED or reply.vendor_headers is None:
            return False
        return self._exhausted(reply.status, reply.vendor_headers, reply.body)


def _has_no_token(reply: Reply) -> bool:
    """True where nothing was sent for want of a token. One whose scopes do not do has nothing to wait for."""
    return reply.problem is PROBLEMS["credential-unavailable"] and reply.retry_after_s is not None


def _is_unknown(reply: Reply) -> bool:
    return reply.verdict is Verdict.CREDENTIAL and reply.status == UNKNOWN_KEY
