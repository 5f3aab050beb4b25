"""The door of the outbox: makes a delivery of a call, and tells the app what became of it.

What is stored is what the vendor would get, without any credential. When a call is accepted is a stage's matter
(tidegate.proxy.stages.defer), what becomes of it afterwards tidegate.proxy.policies.delivery.outbox_decision's.
"""

from dataclasses import replace
from typing import Literal

from tidegate.plan.plan import OperationPlan
from tidegate.plan.planning import UNLISTED
from tidegate.policy.deferral.defer import deadline_s, records_each_try
from tidegate.problems import PROBLEMS
from tidegate.proxy.call.call import Call
from tidegate.proxy.call.outcome import Outcome, Verdict
from tidegate.proxy.call.reply import AcceptedWrite, Reply, refused, refused_for_store
from tidegate.proxy.onramp.delivery_lookup import answer_of, document_of, outcome_of
from tidegate.proxy.policies.delivery.backlog import BacklogFull
from tidegate.proxy.policies.delivery.delivery import LIVE, Delivery, NewDelivery
from tidegate.proxy.policies.delivery.prefer import NO_PREFERENCE, Preference, preference_of
from tidegate.proxy.policies.delivery.request_fields import (
    document_of_body,
    order_key_at,
    order_key_of,
    path_parameters,
)
from tidegate.proxy.policies.resilience.idempotency_keys import given_key, own_key
from tidegate.proxy.policies.resilience.idempotency_record import (
    KEY_CHARACTERS_MAX,
    Begin,
    Resume,
    fingerprint,
    parse_key,
)
from tidegate.proxy.policies.resilience.retry_decision import VENDOR_SAYS_NO
from tidegate.proxy.store.deliveries import Deliveries, DeliveryFilter, Repeated
from tidegate.proxy.store.records import keyed_call_of
from tidegate.proxy.store.store_error import StoreError
from tidegate.proxy.store.stored_headers import stored_headers
from tidegate.proxy.telemetry import traceparent
from tidegate.proxy.upstream.request_writer import hop_by_hop
from tidegate.proxy.upstream.upstream import Upstream

FOLLOW_UP_S = 2.0
"""An app that is told that the outcome is unknown waits no longer for the store to take it up."""
UNKNOWN_AFTER_S = 5.0
"""A write of unknown outcome is asked after no sooner: the vendor may still be at work, and an app may ask itself."""

_MISMATCH = "This key was sent before with another path, media type or body."


class OutboxDoor:
    """The door of one operation."""

    def __init__(self, plan: OperationPlan, upstream: Upstream, deliveries: Deliveries) -> None:
        self._plan = plan
        self._upstream = upstream
        self._world, self._records, self._deliveries = upstream.world, upstream.records, deliveries

    @staticmethod
    def key_of(call: Call) -> str | Reply:
        """The key that a call is on record under, or the refusal of one that cannot be used."""
        given = given_key(call)
        if given is None:
            return call.own_key or own_key(call.call_id)
        key = parse_key(given)
        if key is not None:
            return key
        detail = f"The idempotency key must be 1 to {KEY_CHARACTERS_MAX} printable characters, sent once."
        return refused(PROBLEMS["bad-request"], detail)

    @staticmethod
    def holds(call: Call) -> bool:
        """True where the whole content is at hand, so that it can be stored."""
        return call.content.whole is not None and call.content.digest == ""

    async def known(self, call: Call) -> Reply | None:
        """The reply to a call whose key, or whose order, the outbox knows; None where it may be carried out at once.

        One of unknown outcome may: its record says what to do with it. Not where it may have been joined with others:
        the key of its item need not be one of the operation's own. Nor where each try had a record of its own.
        """
        key = self.key_of(call)
        if isinstance(key, Reply):
            return key
        try:
            async with self._world.timeout(max(call.deadline - self._world.now(), 0.0)):
                if given_key(call) is not None:
                    plan = self._plan
                    before = await self._deliveries.find_key("outbox", call.app, plan.vendor, plan.operation, key)
                    apart = plan.defer.bulk is not None or records_each_try(plan)
                    if before is not None and (before.state != "unknown" or apart):
                        return self._repeated(call, before, preferred=False)
                order_key = self._order_key(call)
                if order_key and await self._waits(order_key) and not await self._tried_before(call, key):
                    return await self.accept(call, "queued")
        except (StoreError, TimeoutError):
            return refused_for_store()
        return None

    async def answered(self, call: Call, key: str) -> Reply | None:
        """The answer to a call whose record can say no more, where the outbox has found out; None where it has not."""
        plan = self._plan
        try:
            async with self._world.timeout(max(call.deadline - self._world.now(), 0.0)):
                before = await self._deliveries.find_key("outbox", call.app, plan.vendor, plan.operation, key)
        except (StoreError, TimeoutError):
            return None
        if before is None or before.state not in ("done", "dead"):
            return None
        call.stop = ""
        return self._repeated(call, before, preferred=False)

    async def accept(
        self,
        call: Call,
        state: Literal["queued", "unknown", "parked"],
        *,
        preferred: bool = False,
        after_s: float = 0.0,
        approve_within_s: float = 0.0,
    ) -> Reply:
        """Accept a call durably: the 202, or what is known of its key, or the refusal. See NewDelivery for `state`.

        One that is parked waits `approve_within_s` seconds for a person.
        """
        key = self.key_of(call)
        if isinstance(key, Reply):
            return key
        if not self.holds(call):
            detail = (
                "A body that is larger than body_kept_bytes is not stored, so this write cannot be carried out later."
            )
            return refused(replace(PROBLEMS["bad-request"], status=413), detail)
        new = self._new(call, key, state, after_s)
        if state == "parked":
            new = replace(new, deadline=self._records.now().least + approve_within_s)
        left_s = FOLLOW_UP_S if state == "unknown" else max(call.deadline - self._world.now(), 0.0)
        try:
            async with self._world.timeout(left_s):
                if state == "unknown":
                    await self._remember(call, key)
                result = await self._deliveries.accept(new, self._records.now(), self._upstream.outbox_bounds)
        except StoreError:
            return refused_for_store()
        except TimeoutError:  # what is asked of a store is carried out, so it may be accepted yet
            call.outcome = Outcome.UNKNOWN
            return refused(PROBLEMS["outcome-unknown"], "Tidegate's own store did not say in time if it has the write.")
        if isinstance(result, BacklogFull):
            detail = f"The outbox is full ({result.bound}), so the write was not accepted."
            return refused(PROBLEMS["overloaded"], detail, retry_after_s=60.0)
        if isinstance(result, Repeated):
            return self._repeated(call, result.delivery, preferred=preferred)
        return self._accepted(call, new, preferred=preferred)

    async def follow_up(self, call: Call, reply: Reply, key: str) -> None:
        """Take up a call whose app is told that its outcome is unknown, so that it resolves by itself.

        Nothing where that cannot be done: then the app, or a person, has to find out. An app that gets the vendor's own
        failure decides itself; so it does where the vendor wants no resend, unless there is a lookup.
        """
        told = reply.problem is not None and reply.problem.name == "outcome-unknown"
        wanted = call.stop != VENDOR_SAYS_NO or self._plan.lookup is not None
        if call.carried or call.upgrade or not told or not wanted or not self.holds(call):
            return
        plan = self._plan
        after_s = UNKNOWN_AFTER_S if plan.lookup is None else max(plan.lookup.lag, UNKNOWN_AFTER_S)
        try:
            async with self._world.timeout(FOLLOW_UP_S):
                await self._remember(call, key)
                new = self._new(call, key, "unknown", after_s)
                await self._deliveries.accept(new, self._records.now(), self._upstream.outbox_bounds)
        except (StoreError, TimeoutError):
            return

    async def _remember(self, call: Call, key: str) -> None:
        """Have a record of a key of our own: it alone knows how long the vendor surely remembers it."""
        if self._plan.idempotency != "vendor-key" or key != own_key(call.call_id):
            return
        call.own_key = key
        await self._records.begin(keyed_call_of(call, key), self._records.now())
        await self._records.finish(call.call_id, Outcome.UNKNOWN, now=self._records.now())

    async def _tried_before(self, call: Call, key: str) -> bool:
        """True where a call under the app's key was begun before, by a proxy that died, say: its record decides."""
        if self._plan.idempotency != "vendor-key" or given_key(call) is None:
            return False
        decision = await self._records.begin(keyed_call_of(call, key), self._records.now())
        if isinstance(decision, Begin | Resume):
            await self._records.finish(call.call_id, Outcome.NOT_APPLIED, now=self._records.now())
        return not isinstance(decision, Begin)

    async def _waits(self, order_key: str) -> bool:
        plan = self._plan
        wanted = DeliveryFilter("outbox", LIVE, vendor=plan.vendor, operation=plan.operation, order_key=order_key)
        return bool((await self._deliveries.page(wanted, limit=1)).deliveries)

    def _new(self, call: Call, key: str, state: Literal["queued", "unknown", "parked"], after_s: float) -> NewDelivery:
        plan, rules, now = self._plan, self._plan.defer, self._records.now()
        sends, body = self._upstream.sends, call.content.whole or b""
        if state == "unknown" and plan.lookup is not None and records_each_try(plan):
            after_s = max(after_s, plan.lookup.lag)  # what was done a moment ago is not seen yet
        left_out = hop_by_hop(call.headers)
        passed_s = self._world.now() - call.began if state == "unknown" else 0.0
        return NewDelivery(
            id=call.call_id,
            box="outbox",
            app=call.app,
            vendor=plan.vendor,
            operation=plan.operation,
            key=key,
            fingerprint=fingerprint(call.method, call.path, call.headers.get("Content-Type", ""), call.content.mark),
            method=call.method,
            destination=call.path,
            headers=stored_headers([ln for ln in call.raw_headers if sends(ln[0]) and ln[0].lower() not in left_out]),
            body=body,
            accepted_wall=now.wall,
            deadline=now.least - passed_s + deadline_s(plan),
            keep_s=plan.keep_s,
            order_key=self._order_key(call) if state != "unknown" or rules.when != "never" else "",
            order=rules.order,
            skip_after=rules.skip_after if rules.order == "skip" else 0,
            not_before=now.least + after_s if after_s else 0.0,
            state=state,
            trace=traceparent.write(call.trace_id, call.span_id, sampled=call.sampled) if call.trace_id else "",
        )

    def _order_key(self, call: Call) -> str:
        """The order key of a call; empty where it has none."""
        by = self._plan.defer.order_by
        if by is None:
            return ""
        if by.startswith("{"):
            return order_key_of(path_parameters(self._plan.template, call.path).get(by[1:-1], ""))
        return order_key_at(document_of_body(call.headers.get("Content-Type", ""), call.content.whole or b""), by)

    def _accepted(self, call: Call, new: NewDelivery, *, preferred: bool) -> Reply:
        fresh = Delivery(new, new.state, 0, 0, new.not_before, new.accepted_wall, new.state, new.state == "unknown")
        return self._later(call, fresh, preferred=preferred)

    def _later(self, call: Call, delivery: Delivery, *, preferred: bool) -> Reply:
        """202: it is carried out later (RFC 9110 §15.3.3)."""
        call.stop = "deferred"
        if delivery.state == "unknown":
            call.outcome = Outcome.UNKNOWN
        accepted = AcceptedWrite(
            delivery.new.id,
            document_of(delivery, self._records.now()),
            given_key(call) or "",
            preferred=preferred,
        )
        return Reply(202, "", (), b"", Verdict.SUCCESS, accepted=accepted)

    def _repeated(self, call: Call, delivery: Delivery, *, preferred: bool) -> Reply:
        """The reply to a call whose key was accepted before."""
        mark = fingerprint(call.method, call.path, call.headers.get("Content-Type", ""), call.content.mark)
        if mark != delivery.new.fingerprint:
            return refused(PROBLEMS["idempotency-mismatch"], _MISMATCH)
        if delivery.awaits_approval:
            return self._later(call, delivery, preferred=preferred)
        if delivery.state == "parked":
            call.outcome = Outcome.UNKNOWN
            return refused(PROBLEMS["outcome-unknown"], f"{delivery.detail} See the call {delivery.new.id}.")
        if delivery.state in ("dead", "cancelled", "done"):
            call.outcome = outcome_of(delivery) or Outcome.UNKNOWN
            answer = answer_of(delivery, self._upstream.kept_secrets)
            if answer is not None:
                return answer
            if delivery.state == "done":
                return self._later(call, delivery, preferred=preferred)
            if call.outcome is Outcome.UNKNOWN:
                detail = delivery.detail.rstrip(".")
                return refused(PROBLEMS["outcome-unknown"], f"{detail}. See the call {delivery.new.id}.")
            why = delivery.detail or "A person gave it up."
            return refused(PROBLEMS["not-delivered"], f"The write that was accepted under this key ended. {why}")
        return self._later(call, delivery, preferred=preferred)


async def hold(upstream: Upstream, within_s: float, call: Call) -> Reply:
    """Accept a write that waits for approval, for so many seconds; or refuse one that cannot wait."""
    deliveries, plan = upstream.deliveries, call.plan
    if deliveries is None or plan.operation == UNLISTED or call.upgrade:
        detail = f"Writes of {call.app} wait for approval, and one that is not in {plan.vendor}'s document cannot wait."
        return refused(PROBLEMS["app-forbidden"], detail)
    door = OutboxDoor(plan, upstream, deliveries)
    asked = preference_of(call.headers.getall("Prefer", ())) if plan.defer.prefer == "allow" else NO_PREFERENCE
    if asked.respond_async:
        without_preference(call, asked)
    return await door.accept(call, "parked", approve_within_s=within_s)


def without_preference(call: Call, asked: Preference) -> None:
    """Take from the request what was said to us: the vendor would answer in its own way to it."""
    rest = [line for line in call.raw_headers if line[0].lower() != b"prefer"]
    if asked.others:
        rest.append((b"Prefer", asked.others.encode("latin-1", "replace")))
    call.raw_headers = tuple(rest)
