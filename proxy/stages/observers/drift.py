"""Hands an answer of the vendor's, now and then, to whoever looks for drift. Only where the vendor's policy samples.

It stands innermost, around one exchange: what is looked at is what the vendor said, to each attempt, and nothing else.
"""

from multidict import CIMultiDictProxy

from tidegate.content_coding import coding_of
from tidegate.plan.plan import OperationPlan
from tidegate.plan.planning import UNLISTED
from tidegate.policy.watch.drift import describe as describe_sampling
from tidegate.proxy.call.call import Call, Handler
from tidegate.proxy.call.reply import Reply
from tidegate.proxy.observation.answer_recorder import BODY_BYTES_MAX, KeptAnswer
from tidegate.proxy.upstream.upstream import Upstream


def describe(plan: OperationPlan) -> str:
    """How many answers are looked at."""
    return describe_sampling(plan)


def stage(plan: OperationPlan, upstream: Upstream, proceed: Handler) -> Handler:
    """Samples the answers of one operation. A call pays one comparison for it."""
    recorder, every_s = upstream.observation, plan.drift_every_s
    if recorder is None or not every_s:
        return proceed
    now, wall, rng = upstream.world.now, upstream.world.wall, upstream.world.random(f"drift {upstream.name}")
    name, operation, due = upstream.name, "" if plan.operation == UNLISTED else plan.operation, float("-inf")
    about_one = "{" in plan.template and plan.method in ("GET", "HEAD")

    async def sampled(call: Call) -> Reply:
        nonlocal due
        reply = await proceed(call)
        if now() >= due and _is_readable(reply):
            due = now() + every_s * (0.5 + rng.random())  # not in step with an app that asks at regular times
            assert reply.vendor_headers is not None
            target = call.path.partition("?")[0] if about_one else ""
            coding = coding_of(reply.vendor_headers)
            recorder.add(name, KeptAnswer(operation, reply.status, reply.body, coding, target, wall()))
        return reply

    return sampled


def _is_readable(reply: Reply) -> bool:
    headers = reply.vendor_headers
    return (
        headers is not None and reply.problem is None and reply.whole and 0 < len(reply.body) <= BODY_BYTES_MAX
        and _is_json(headers)
    )  # fmt: skip


def _is_json(headers: CIMultiDictProxy[str]) -> bool:
    media = headers.get("Content-Type", "").partition(";")[0].strip().lower()
    return media.endswith("json") and media != "application/x-ndjson"
