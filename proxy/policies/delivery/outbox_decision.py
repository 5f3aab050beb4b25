"""What becomes of a deferred write: the decision before a try, after one, and after a lookup.

    before a try
        its operation is not served, and its time is over  → dead, expired; parked where it is unknown
        unknown, and the same key is still good            → carry out, under the same key
        unknown, and there is a lookup                     → look up
        unknown, never to be resent, begun by a worker     → carry out: the record tells if anything had left
        unknown, and nothing helps                         → parked for a person
        its time is over                                   → dead, expired
    after a try
        carried out                                        → done
        carried out in part: the vendor keeps its answer   → dead, rejected
        not carried out, and the vendor says never         → dead, rejected
        a redirect of the write itself                     → dead, rejected
        our credential was refused                         → waiting; at the end, or at once, dead, credential
        refused for rate, or a quota is used up            → waiting as long as it says; at the end dead, quota
        breaker open, our own bounds, our own store        → waiting, and it was no try
        the breaker opens by it, or other writes fail too  → waiting or unknown, and it was no try
        it would be the last, and we have just started     → the same, with backoff
        not carried out for any other reason               → waiting, with backoff; at the end dead, expired
        perhaps carried out, and our credential is refused → unknown, or at once parked, as above
        perhaps carried out                                → unknown, with backoff: then as above
    after a lookup
        found                                              → done, with what the lookup answered
        not there                                          → waiting: it may be sent again
        cannot be told                                     → unknown, and asked again; at the end parked

Pure: `now` and the randomness are arguments. It refuses to know stores, workers and pipelines.
"""

import random
from dataclasses import dataclass
from typing import Literal

from tidegate.plan.plan import OperationPlan
from tidegate.proxy.call.outcome import Outcome, Verdict
from tidegate.proxy.policies.delivery.delivery import DeadReason, Delivery, Settlement
from tidegate.proxy.policies.delivery.delivery_backoff import (
    CAP_S,
    LONG_AFTER_S,
    LONG_CAP_S,
    added_jitter_s,
    backoff_s,
)
from tidegate.proxy.policies.resilience.backoff import upwards
from tidegate.proxy.policies.resilience.store_time import StoreTime

FirstStep = Literal["carry out", "look up"]
LookupResult = Literal["found", "absent", "cannot tell"]

OURS_FINAL = frozenset(
    ("bad-request", "egress-denied", "not-found", "idempotency-mismatch", "misdirected", "residency-denied")
)
"""Our own refusals that the same request would always get."""
NO_TRY = frozenset(
    ("store-unavailable", "overloaded", "idempotency-conflict", "rate-limited", "credential-unavailable")
)
"""Our own refusals that say nothing about the vendor: they are no try."""

MOVED = (301, 307, 308)
"""The request itself is to go elsewhere (RFC 9110 §15.4); 302 and 303 often say where the result of a write is."""
TOO_EARLY = 425
"""Not carried out, and to be sent again as it is (RFC 8470 §5.2)."""
STORE_WAIT_S = 5.0
GONE_S = 60.0
"""A write whose operation is not served now is looked at again after so long."""
WAIT_MIN_S = 0.05
LOOKUP_FOR_S = 86_400.0
"""A lookup that cannot tell is asked again for so long after the deadline."""
LEFT_MIN_S = 2.0
"""With less left there is no use in waiting for one more try."""

PARKED = "It may have been carried out, and nothing tells: no key that the vendor still knows, and no lookup."
LOCKED = "It may have been carried out, and the vendor refuses the credential under which it was sent."


@dataclass(frozen=True, slots=True)
class CarriedOut:
    """The end of one run through the pipeline.

    `tried` says whether an attempt was made, a connection that failed included; `problem` names our refusal.
    `retry_after_s` is what the vendor, or our own refusal, says of a wait.
    """

    outcome: Outcome
    verdict: Verdict
    status: int = 0
    problem: str = ""
    detail: str = ""
    tried: bool = False
    key_expired: bool = False
    """The record of its key says that no resend is safe any more."""
    unwanted: bool = False
    """The vendor says that a resend makes no sense."""
    away: bool = False
    """The breaker is open after it, or other writes fail too: the vendor has failed, and not this write alone."""
    early: bool = False
    """It would be its last try, and this proxy has just started: nothing tells yet if it is the vendor that fails."""
    retry_after_s: float | None = None
    answer_headers: bytes = b""
    answer_body: bytes = b""


def same_key_is_good(delivery: Delivery, plan: OperationPlan, now: StoreTime) -> bool:
    """True where a second request can do no harm: by its method, or by a key that the vendor surely remembers.

    Its record knows better how old a key may be, and has the last word (CarriedOut.key_expired).
    """
    return plan.idempotency in ("natural", "vendor-key") and now.least < delivery.new.deadline


def first_step(delivery: Delivery, plan: OperationPlan, now: StoreTime) -> FirstStep | Settlement:
    """The step to take with a delivery that was leased, or what becomes of it without any."""
    over = now.least >= delivery.new.deadline
    if delivery.resting != "unknown":
        return _dead("expired", "Its time was over before it could be carried out.") if over else "carry out"
    if not over and same_key_is_good(delivery, plan, now):
        return "carry out"
    if plan.lookup is not None:
        return "look up"
    if not over and plan.idempotency == "never-resend" and delivery.ever_sent:
        return "carry out"
    return Settlement("parked", detail=PARKED, counts=False)


def unserved(delivery: Delivery, now: StoreTime) -> Settlement:
    """What becomes of one whose operation is not served now: it may be again, until its time is over.

    One of unknown outcome waits as long as a lookup would, because another proxy on the store may serve it.
    """
    detail, is_unknown = "Its operation is not served now.", delivery.resting == "unknown"
    if now.least < delivery.new.deadline + (LOOKUP_FOR_S if is_unknown else 0.0):
        return back(delivery, now, GONE_S, detail)
    if is_unknown:
        return Settlement("parked", detail=f"It may have been carried out, and nothing tells. {detail}", counts=False)
    return _dead("expired", f"{detail} Its time is over.")


def cut_short(delivery: Delivery, now: StoreTime, *, begun: bool) -> Settlement:
    """What becomes of one that was cut off. Its attempt may be on record, begun or not, so it is queued no more."""
    if begun:
        return Settlement("unknown", detail="Tidegate stopped while it was carried out.")
    if delivery.resting == "unknown":
        return back(delivery, now, 0.0, delivery.detail)
    detail = delivery.detail
    return Settlement("waiting", not_before=now.least, detail=detail, counts=False, outcome=Outcome.NOT_APPLIED)


def back(delivery: Delivery, now: StoreTime, wait_s: float, detail: str) -> Settlement:
    """As it was before it was leased, for a while."""
    state = delivery.resting
    assert state in ("queued", "waiting", "unknown")
    return Settlement(state, not_before=now.least + wait_s, detail=detail, counts=False)


def after_try(
    carried: CarriedOut, delivery: Delivery, plan: OperationPlan, now: StoreTime, rng: random.Random
) -> Settlement:
    """What becomes of a delivery after one run through its pipeline."""
    outcome = carried.outcome
    if carried.problem in OURS_FINAL and outcome is Outcome.NOT_APPLIED:
        return _with_answer(_dead("rejected", carried.detail), carried)
    if outcome is Outcome.DONE and carried.status in MOVED:
        detail = f"The vendor answered {carried.status}: it takes this write at another address, and did nothing here."
        unsure = delivery.resting == "unknown"  # of an earlier try this says nothing
        end = _unsure(carried, delivery, plan, now, rng) if unsure else _dead("rejected", detail)
        return _with_answer(end, carried)
    if outcome is Outcome.DONE:
        return _with_answer(Settlement("done", counts=False), carried)
    if outcome is Outcome.APPLIED_BUT_FAILED:
        return _with_answer(_dead("rejected", "It was begun and failed; the vendor keeps this answer for it."), carried)
    if carried.unwanted and outcome is Outcome.NOT_APPLIED:
        return _with_answer(_dead("rejected", f"The vendor answered {carried.status}, and wants no resend."), carried)
    if outcome is Outcome.UNKNOWN:
        return _with_answer(_unsure(carried, delivery, plan, now, rng), carried)
    if carried.verdict is Verdict.REJECTED and carried.status != TOO_EARLY:
        return _with_answer(_dead("rejected", f"The vendor answered {carried.status}."), carried)
    return _with_answer(_again(carried, delivery, plan, now, rng), carried)


def after_lookup(
    result: LookupResult, delivery: Delivery, plan: OperationPlan, now: StoreTime, rng: random.Random
) -> Settlement:
    """What becomes of a delivery of unknown outcome after its lookup. The answer is put in by who has it."""
    deadline = delivery.new.deadline
    if result == "found":
        return Settlement("done", detail="A lookup has found it.", outcome=Outcome.DONE, counts=False)
    if result == "absent":
        if now.least >= deadline or plan.idempotency == "vendor-key":
            return _dead("expired", "A lookup says that it was not carried out, and its time is over.")
        detail = "A lookup says that it was not carried out."
        return Settlement("waiting", not_before=now.least, detail=detail, outcome=Outcome.NOT_APPLIED, counts=False)
    if now.least >= deadline + LOOKUP_FOR_S:
        return Settlement("parked", detail="It may have been carried out, and no lookup could tell.", counts=False)
    lag_s = plan.lookup.lag if plan.lookup is not None else 0.0
    is_young = delivery.tried_for_s(now) < LONG_AFTER_S
    wait_s = lag_s + (0.5 + 0.5 * rng.random()) * (CAP_S if is_young else LONG_CAP_S)
    detail = "The lookup could not tell if it was carried out."
    return Settlement("unknown", not_before=now.least + wait_s, detail=detail, outcome=Outcome.UNKNOWN, counts=False)


def _unsure(
    carried: CarriedOut, delivery: Delivery, plan: OperationPlan, now: StoreTime, rng: random.Random
) -> Settlement:
    good = same_key_is_good(delivery, plan, now) and not carried.key_expired and not carried.unwanted
    refused = carried.verdict is Verdict.CREDENTIAL or carried.problem == "credential-rejected"
    if good and refused and plan.defer.credential == "dead":
        return Settlement("parked", detail=LOCKED, counts=carried.tried)
    if not good and carried.problem not in NO_TRY:
        if plan.lookup is None:
            return Settlement("parked", detail=PARKED, counts=carried.tried)
        detail = f"It may have been carried out; {plan.lookup.operation} is asked."
        return Settlement("unknown", not_before=now.least + plan.lookup.lag, detail=detail, counts=carried.tried)
    tried = _is_try(carried)
    made = delivery.attempts + tried
    if tried and plan.idempotency == "natural" and _are_used_up(made, plan):
        return _dead("expired", f"{_obstacle(carried)[1]} All {made} tries are used up.", counts=tried)
    wait_s = _wait_s(carried, delivery, plan, now, rng, tried=tried)
    detail = "It may have been carried out; it is sent again under the same key."
    return Settlement("unknown", not_before=now.least + wait_s, detail=detail, counts=tried)


def _again(
    carried: CarriedOut, delivery: Delivery, plan: OperationPlan, now: StoreTime, rng: random.Random
) -> Settlement:
    tried, rules = _is_try(carried), plan.defer
    reason, why = _obstacle(carried)
    made = delivery.attempts + tried
    if reason == "credential" and rules.credential == "dead":
        return _dead(reason, why, counts=tried)
    if _are_used_up(made, plan):
        return _dead(reason, f"{why} All {made} tries are used up.", counts=tried)
    wait_s = _wait_s(carried, delivery, plan, now, rng, tried=tried)
    left_s = delivery.new.deadline - now.least
    if left_s <= max(LEFT_MIN_S, 0.0):
        return _dead(reason, f"{why} Its time is over.", counts=tried)
    wait_s = min(wait_s, left_s - 0.5 * LEFT_MIN_S)  # one last try rather than none
    return Settlement("waiting", not_before=now.least + wait_s, detail=why, counts=tried)


def _are_used_up(made: int, plan: OperationPlan) -> bool:
    return plan.defer.attempts is not None and made >= plan.defer.attempts


def _is_try(carried: CarriedOut) -> bool:
    if not carried.tried or carried.away or carried.early:
        return False
    return carried.verdict is not Verdict.THROTTLED and carried.problem not in NO_TRY


def _obstacle(carried: CarriedOut) -> tuple[DeadReason, str]:
    """The reason for which it would be dead at the end, and what holds it up, in a sentence."""
    if carried.verdict is Verdict.CREDENTIAL or carried.problem == "credential-rejected":
        return "credential", "The vendor refuses Tidegate's credential."
    if carried.verdict is Verdict.THROTTLED or carried.problem == "rate-limited":
        return "quota", "A limit of the vendor's holds it back."
    if carried.problem == "contract-broken":
        return "contract", "The vendor's answer broke the contract."
    if carried.problem:
        return "expired", carried.detail or f"It was held back: {carried.problem}."
    return "expired", f"The vendor answered {carried.status}." if carried.status else "The vendor did not answer."


def _wait_s(
    carried: CarriedOut, delivery: Delivery, plan: OperationPlan, now: StoreTime, rng: random.Random, *, tried: bool
) -> float:
    """What was said of a wait, jittered upwards only; else backoff after a try, and a short wait where it was none."""
    rules = plan.defer
    if carried.retry_after_s:
        return upwards(rng, carried.retry_after_s)
    if not tried and not carried.early:
        return (0.5 + 0.5 * rng.random()) * STORE_WAIT_S
    tries = delivery.attempts + 1
    if rules.jitter == "added":
        return added_jitter_s(tries, rng, base_s=rules.base, cap_s=rules.cap or CAP_S)
    return max(backoff_s(tries, delivery.tried_for_s(now), rng, base_s=rules.base, cap_s=rules.cap), WAIT_MIN_S)


def _dead(reason: DeadReason, detail: str, *, counts: bool = False) -> Settlement:
    return Settlement("dead", dead_reason=reason, detail=detail, counts=counts)


def _with_answer(settlement: Settlement, carried: CarriedOut) -> Settlement:
    """The settlement with what was seen: the outcome, and the vendor's answer once it has ended."""
    ended = settlement.state in ("done", "dead")
    return Settlement(
        settlement.state,
        not_before=settlement.not_before,
        dead_reason=settlement.dead_reason,
        detail=settlement.detail,
        counts=settlement.counts or (ended and carried.tried),
        outcome=str(carried.outcome),
        status=carried.status,
        problem=carried.problem,
        answer_headers=carried.answer_headers if ended else b"",
        answer_body=carried.answer_body if ended else b"",
    )
