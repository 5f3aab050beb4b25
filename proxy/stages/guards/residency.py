"""Decides what of a call may leave, before anything else is done with it, and makes the request what may leave.

It stands outermost: what is stored, joined, priced, cached and looked up is then the request as the vendor gets it. So
tokens are those that come again, and what was left out is in no store. Only in the pipelines of operations about which
there is a rule. Each attempt is judged once more (tidegate.proxy.stages.guards.clearance).
"""

from dataclasses import replace

from tidegate.content_coding import decoded
from tidegate.plan.plan import OperationPlan
from tidegate.policy.data import describe
from tidegate.problems import PROBLEMS
from tidegate.proxy.call.call import Call, Handler
from tidegate.proxy.call.content import WholeContent
from tidegate.proxy.call.reply import DIGESTS, Reply, refused
from tidegate.proxy.call.residency_decision import ResidencyDecision
from tidegate.proxy.policies.residency.outgoing_request import OutgoingRequest, decide_request
from tidegate.proxy.policies.residency.personal_fields import READ_BYTES_MAX
from tidegate.proxy.policies.residency.restored_answer import restored, restores_for
from tidegate.proxy.policies.residency.tokens import Tokens
from tidegate.proxy.upstream.upstream import Upstream

__all__ = ["denied", "describe", "stage"]

_OF_THE_BYTES = DIGESTS | {b"content-encoding"}


def stage(plan: OperationPlan, upstream: Upstream, proceed: Handler) -> Handler:
    """Judges each call; passes where no rule is about the operation."""
    terms, watch, name = upstream.residency.terms(plan, upstream.facts.personal_data), upstream.residency.watch, ""
    if terms is None:
        return proceed
    name = upstream.name

    async def judged(call: Call) -> Reply:
        request = _outgoing(call)
        decision, left = decide_request(watch.rules, terms, watch.rules.home_of(call.app), request)
        call.residency = decision
        watch.count("replay" if call.carried is not None else "call", name, decision)
        if not decision.sends:
            return denied(decision, name)
        if left is not request:
            _change(call, request, left)
        call.cleared = call.content
        if terms.tokens is None or not restores_for(terms.data, decision.home):
            return await proceed(call)
        call.gather = max(call.gather, READ_BYTES_MAX)
        return _restored(await proceed(call), terms.tokens)

    return judged


def _restored(reply: Reply, tokens: Tokens) -> Reply:
    """A vendor's answer with texts in the place of their tokens. What is longer than is gathered has passed already."""
    if reply.problem is not None or not reply.body or len(reply.body) > READ_BYTES_MAX:
        return reply
    lines = {name.lower(): value.decode("latin-1") for name, value in reply.headers}
    coding, media = lines.get(b"content-encoding", ""), lines.get(b"content-type", "")
    plain = decoded(reply.body, coding, READ_BYTES_MAX) if coding else reply.body
    if plain is None:
        return reply
    body = restored(plain, media.partition(";")[0].strip().lower(), tokens)
    if body is plain:
        return reply
    kept = [line for line in reply.headers if line[0].lower() not in _OF_THE_BYTES]
    return replace(reply, body=body, headers=kept, vendor_headers=None if coding else reply.vendor_headers)


def denied(decision: ResidencyDecision, vendor: str) -> Reply:
    """Our refusal of what may not leave."""
    return refused(PROBLEMS["residency-denied"], decision.why(vendor))


def _outgoing(call: Call) -> OutgoingRequest:
    """What the request has that could hold a field. A coded body is decoded within bounds."""
    body, streamed = call.content.whole, call.content.stream is not None or call.upgrade
    media = call.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if streamed or body is None:
        return OutgoingRequest(call.path, media, None, streamed=True)
    if len(body) > READ_BYTES_MAX:
        return OutgoingRequest(call.path, media, None)
    coding = ", ".join(value.lower() for value in call.headers.getall("Content-Encoding", ()))
    return OutgoingRequest(call.path, media, decoded(body, coding, READ_BYTES_MAX) if coding else body)


def _change(call: Call, request: OutgoingRequest, left: OutgoingRequest) -> None:
    """Put what may leave in the request's place; its framing follows from the content."""
    call.path = left.path
    if left.body is None or left.body == request.body:
        return
    call.content = call.content.edited(left.body) if isinstance(call.content, WholeContent) else WholeContent(left.body)
    call.raw_headers = tuple(line for line in call.raw_headers if line[0].lower() not in _OF_THE_BYTES)
