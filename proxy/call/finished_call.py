"""A call that has ended, as one flat tuple: what log line, metrics, spans and the memory of recent calls are made from.

It keeps no header and no body, so that a call waiting to be written down does not hold the app's data.
"""

from collections.abc import Sequence
from typing import NamedTuple

from tidegate.plan.plan import OperationPlan
from tidegate.problems import Problem
from tidegate.proxy.call.attempt import Attempt
from tidegate.proxy.call.outcome import Outcome, Verdict
from tidegate.proxy.call.reply import Streamed


class FinishedCall(NamedTuple):
    """One ended call. `now` and `began` are monotonic seconds, `wall` is the stamp of the end."""

    wall: float
    now: float
    began: float
    call_id: str
    app: str
    plan: OperationPlan
    attempts: Sequence[Attempt]
    queued_s: float
    key: str
    stop: str
    outcome: Outcome
    trace_id: str
    span_id: str
    parent_span_id: str
    sampled: bool
    status: int
    verdict: Verdict
    problem: Problem | None
    error: str
    replayed: bool
    cache: str = ""
    streamed: Streamed | None = None
    deadline: float = 0.0
    repeats: str = ""
    """The call that this one repeats, where an app tries again by itself."""

    @property
    def took_s(self) -> float:
        """From arrival to the end."""
        return self.now - self.began

    @property
    def left_s(self) -> float:
        """What was left of the call's time."""
        return max(self.deadline - self.now, 0.0)

    @property
    def writes(self) -> bool:
        """Whether the operation changes anything, so that its outcome matters."""
        return self.plan.idempotency != "safe"
