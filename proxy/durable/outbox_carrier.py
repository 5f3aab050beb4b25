"""Carries deferred writes: each goes through its operation's own pipeline, under the key that it was accepted with.

The idempotency record of that key, durable before the first byte, is the memory of what was sent; so a second run under
it is answered from the record, resumed, or told that nothing is safe any more. What becomes of a write is decided in
tidegate.proxy.policies.delivery.outbox_decision.
"""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Protocol

import orjson
from multidict import CIMultiDict, CIMultiDictProxy

from tidegate.plan.plan import OperationPlan
from tidegate.policy.deferral.bulk import READY_S
from tidegate.policy.deferral.defer import defers, records_each_try
from tidegate.proxy.app_config import AppEndpoint
from tidegate.proxy.call.call import Call
from tidegate.proxy.call.content import WholeContent
from tidegate.proxy.call.outcome import Outcome, Verdict
from tidegate.proxy.call.reply import Reply
from tidegate.proxy.durable.bulk_carrier import BulkCarrier
from tidegate.proxy.durable.delivery_worker import IN_FLIGHT_MAX, Begin, HeldBy, Settled
from tidegate.proxy.durable.outbox_result import result_row
from tidegate.proxy.durable.outcome_lookup import CarryOut, OutcomeLookup, carried_by, enter_trace, was_unsure
from tidegate.proxy.onramp.gateway import Route
from tidegate.proxy.onramp.request_content import absent
from tidegate.proxy.policies.delivery.delivery import Box, Delivery, DeliveryAttempt, Settlement
from tidegate.proxy.policies.delivery.drain_ramp import DrainRamp
from tidegate.proxy.policies.delivery.outbox_decision import (
    PARKED,
    CarriedOut,
    after_lookup,
    after_try,
    back,
    cut_short,
    first_step,
    unserved,
)
from tidegate.proxy.policies.resilience.idempotency_keys import APP_HEADER, own_key, quoted
from tidegate.proxy.policies.resilience.idempotency_record import KEY_EXPIRED
from tidegate.proxy.policies.resilience.retry_decision import VENDOR_SAYS_NO
from tidegate.proxy.policies.resilience.store_time import StoreTime
from tidegate.proxy.store.deliveries import Deliveries
from tidegate.proxy.store.records import settled_answer
from tidegate.proxy.upstream.upstream import Upstream
from tidegate.world.world import World

LAST_IN_LINE = "u=7"
"""The priority (RFC 9218) of a deferred call: in the queue before a limit, live calls go first."""
BUDGET_WAIT_S = 10.0
"""What nobody asked to be deferred is sent again within the vendor's retry budget, and waits about so long for it."""
AWAY = frozenset(("vendor-unavailable", "deadline-exceeded", "outcome-unknown"))


class Pipelines(Protocol):
    """The operations that are served, as the worker needs them: tidegate.proxy.onramp.gateway.GatewayRouter."""

    def route_to(self, vendor: str, operation: str) -> Route | None:
        """The way of a call to an operation; None where it is not served."""
        ...

    def outbox_groups(self) -> Mapping[str, tuple[Upstream, frozenset[str]]]:
        """Vendor → itself, and the breaker groups of its operations that may stand in the outbox."""
        ...

    @property
    def longest_s(self) -> float:
        """The longest budget of such an operation, in seconds."""
        ...


class OutboxCarrier:
    """See the module. `carry_out` takes a call through its pipeline and records it.

    `callback` says where an app is told of the end of its writes; None where it is not.
    """

    box: Box = "outbox"
    held_by: HeldBy = "vendors"

    def __init__(
        self,
        world: World,
        deliveries: Deliveries,
        now: Callable[[], StoreTime],
        pipelines: Pipelines,
        carry_out: CarryOut,
        callback: Callable[[str], AppEndpoint | None],
    ) -> None:
        self._world = world
        self._callback = callback
        self._deliveries = deliveries
        self._lookup, self._bulk = OutcomeLookup(world, carry_out), BulkCarrier(world, deliveries, carry_out)
        self._now = now
        self._pipelines = pipelines
        self._carry_out = carry_out
        self._ids = world.random("outbox call ids")
        self._rng: random.Random = world.random("outbox")
        self._ramps: dict[str, DrainRamp] = {}
        self._under_way: dict[str, int] = {}

    @property
    def longest_s(self) -> float:
        """See Carrier.longest_s."""
        return self._pipelines.longest_s

    def room(self) -> Mapping[str, int]:
        """See Carrier.room: none for a vendor whose breakers are all open."""
        now, room = self._world.now(), {}
        for vendor, (upstream, groups) in self._pipelines.outbox_groups().items():
            if groups and all(upstream.breakers.open_s(group, now) > 0.0 for group in groups):
                self._ramp(vendor).away()
            else:
                room[vendor] = max(self._ramp(vendor).allowed - self._under_way.get(vendor, 0), 0)
        return room

    async def carry(self, delivery: Delivery, begin: Begin) -> Settled:
        """See Carrier.carry."""
        vendor = delivery.new.vendor
        self._under_way[vendor] = self._under_way.get(vendor, 0) + 1
        try:
            settlement = await self._step(delivery, begin)
        finally:
            self._under_way[vendor] -= 1
        endpoint = self._callback(delivery.new.app)
        return settlement, result_row(delivery, settlement, endpoint, self._now()) if endpoint is not None else None

    def cut_off(self, delivery: Delivery, *, begun: bool) -> Settlement:
        """See Carrier.cut_off: what was begun may have been sent."""
        return cut_short(delivery, self._now(), begun=begun)

    async def _step(self, delivery: Delivery, begin: Begin) -> Settlement:
        route = self._pipelines.route_to(delivery.new.vendor, delivery.new.operation)
        if route is None:
            return unserved(delivery, self._now())
        step = first_step(delivery, route.plan, self._now())
        if isinstance(step, Settlement):
            return step
        way = await self._bulk.way(delivery, route, self._bulk_route(route.plan)) if step == "carry out" else route
        if way is None and route.plan.lookup is None:
            return Settlement("parked", detail=PARKED, counts=False)
        open_s = route.upstream.breakers.open_s((way or route).plan.breaker_group, self._world.now())
        if open_s > 0.0:
            self._ramp(delivery.new.vendor).away()
            return back(delivery, self._now(), open_s, "The vendor is left alone because it has been failing.")
        if step == "look up" or way is None:
            return await self._look_up(delivery, route.plan)
        return await (self._try(delivery, route, begin) if way is route else self._join(delivery, route, way, begin))

    def _bulk_route(self, plan: OperationPlan) -> Route | None:
        bulk = plan.defer.bulk
        return self._pipelines.route_to(plan.vendor, bulk.operation) if bulk is not None else None

    async def _join(self, delivery: Delivery, route: Route, way: Route, begin: Begin) -> Settlement:
        """Carry it out as an item of a joined request, whose pipeline is that of `way`."""
        vendor = delivery.new.vendor
        last = self._under_way[vendor] >= self._ramp(vendor).allowed
        seat = await self._bulk.seat(delivery, route, way, last=last)
        call = self._call(delivery, route.plan, apart=records_each_try(route.plan))
        call.call_id, call.carried = seat.call_id, seat.carried
        call.deadline += READY_S + way.plan.budget_s
        try:
            await begin(call.call_id)
            reply = await route.handler(call)
        finally:
            seat.leave()
        return self._after(call, reply, delivery, route, way.plan.breaker_group, seat.joined.first_id)

    async def _try(self, delivery: Delivery, route: Route, begin: Begin) -> Settlement:
        apart = records_each_try(route.plan) and was_unsure(delivery, await self._deliveries.attempts(delivery.new.id))
        call = self._call(delivery, route.plan, apart=apart)
        budget, now = route.upstream.retry_budget, self._world.now()
        budgeted = call.resent and not defers(route.plan)
        if budgeted and not budget.reserve(now):
            wait_s = BUDGET_WAIT_S * (0.5 + self._rng.random())
            return back(delivery, self._now(), wait_s, "The share of resends is used up.")
        try:
            await begin(call.call_id)
            reply = await self._carry_out(route.handler, call)
        finally:
            if budgeted and not call.attempts:
                budget.release(now)
        return self._after(call, reply, delivery, route, route.plan.breaker_group, delivery.new.id)

    def _after(
        self, call: Call, reply: Reply, delivery: Delivery, route: Route, group: str, failed_as: str
    ) -> Settlement:
        """What becomes of it. `failed_as` names what failed, if it did: rows that failed together are one failure."""
        open_s = route.upstream.breakers.open_s(group, self._world.now())
        carried = _carried_out(call, reply, route.upstream, open_s)
        ramp = self._ramp(delivery.new.vendor)
        if carried.verdict is Verdict.THROTTLED or carried.problem in ("rate-limited", "overloaded"):
            ramp.held()
        elif carried.verdict is Verdict.FAILED or carried.problem in AWAY:
            ramp.away(failed_as, answered=any(attempt.status for attempt in call.attempts))
            early = ramp.is_too_early(delivery.attempts, route.plan.defer.attempts)
            carried = replace(carried, away=carried.away or ramp.fails_for_all, early=early)
        else:
            ramp.went()
        return after_try(carried, delivery, route.plan, self._now(), self._rng)

    async def _look_up(self, delivery: Delivery, plan: OperationPlan) -> Settlement:
        lookup = plan.lookup
        assert lookup is not None
        attempts = await self._deliveries.attempts(delivery.new.id)
        early_s = self._too_early_s(attempts, plan.budget_s, lookup.lag)
        if early_s > 0.0:
            return back(delivery, self._now(), early_s, f"It may have been carried out; {lookup.operation} is asked.")
        asked = self._pipelines.route_to(delivery.new.vendor, lookup.operation)
        if asked is None:
            return after_lookup("cannot tell", delivery, plan, self._now(), self._rng)
        looked_up = await self._lookup.ask(delivery, plan, lookup, asked, attempts)
        settlement = after_lookup(looked_up.finding.result, delivery, plan, self._now(), self._rng)
        if looked_up.finding.result != "found" or looked_up.reply is None:
            return settlement
        status, headers, body = _kept_answer(looked_up.reply, asked.upstream)
        return replace(
            settlement,
            status=status,
            answer_headers=headers,
            answer_body=body,
            reference=looked_up.finding.reference,
        )

    def _too_early_s(self, attempts: Sequence[DeliveryAttempt], longest_s: float, lag_s: float) -> float:
        """Seconds until what its last try may have done can be seen: a crash leaves no other word of when it ended."""
        if not attempts:
            return 0.0
        last, now = attempts[-1], self._now()
        began = last.began or now.least - (now.wall - last.began_wall)  # a proxy of an earlier version writes no age
        took_s = last.ended_wall - last.began_wall if last.ended_wall else longest_s
        ended = began + min(max(took_s, 0.0), longest_s)
        return min(ended + lag_s - now.least, longest_s + lag_s)

    def _ramp(self, vendor: str) -> DrainRamp:
        if vendor not in self._ramps:
            self._ramps[vendor] = DrainRamp(IN_FLIGHT_MAX)
        return self._ramps[vendor]

    def _call(self, delivery: Delivery, plan: OperationPlan, *, apart: bool = False) -> Call:
        """The call of a delivery, as its app made it. What is known of an earlier try is its outcome so far."""
        new, now = delivery.new, self._world.now()
        lines = orjson.loads(new.headers)
        headers = CIMultiDict([(name, value) for name, value in lines])
        headers["Priority"] = LAST_IN_LINE
        call = Call(
            call_id=f"{self._ids.getrandbits(96):024x}",
            app=new.app,
            plan=plan,
            method=new.method,
            path=new.destination,
            headers=CIMultiDictProxy(headers),
            raw_headers=tuple((name.encode("latin-1"), value.encode("latin-1")) for name, value in lines),
            content=WholeContent(new.body) if new.body else absent(new.method),
            began=now,
            deadline=now + plan.budget_s,
            carried=carried_by(delivery),
        )
        if apart:
            call.own_key = f"{own_key(new.id)}-{delivery.lease_token}"  # attempts begin anew, and may not count
        elif new.key == own_key(new.id):
            call.own_key = new.key
        else:
            headers[APP_HEADER] = quoted(new.key)
        if delivery.resting == "unknown":
            call.outcome, call.resent = Outcome.UNKNOWN, True
        enter_trace(call, new.trace, self._ids)
        return call


def _carried_out(call: Call, reply: Reply, upstream: Upstream, open_s: float) -> CarriedOut:
    """`open_s` is how long the breaker stays open after it, 0 where it is not."""
    after_s = reply.retry_after_s
    if after_s is None and reply.problem is None and reply.verdict is not Verdict.SUCCESS:
        after_s = upstream.hint(reply).retry_after_s
    status, headers, body = _kept_answer(reply, upstream) if reply.problem is None else (0, b"", b"")
    return CarriedOut(
        outcome=call.outcome,
        verdict=reply.verdict,
        status=status,
        problem=reply.problem.name if reply.problem is not None else "",
        detail=upstream.redactor.text(reply.detail),
        tried=bool(call.attempts),
        key_expired=call.stop == KEY_EXPIRED,
        unwanted=call.stop == VENDOR_SAYS_NO,
        away=open_s > 0.0,
        retry_after_s=max(open_s, after_s or 0.0) or None,
        answer_headers=headers,
        answer_body=body,
    )


def _kept_answer(reply: Reply, upstream: Upstream) -> tuple[int, bytes, bytes]:
    """Status, headers and body of a vendor's answer as they are stored: without its secrets, and within bounds."""
    headers, body = upstream.kept_secrets.hidden(reply.headers, reply.body)
    kept = settled_answer(reply.status, headers, body, whole=reply.whole)
    return reply.status, kept.headers, kept.body
