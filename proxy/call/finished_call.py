"""A call that has ended: what log line, metrics, spans and the memory of recent calls are made from.

It keeps no header and no body, so that a call waiting to be written down does not hold the app's data.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from tidegate.plan.plan import OperationPlan
from tidegate.problems import Problem
from tidegate.proxy.call.attempt import Attempt
from tidegate.proxy.call.call import Call, CarriedDeliveries
from tidegate.proxy.call.outcome import Outcome, Verdict
from tidegate.proxy.call.reply import Reply, Streamed
from tidegate.proxy.call.residency_decision import ResidencyDecision


@dataclass(slots=True, init=False)
class FinishedCall:
    """One ended call. `now` and `began` are monotonic seconds, `wall` is the stamp of the end. Not to be changed."""

    wall: float
    now: float
    began: float
    deadline: float
    call_id: str
    app: str
    plan: OperationPlan
    attempts: Sequence[Attempt]
    queued_s: float
    key: str
    stop: str
    outcome: Outcome
    streamed: Streamed | None
    carried: CarriedDeliveries | None
    repeats: str
    """The call that this one repeats, where an app tries again by itself."""
    trace_id: str
    span_id: str
    parent_span_id: str
    sampled: bool
    status: int
    verdict: Verdict
    problem: Problem | None
    detail: str
    """What the app was told of a problem."""
    error: str
    replayed: bool
    cache: str
    residency: ResidencyDecision | None

    def __init__(self, call: Call, reply: Reply, now: float, wall: float) -> None:
        """Copy what is to be told. Made once for each call, while the app waits: assignments cost least."""
        self.wall = wall
        self.now = now
        self.began = call.began
        self.deadline = call.deadline
        self.call_id = call.call_id
        self.app = call.app
        self.plan = call.plan
        self.attempts = call.attempts
        self.queued_s = call.queued_s
        self.key = call.key
        self.stop = call.stop
        self.outcome = call.outcome
        self.streamed = call.streamed
        self.carried = call.carried
        self.repeats = call.repeats
        self.trace_id = call.trace_id
        self.span_id = call.span_id
        self.parent_span_id = call.parent_span_id
        self.sampled = call.sampled
        self.status = reply.status
        self.verdict = reply.verdict
        self.problem = reply.problem
        self.detail = reply.detail
        self.error = reply.error
        self.replayed = reply.replayed
        self.cache = reply.cache
        self.residency = call.residency

    @property
    def took_s(self) -> float:
        """Seconds from arrival to the end."""
        return self.now - self.began

    @property
    def left_s(self) -> float:
        """Seconds that were left of the call's time."""
        return max(self.deadline - self.now, 0.0)

    @property
    def writes(self) -> bool:
        """True where the operation changes something, so that its outcome matters."""
        return self.plan.idempotency != "safe"
