"""Tests of tidegate.proxy.policies.resilience.retry_decision."""

import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.plan.plan import OperationPlan
from tidegate.policy.idempotency import KeyPlan
from tidegate.proxy.call.outcome import NO_HINT, Hint, Verdict
from tidegate.proxy.policies.resilience.retry_decision import Again, Stop, next_step

CAP_S = 10.0
PLAN = OperationPlan(
    vendor="stripe",
    operation="PostPaymentIntents",
    method="POST",
    template="/v1/payment_intents",
    deprecated=False,
    idempotency="vendor-key",
    key_header="Idempotency-Key",
    key_retention_s=86_400.0,
    keep_s=86_400.0,
    budget_s=30.0,
    connect_s=3.0,
    first_byte_s=10.0,
    idle_s=10.0,
    attempt_s=15.0,
    retry_attempts=3,
    retry_base_s=0.1,
    retry_cap_s=CAP_S,
    throttle_base_s=1.0,
    retry_budget=0.1,
    retry_floor=3,
    breaker_group="default",
    limits=(),
    queue_depth=500,
    queue_wait_s=5.0,
    critical=False,
    unavailable="fail",
)

TRANSIENT = (Verdict.FAILED, Verdict.THROTTLED, Verdict.CONTENTION)
UNSAFE, ATTEMPTS = Stop("unsafe"), Stop("attempts")
KINDS: tuple[KeyPlan, ...] = ("safe", "natural", "vendor-key", "never-resend")


def step(
    verdict: Verdict = Verdict.FAILED,
    *,
    kind: KeyPlan = "vendor-key",
    made: int = 1,
    sent: bool = True,
    stale: bool = False,
    keyed: bool = True,
    stored: bool = False,
    hint: Hint = NO_HINT,
    remaining_s: float = 30.0,
    seed: int = 1,
) -> Again | Stop:
    return next_step(
        replace(PLAN, idempotency=kind),
        made,
        verdict,
        sent=sent,
        stale=stale,
        keyed=keyed,
        stored=stored,
        hint=hint,
        remaining_s=remaining_s,
        rng=random.Random(seed),
    )


def stop_of(decision: Again | Stop) -> Stop | None:
    """Why nothing follows; None where another attempt does."""
    return decision if isinstance(decision, Stop) else None


@pytest.mark.parametrize("verdict", list(Verdict), ids=lambda verdict: f"{verdict}")
def test_only_transient_classes_are_tried_again(verdict: Verdict) -> None:
    assert isinstance(step(verdict), Again) is (verdict in TRANSIENT)


@pytest.mark.parametrize(
    ("kind", "sent", "keyed", "stop"),
    [
        pytest.param("safe", True, False, None, id="a read that was sent is resent"),
        pytest.param("natural", True, False, None, id="a PUT or DELETE that was sent is resent"),
        pytest.param("vendor-key", True, True, None, id="a POST under a key that was sent is resent"),
        pytest.param("vendor-key", True, False, UNSAFE, id="a POST without a key that was sent is never resent"),
        pytest.param("never-resend", True, True, UNSAFE, id="never-resend that was sent is never resent, key or not"),
        pytest.param("never-resend", False, False, None, id="what never left may leave, even never-resend"),
        pytest.param("vendor-key", False, False, None, id="what never left needs no key"),
    ],
)
@pytest.mark.parametrize("verdict", TRANSIENT, ids=lambda verdict: f"after {verdict}")
def test_what_may_be_sent_twice(verdict: Verdict, kind: KeyPlan, sent: bool, keyed: bool, stop: Stop | None) -> None:
    assert stop_of(step(verdict, kind=kind, sent=sent, keyed=keyed)) == stop


@pytest.mark.parametrize(
    ("made", "stop"), [pytest.param(2, None, id="a third attempt"), pytest.param(3, ATTEMPTS, id="but no fourth")]
)
def test_attempts_are_counted(made: int, stop: Stop | None) -> None:
    assert stop_of(step(made=made)) == stop


def test_what_was_lost_with_a_kept_connection_goes_again_at_once_where_it_may() -> None:
    again = step(stale=True)
    assert again == Again(0.0, "new connection")
    assert again.free
    assert not Again(0.0, "backoff").free
    assert step(stale=True, kind="never-resend") == UNSAFE
    assert step(stale=True, made=3) == ATTEMPTS


def test_a_stored_failure_is_not_resent_because_it_will_never_heal_under_its_key() -> None:
    assert step(stored=True) == Stop("stored")


def test_a_stored_failure_is_not_resent_even_when_the_vendor_recommends_it() -> None:
    assert step(stored=True, hint=Hint(should_retry=True)) == Stop("stored")


@pytest.mark.parametrize("verdict", TRANSIENT, ids=lambda verdict: f"after {verdict}")
def test_a_vendor_that_says_no_is_believed(verdict: Verdict) -> None:
    assert step(verdict, hint=Hint(retry_after_s=1.0, should_retry=False)) == Stop("vendor says no")


def test_a_vendor_that_says_yes_does_not_make_a_final_answer_transient() -> None:
    assert step(Verdict.REJECTED, hint=Hint(should_retry=True)) == Stop("final")


@pytest.mark.parametrize(
    ("verdict", "made", "ceiling_s"),
    [
        pytest.param(Verdict.FAILED, 1, 0.1, id="a failure waits up to the base"),
        pytest.param(Verdict.FAILED, 2, 0.2, id="then twice that"),
        pytest.param(Verdict.CONTENTION, 1, 2.0, id="what is under way is given time"),
        pytest.param(Verdict.THROTTLED, 1, 1.0, id="a refused rate waits longer"),
        pytest.param(Verdict.THROTTLED, 2, 2.0, id="and doubles too"),
    ],
)
def test_the_wait_follows_the_class(verdict: Verdict, made: int, ceiling_s: float) -> None:
    waits = [found.after_s for seed in range(200) if isinstance(found := step(verdict, made=made, seed=seed), Again)]
    assert len(waits) == 200
    assert 0.9 * ceiling_s < max(waits) <= ceiling_s


@pytest.mark.parametrize(
    ("verdict", "wait_s"), [(Verdict.FAILED, 0.2), (Verdict.CONTENTION, 4.0), (Verdict.THROTTLED, 2.0)]
)
def test_without_jitter_every_wait_is_its_ceiling_and_nothing_is_drawn(verdict: Verdict, wait_s: float) -> None:
    rng = random.Random(1)
    drawn = rng.getstate()
    plan = replace(PLAN, retry_jitter="none")
    again = next_step(
        plan, 2, verdict, sent=True, stale=False, keyed=True, stored=False, hint=NO_HINT, remaining_s=30.0, rng=rng
    )
    assert again == Again(wait_s, "backoff")
    assert rng.getstate() == drawn


@given(st.floats(0.001, CAP_S), st.integers())
def test_a_retry_after_is_kept_at_the_least_and_stretched_by_a_tenth_at_the_most(wait_s: float, seed: int) -> None:
    found = step(Verdict.THROTTLED, hint=Hint(retry_after_s=wait_s), seed=seed)
    assert isinstance(found, Again)
    assert found.reason == "retry-after"
    assert wait_s <= found.after_s <= min(wait_s * 1.1, CAP_S) + 1e-9


def test_a_retry_after_of_nought_still_keeps_the_callers_apart() -> None:
    found = [step(Verdict.THROTTLED, hint=Hint(retry_after_s=0.0), seed=seed) for seed in range(20)]
    assert len({each.after_s for each in found if isinstance(each, Again)}) == 20


@pytest.mark.parametrize("verdict", [Verdict.FAILED, Verdict.THROTTLED, Verdict.CONTENTION])
def test_a_retry_after_longer_than_the_cap_is_neither_waited_for_nor_cut_short(verdict: Verdict) -> None:
    assert step(verdict, hint=Hint(retry_after_s=CAP_S + 0.001)) == Stop("cap")
    assert isinstance(step(verdict, hint=Hint(retry_after_s=CAP_S)), Again)


@pytest.mark.parametrize(
    ("wait_s", "remaining_s"),
    [
        pytest.param(4.0, 3.0, id="longer than what is left"),
        pytest.param(4.0, 4.0, id="as long as what is left"),
        pytest.param(1.0, 0.0, id="nothing left at all"),
    ],
)
def test_a_wait_that_does_not_fit_ends_the_call_now(wait_s: float, remaining_s: float) -> None:
    assert step(hint=Hint(retry_after_s=wait_s), remaining_s=remaining_s) == Stop("deadline")


@given(
    st.sampled_from(list(Verdict)),
    st.sampled_from(KINDS),
    st.booleans(),
    st.booleans(),
    st.booleans(),
    st.integers(1, 12),
    st.builds(Hint, st.none() | st.floats(0.0, 3600.0), st.sampled_from([None, True, False])),
    st.floats(0.0, 60.0),
    st.integers(),
)
def test_no_answer_ever_leads_to_an_unsafe_a_late_or_a_surplus_resend(
    verdict: Verdict,
    kind: KeyPlan,
    sent: bool,
    keyed: bool,
    stored: bool,
    made: int,
    hint: Hint,
    remaining_s: float,
    seed: int,
) -> None:
    found = step(
        verdict,
        kind=kind,
        made=made,
        sent=sent,
        keyed=keyed,
        stored=stored,
        hint=hint,
        remaining_s=remaining_s,
        seed=seed,
    )
    if isinstance(found, Again):
        assert verdict in TRANSIENT
        assert made < PLAN.retry_attempts
        assert 0.0 <= found.after_s < remaining_s
        assert not stored
        assert hint.should_retry is not False
        assert not sent or kind in ("safe", "natural") or (kind == "vendor-key" and keyed)
