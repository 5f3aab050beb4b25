"""The decision after an attempt: another one, and after how long, or none.

One function, asked after every attempt. It refuses to know the retry budget
(tidegate.proxy.policies.resilience.retry_budget), which the caller asks after a yes, and how the vendor phrased its
hints (tidegate.proxy.policies.dialects.dialect_reader).

The rules, in order; each can only say no:
1. only transient classes are tried again; a vendor's "do retry" does not widen them, its "do not" ends the call;
2. a stored answer is what the vendor will say under this key for ever: resending it is noise;
3. once bytes have left, only what is safe to happen twice is sent twice (tidegate.policy.idempotency.KeyPlan);
4. at most `retry_attempts` exchanges; what was lost with a connection that had been kept goes again at once, because
   the next one takes a new connection (RFC 9112 §9.3.1);
5. no wait is longer than `retry_cap_s`: a vendor that asks for a longer one ends the call now, with its answer;
6. a wait that does not leave time for the attempt ends the call now, not after the wait.
"""

import random
from dataclasses import dataclass
from typing import Literal

from tidegate.plan.plan import OperationPlan
from tidegate.proxy.call.outcome import Hint, Verdict
from tidegate.proxy.policies.resilience.backoff import ceiling, equal_jitter, full_jitter, upwards
from tidegate.proxy.policies.resilience.deadline import fits

AgainReason = Literal["backoff", "retry-after", "new connection"]
StopReason = Literal["final", "vendor says no", "stored", "unsafe", "body not kept", "attempts", "cap", "deadline"]


@dataclass(frozen=True, slots=True)
class Again:
    """Try again after `after_s` seconds. `reason` says where the wait came from."""

    after_s: float
    reason: AgainReason

    @property
    def free(self) -> bool:
        """True where it takes nothing of the retry budget: nothing has failed but a connection that had been kept."""
        return self.reason == "new connection"


@dataclass(frozen=True, slots=True)
class Stop:
    """The answer at hand is the last one."""

    reason: StopReason


_TRANSIENT = frozenset({Verdict.FAILED, Verdict.THROTTLED, Verdict.CONTENTION})

VENDOR_SAYS_NO: StopReason = "vendor says no"
"""The vendor's own word that a resend makes no sense."""

_FINAL, _VENDOR_SAYS_NO, _STORED = Stop("final"), Stop(VENDOR_SAYS_NO), Stop("stored")
_UNSAFE, _ATTEMPTS, _CAP, _DEADLINE = Stop("unsafe"), Stop("attempts"), Stop("cap"), Stop("deadline")
BODY_NOT_KEPT = Stop("body not kept")
"""The request's body was too large to be kept, and some of it has been passed on."""


def may_resend(plan: OperationPlan, *, sent: bool, keyed: bool) -> bool:
    """True where a request may leave again without the risk of two effects. What never left may always leave."""
    if not sent:
        return True
    kind = plan.idempotency
    return kind in ("safe", "natural") or (kind == "vendor-key" and keyed)


def next_step(
    plan: OperationPlan,
    attempts_made: int,
    verdict: Verdict,
    *,
    sent: bool,
    stale: bool,
    keyed: bool,
    stored: bool,
    hint: Hint,
    remaining_s: float,
    rng: random.Random,
) -> Again | Stop:
    """The next step after an attempt that ended with `verdict`.

    `sent`: request bytes may have left. `stale`: they were lost with a connection that had been kept. `keyed`: they
    carried an idempotency key that the vendor knows. `stored`: the vendor marked its answer as the kept one of an
    earlier execution. `remaining_s`: what is left of the call.
    """
    if verdict not in _TRANSIENT:
        return _FINAL
    if hint.should_retry is False:
        return _VENDOR_SAYS_NO
    if stored:
        return _STORED
    if not may_resend(plan, sent=sent, keyed=keyed):
        return _UNSAFE
    if attempts_made >= plan.retry_attempts:
        return _ATTEMPTS
    if hint.retry_after_s and hint.retry_after_s > plan.retry_cap_s:
        return _CAP
    step = Again(0.0, "new connection") if stale else _wait(plan, attempts_made, verdict, hint, rng)
    return step if fits(step.after_s, remaining_s) else _DEADLINE


def _wait(plan: OperationPlan, attempts_made: int, verdict: Verdict, hint: Hint, rng: random.Random) -> Again:
    # Zero, or a date that has passed, means "not before now": the backoff then still keeps the callers apart.
    if hint.retry_after_s:
        return Again(min(upwards(rng, hint.retry_after_s), plan.retry_cap_s), "retry-after")
    if verdict is Verdict.CONTENTION:
        base_s = 2.0 * plan.throttle_base_s
    else:
        base_s = plan.throttle_base_s if verdict is Verdict.THROTTLED else plan.retry_base_s
    if plan.retry_jitter == "none":
        return Again(ceiling(base_s, plan.retry_cap_s, attempts_made), "backoff")
    # After contention the first try, or another writer, is at work: asking again at once can only get the same answer.
    draw = equal_jitter if verdict is Verdict.CONTENTION else full_jitter
    return Again(draw(rng, base_s, plan.retry_cap_s, attempts_made), "backoff")
