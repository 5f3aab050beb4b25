"""Looks up a write whose outcome is unknown: asks the vendor, through the pipeline of the operation that can tell.

So breaker, limits and budget hold for it as for every read. What the answer means is decided in
tidegate.proxy.policies.delivery.lookup_answer.
"""

import random
import re
from collections.abc import Awaitable, Callable, Sequence
from typing import NamedTuple

import orjson
from multidict import CIMultiDict, CIMultiDictProxy

from tidegate.plan.plan import OperationPlan
from tidegate.policy.deferral.lookup import Lookup
from tidegate.proxy.call.call import Call, CarriedDeliveries, Handler
from tidegate.proxy.call.content import NO_CONTENT
from tidegate.proxy.call.outcome import Outcome, Verdict
from tidegate.proxy.call.reply import Reply
from tidegate.proxy.onramp.gateway import Route
from tidegate.proxy.policies.credentials.stickiness import sticks
from tidegate.proxy.policies.delivery.delivery import Delivery, DeliveryAttempt
from tidegate.proxy.policies.delivery.lookup_answer import LookupFinding, finding_of, target_of
from tidegate.proxy.policies.delivery.request_fields import document_of_body, filled, path_parameters
from tidegate.proxy.policies.resilience.idempotency_keys import bounded, own_key, vendor_key
from tidegate.proxy.telemetry import traceparent
from tidegate.proxy.upstream.answer_classifier import document_of
from tidegate.proxy.upstream.upstream import Upstream
from tidegate.world.world import World

CANNOT_TELL = LookupFinding("cannot tell")
STANDING_IN = ("static", "stale")
"""Where an answer has come from that is not the vendor's of now."""

_OF_WRITES = re.compile(
    r"content-.*|if-.*|expect|range|prefer|cache-control|x-(http-)?method(-override)?", re.IGNORECASE
)
"""Its content, its conditions, the wishes about its answer, and the method that it stands for."""

CarryOut = Callable[[Handler, Call], Awaitable[Reply]]
"""Takes a call through a pipeline, and makes a reply of whatever happens."""


def carried_by(delivery: Delivery, join: Handler | None = None) -> CarriedDeliveries:
    """The delivery as its call names it. `join` sends it together with others."""
    return CarriedDeliveries((delivery.new.id,), (delivery.new.trace,), join)


def enter_trace(call: Call, trace: str, ids: random.Random) -> None:
    """Put a call into the trace of the call, or webhook, that was accepted; nothing where that was in none."""
    if trace:
        place = traceparent.enter(trace, ids, 0.0)
        call.trace_id, call.span_id = place.trace_id, place.span_id
        call.parent_span_id, call.sampled = place.parent_span_id, place.sampled


def was_unsure(delivery: Delivery, attempts: Sequence[DeliveryAttempt]) -> bool:
    """Whether the record of its key can say no more than that nobody knows, although a lookup has told since.

    Then its next try has a record of its own. Until then the record of its key tells if it was carried out without us.
    """
    return delivery.new.state == "unknown" or any(attempt.outcome in ("", Outcome.UNKNOWN) for attempt in attempts)


class LookedUp(NamedTuple):
    """What was found, and the answer that says so; None where nothing could be asked."""

    finding: LookupFinding
    reply: Reply | None


class OutcomeLookup:
    """See the module. One for each proxy."""

    def __init__(self, world: World, carry_out: CarryOut) -> None:
        self._world = world
        self._carry_out = carry_out
        self._ids = world.random("lookup call ids")

    async def ask(
        self,
        delivery: Delivery,
        plan: OperationPlan,
        lookup: Lookup,
        route: Route,
        attempts: Sequence[DeliveryAttempt] = (),
    ) -> LookedUp:
        """Ask once. `plan` is the write's, `route` that of the operation that is asked."""
        new = delivery.new
        written = [(str(name), str(value)) for name, value in orjson.loads(new.headers)]
        lines, headers = [line for line in written if is_of_reads(*line)], CIMultiDict(written)
        document = document_of_body(headers.get("Content-Type", ""), new.body)
        key = bounded(new.key, plan) if new.key == own_key(new.id) else vendor_key(new.app, new.key, plan)
        words = {**path_parameters(plan.template, new.destination), "key": key}
        path = target_of(lookup, route.plan.template, document, words)
        if path is None:
            return LookedUp(CANNOT_TELL, None)
        call = self._call(delivery, path, lines, route.plan)
        call.wearer = await _wearer(delivery, attempts, plan, route.upstream)
        call.pinned = bool(call.wearer)
        reply = await self._carry_out(route.handler, call)
        if reply.problem is not None or reply.cache in STANDING_IN or _fails_in_body(reply):
            return LookedUp(CANNOT_TELL, reply)
        value = filled(lookup.found.value, document, words) if lookup.found is not None else None
        said = reply.vendor_headers
        answer = document_of(said, reply.body) if said is not None else None
        links = said.getall("Link", ()) if said is not None else ()
        finding = finding_of(lookup, reply.status, answer, value, links)
        if finding.result == "found":  # it may have been carried out long after its outcome was unknown
            route.upstream.cache.outdate(new.destination, {}, self._world.uptime())
        return LookedUp(finding, reply)

    def _call(self, delivery: Delivery, path: str, lines: list[tuple[str, str]], plan: OperationPlan) -> Call:
        now = self._world.now()
        # What was stored before the write, here or on the way, says nothing of it (RFC 9111 §5.2.1.4).
        lines = [*lines, ("Cache-Control", "no-cache")]
        headers = CIMultiDict([*lines, ("Priority", "u=7")])
        call = Call(
            call_id=f"{self._ids.getrandbits(96):024x}",
            app=delivery.new.app,
            plan=plan,
            method=plan.method,
            path=path,
            headers=CIMultiDictProxy(headers),
            raw_headers=tuple((name.encode("latin-1"), value.encode("latin-1")) for name, value in lines),
            content=NO_CONTENT,
            began=now,
            deadline=now + plan.budget_s,
            carried=carried_by(delivery),
        )
        enter_trace(call, delivery.new.trace, self._ids)
        return call


async def _wearer(
    delivery: Delivery, attempts: Sequence[DeliveryAttempt], plan: OperationPlan, upstream: Upstream
) -> str:
    """The member of a pool under whose account alone the write can be found; empty where it does not matter."""
    if upstream.pool is None or not sticks(plan, upstream.pool.facts):
        return ""
    tries = [attempt.call_id for attempt in reversed(attempts) if attempt.call_id]
    for call_id in (*tries, delivery.new.id):  # the first try of a call whose app was told is the delivery's own
        known = await upstream.records.find_call(call_id)
        if known is not None and known.credential:
            return known.credential
    return ""


def _fails_in_body(reply: Reply) -> bool:
    """Whether it is a failure or a refusal of which only the body tells."""
    return 200 <= reply.status < 300 and reply.verdict is not Verdict.SUCCESS


def is_of_reads(name: str, value: str) -> bool:
    """Whether a header line of a write may stand in the read that asks after it.

    `If-Match` and `Range` would get another answer (RFC 9110 §13, §14.2), as would a media type that is no JSON, and a
    method that is overridden would make it a write.
    """
    if name.lower() == "accept":
        return "json" in value.lower() or "*/*" in value
    return _OF_WRITES.fullmatch(name) is None
