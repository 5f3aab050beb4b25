"""Answers reads from what is kept, asks the vendor whether that is still good, and keeps what may be kept.

What may be kept and used is decided in tidegate.proxy.policies.caching.cache_rules; this stage finds, asks and answers.
Writes pass through it too where the vendor has a cached operation: one that went well, or may have, makes stored
answers doubtful.
"""

from dataclasses import replace

from tidegate.plan.plan import OperationPlan
from tidegate.policy.cache import Cache, describe
from tidegate.problems import PROBLEMS
from tidegate.proxy.call.call import GATHERED_BYTES_MAX, Call, Handler
from tidegate.proxy.call.outcome import Outcome, Verdict
from tidegate.proxy.call.reply import RawHeaders, Reply, refused
from tidegate.proxy.credentials.credential_pool import CredentialPool
from tidegate.proxy.policies.caching.cache_control import Directives
from tidegate.proxy.policies.caching.cache_rules import (
    OF_A_RANGE,
    ForwardRequest,
    Unsatisfiable,
    decide,
    outdates,
    readable,
    renewed_lines,
    request_control,
    stale_if_error,
    storable,
    stored_lines,
    worth_keeping,
)
from tidegate.proxy.policies.caching.cache_status import forwarded, hit
from tidegate.proxy.policies.caching.freshness import StoredAnswer, renewed, stored
from tidegate.proxy.policies.caching.preconditions import for_the_whole
from tidegate.proxy.policies.caching.vary import selecting, vary_of
from tidegate.proxy.policies.credentials.pool_choice import by_digest
from tidegate.proxy.policies.resilience.vendor_away import is_away, why_away
from tidegate.proxy.secrecy.echoed_secrets import without_echo
from tidegate.proxy.upstream.answer_cache import Key
from tidegate.proxy.upstream.cached_reply import cached_reply, with_cache_status
from tidegate.proxy.upstream.upstream import Upstream

__all__ = ["describe", "stage"]


def stage(plan: OperationPlan, upstream: Upstream, proceed: Handler) -> Handler:
    """Caches reads, drops what writes make doubtful; passes where the vendor has no cached operation."""
    if plan.idempotency != "safe":
        return _writing(upstream, proceed) if upstream.cache.used else proceed
    if plan.cache is None or plan.method != "GET":
        return proceed
    if upstream.cache.members and upstream.pool is not None:
        return _ReadOfMember(plan, plan.cache, upstream, upstream.pool, proceed).handle
    return _CachedRead(plan, plan.cache, upstream, proceed).handle


def _writing(upstream: Upstream, proceed: Handler) -> Handler:
    cache, uptime = upstream.cache, upstream.world.uptime

    def forget(call: Call, reply: Reply | None) -> None:
        cache.outdate(call.path, (reply is not None and reply.vendor_headers) or {}, uptime())

    async def write(call: Call) -> Reply:
        call.at_commit += (forget,)  # apps act by what a stream says before it has ended
        reply = None
        try:
            reply = await proceed(call)
            return reply
        finally:
            # RFC 9111 §4.4 asks for it after an answer that is no error. What is unknown may have been done too; and
            # an answer that breaks off, or that its app did not wait for, had begun well.
            doubtful = reply is None or call.outcome is Outcome.UNKNOWN
            if doubtful or (reply is not None and (reply.verdict is Verdict.SUCCESS or reply.streamed)):
                forget(call, reply)

    return write


class _CachedRead:
    """The reads of one operation."""

    def __init__(self, plan: OperationPlan, rules: Cache, upstream: Upstream, proceed: Handler) -> None:
        self.plan = plan
        self.rules = rules
        self.upstream, self.cache = upstream, upstream.cache
        self.world, self.uptime = upstream.world, upstream.world.uptime
        self.answers = upstream.cache.answers
        self.proceed = proceed
        self.by_app = rules.shared == "app"
        self.vary_key = upstream.cache.vary_key(rules.by)
        self.renewing: set[Key] = set()

    async def handle(self, call: Call) -> Reply:
        """Answer a read."""
        headers = call.headers
        if call.upgrade:
            return await self.proceed(call)
        call.gather = GATHERED_BYTES_MAX
        judged_there = "If-Match" in headers or "If-Unmodified-Since" in headers or "If-Range" in headers
        if judged_there or call.content.present or call.method not in ("GET", "HEAD"):
            return with_cache_status(await self.proceed(call), "bypass", forwarded("bypass"))
        key, now = self.key_of(call), self.uptime()
        requested, stored_answer = request_control(headers), self.cache.held(key, headers, self.rules)
        if call.method == "HEAD" and stored_answer is not None and stored_answer.status in OF_A_RANGE:
            stored_answer = None  # a HEAD knows no range (RFC 9110 §14.2)
        decision = decide(requested, stored_answer, self.rules, now)
        if isinstance(decision, Unsatisfiable):
            return refused(PROBLEMS["not-cached"], "Only a stored answer was asked for, and there is none.")
        if isinstance(decision, ForwardRequest):
            return await self.forward(call, key, requested, stored_answer, decision)
        assert stored_answer is not None
        if decision.renew:
            self.renew(call, key, stored_answer)
        stale = stored_answer.age_s(now) >= stored_answer.lifetime_s
        why = "" if not stale else "stale-while-revalidate" if decision.renew else "max-stale"
        call.outcome = Outcome.DONE if stored_answer.verdict is Verdict.SUCCESS else Outcome.NOT_APPLIED
        status_line = hit(stored_answer.lifetime_s - stored_answer.age_s(now), why)
        return cached_reply(call, stored_answer, now, "stale" if stale else "hit", status_line)

    def key_of(self, call: Call) -> Key:
        """For whom, and for what, an answer to this call is kept."""
        path, _, query = call.path.partition("?")
        return Key(self.cache.place, path, query, call.app if self.by_app else "", self.vary_key.of(call.raw_headers))

    async def forward(
        self,
        call: Call,
        key: Key,
        requested: Directives,
        stored_answer: StoredAnswer | None,
        forwarding: ForwardRequest,
    ) -> Reply:
        """Ask the vendor; where something is kept that can be confirmed, ask under that condition.

        A HEAD goes under its app's own conditions: a 304 to these says nothing of what is kept.
        """
        began, conditional = self.uptime(), bool(forwarding.validators) and call.method == "GET"
        reply = await (self._conditionally(call, forwarding.validators) if conditional else self.proceed(call))
        now = self.uptime()
        if call.attempts:  # a wait in our queue, or an earlier try, makes the answer no older
            began = now - (self.world.now() - call.attempts[-1].began)
        if stored_answer is not None:
            if conditional and reply.status == 304:
                return self._confirmed(call, key, stored_answer, reply, forwarding, began)
            away = not reply.streamed and is_away(reply.status, reply.verdict, reply.problem)
            if away and stale_if_error(requested, stored_answer, self.rules, now):
                ttl_s = stored_answer.lifetime_s - stored_answer.age_s(now)
                status_line = forwarded("stale", status=reply.status, ttl_s=ttl_s, detail="stale-if-error")
                call.outcome = Outcome.DONE
                return cached_reply(call, stored_answer, now, "stale", status_line, why_away(reply.status, reply.error))
        return self._passed(call, key, requested, reply, forwarding, began, stored_answer)

    def _confirmed(
        self, call: Call, key: Key, stored_answer: StoredAnswer, reply: Reply, forwarding: ForwardRequest, began: float
    ) -> Reply:
        """The stored answer after the vendor's 304."""
        assert reply.vendor_headers is not None
        lines = renewed_lines(stored_answer.headers, reply.headers)
        ages, now, wall = reply.vendor_headers.getall("Age", ()), self.uptime(), self.world.wall()
        new = renewed(stored_answer, lines, readable(lines), ages, self.rules, requested_at=began, now=now, wall=wall)
        kept_on = "no-store" not in new.control and self.answers.put(key, new)
        ttl_s = new.lifetime_s - new.age_s(now)
        status_line = forwarded(
            forwarding.reason, status=304, stored=kept_on, collapsed=reply.cache == "collapsed", ttl_s=ttl_s
        )
        call.outcome = Outcome.DONE
        return cached_reply(call, new, now, "renewed", status_line, b"tidegate; received-status=304")

    async def _conditionally(self, call: Call, validators: RawHeaders) -> Reply:
        """Ask with our condition in place of the app's, and for the whole: what is kept is the whole."""
        call.raw_headers = (*for_the_whole(call.raw_headers), *validators)
        return await self.proceed(call)

    def _passed(
        self, call: Call, key: Key, requested: Directives, reply: Reply, forwarding: ForwardRequest, began: float,
        old: StoredAnswer | None,
    ) -> Reply:  # fmt: skip
        """The vendor's answer, kept where it may be. `old` is what is kept so far."""
        collapsed = reply.cache == "collapsed"
        if reply.vendor_headers is None or reply.problem is not None or reply.streamed:
            return reply
        new = None
        if call.method == "GET" and storable(requested, reply.status, reply.vendor_headers, reply.verdict, self.rules):
            new = self._keep(call, key, reply, began)
        if new is None and old is not None and outdates(call.method, reply, old):
            self.answers.drop(key, old)
        status_line = forwarded(forwarding.reason, status=reply.status, stored=new is not None, collapsed=collapsed)
        if new is not None and forwarding.validators:
            # The vendor was asked under our condition: the app's own is still to be answered.
            return cached_reply(
                call,
                new,
                self.uptime(),
                "miss",
                status_line,
                b"tidegate; received-status=%d" % reply.status,
                fresh=True,
            )
        return with_cache_status(reply, "collapsed" if collapsed else "miss", status_line)

    def _keep(self, call: Call, key: Key, reply: Reply, began: float) -> StoredAnswer | None:
        assert reply.vendor_headers is not None
        names = vary_of(reply.vendor_headers.getall("Vary", ()))
        if names is None:
            return None
        if "Content-Encoding" in reply.vendor_headers:
            names = (*names, "accept-encoding")  # an encoded answer is not for who did not ask for it
        if reply.status in OF_A_RANGE:
            names = (*names, "range")
        mask = self.upstream.echo_mask  # before a part of it is given, which may begin in the middle of a secret
        masked = reply if mask is None else without_echo(mask, reply)
        lines = stored_lines(masked.headers)
        new = stored(
            status=reply.status,
            reason=reply.reason,
            headers=lines,
            names=readable(lines),
            age_lines=reply.vendor_headers.getall("Age", ()),
            body=masked.body,
            verdict=reply.verdict,
            varied=selecting(sorted({*names}), call.headers),
            rules=self.rules,
            requested_at=began,
            now=self.uptime(),
            wall=self.world.wall(),
        )
        return new if worth_keeping(new, self.rules) and self.answers.put(key, new) else None

    def renew(self, call: Call, key: Key, stored_answer: StoredAnswer) -> None:
        """Fetch a new answer in the background, the whole of it, once for everyone who asks meanwhile."""
        if key in self.renewing:
            return
        self.renewing.add(key)
        now = self.world.now()
        own = replace(
            call,
            method="GET",
            raw_headers=for_the_whole(call.raw_headers),
            call_id=f"{call.call_id}-renewal",
            attempts=[],
            began=now,
            deadline=now + self.plan.budget_s,
            reply_channel=None,
            at_commit=(),
            streamed=None,
        )
        self.cache.start(self._renewal(own, key, stored_answer))

    async def _renewal(self, own: Call, key: Key, stored_answer: StoredAnswer) -> None:
        try:
            decision = decide({"no-cache": None}, stored_answer, self.rules, self.uptime())
            assert isinstance(decision, ForwardRequest)
            reply = await self.forward(own, key, {}, stored_answer, decision)
            self.cache.note(own, replace(reply, cache="renewal"))
        finally:
            self.renewing.discard(key)


class _ReadOfMember(_CachedRead):
    """The reads of one operation where each credential has an account of its own: what one was given is no other's.

    Equal reads prefer the same member. They are not asked under a condition: what one account has says nothing of
    another's, and another may be worn in the end.
    """

    def __init__(
        self, plan: OperationPlan, rules: Cache, upstream: Upstream, pool: CredentialPool, proceed: Handler
    ) -> None:
        super().__init__(plan, rules, upstream, proceed)
        self.pool = pool

    def key_of(self, call: Call) -> Key:
        """See _CachedRead.key_of. The call prefers the member whose answer is looked for."""
        names = self.pool.choice.usable(self.world.now()) or list(self.pool.members)
        call.wearer = call.wearer or by_digest(call.path, names)
        return super().key_of(call)._replace(place=self.cache.members[call.wearer])

    async def forward(
        self,
        call: Call,
        key: Key,
        requested: Directives,
        stored_answer: StoredAnswer | None,
        forwarding: ForwardRequest,
    ) -> Reply:
        """See _CachedRead.forward."""
        return await super().forward(call, key, requested, stored_answer, replace(forwarding, validators=()))

    def _keep(self, call: Call, key: Key, reply: Reply, began: float) -> StoredAnswer | None:
        """Keep it for the member that was worn in the end; who joined another's read leaves that to it."""
        worn = call.attempts[-1].credential if call.attempts else None
        if worn is None or worn.name not in self.cache.members:
            return None
        return super()._keep(call, key._replace(place=self.cache.members[worn.name]), reply, began)
