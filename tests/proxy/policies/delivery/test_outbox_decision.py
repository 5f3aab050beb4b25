"""What becomes of a deferred write, row by row of the table."""

import random
from typing import Any

import pytest

from tests.proxy.examples import plan
from tests.proxy.policies.delivery.deliveries import delivery
from tidegate.policy.deferral.defer import Defer
from tidegate.policy.deferral.lookup import Lookup
from tidegate.proxy.call.outcome import Outcome, Verdict
from tidegate.proxy.policies.delivery.delivery import FOLLOWS, Settlement
from tidegate.proxy.policies.delivery.delivery_backoff import CAP_S
from tidegate.proxy.policies.delivery.outbox_decision import (
    LOOKUP_FOR_S,
    NO_TRY,
    CarriedOut,
    after_lookup,
    after_try,
    cut_short,
    first_step,
    unserved,
)
from tidegate.proxy.policies.resilience.store_time import StoreTime

NOW, LATE = StoreTime(100.0, 100.0, 1_100.0), StoreTime(5_000.0, 5_000.0, 6_000.0)
OVER = StoreTime(5_000.0 + LOOKUP_FOR_S, 5_000.0 + LOOKUP_FOR_S, 1e9)
LOOKUP = Lookup.model_validate({"operation": "GetThings", "by": {"ref": "{/ref}"}, "lag": "7s"})
ADDED = {"attempts": 5, "base": "100ms", "cap": "30s", "jitter": "added"}
DONE, UNKNOWN, NOT_APPLIED = Outcome.DONE, Outcome.UNKNOWN, Outcome.NOT_APPLIED
KEYED, NATURAL = plan(), plan(idempotency="natural", method="PUT")
LOOKED_UP = plan(idempotency="lookup", lookup=LOOKUP)
NEVER = plan(idempotency="never-resend")


def settled(carried: CarriedOut, of: Any = KEYED, now: StoreTime = NOW, **changes: Any) -> Settlement:
    return after_try(carried, delivery(**changes), of, now, random.Random(1))


def no(verdict: Verdict, **more: Any) -> CarriedOut:
    return CarriedOut(**{"outcome": NOT_APPLIED, "verdict": verdict, "tried": True, **more})


@pytest.mark.parametrize(
    ("of", "now", "changes", "step"),
    [
        (KEYED, NOW, {}, "carry out"),
        (KEYED, NOW, {"resting": "waiting"}, "carry out"),
        (KEYED, LATE, {"resting": "waiting"}, "dead"),
        (KEYED, NOW, {"resting": "unknown"}, "carry out"),
        (NATURAL, NOW, {"resting": "unknown"}, "carry out"),
        (KEYED, LATE, {"resting": "unknown"}, "parked"),
        (NATURAL, LATE, {"resting": "unknown"}, "parked"),
        (plan(lookup=LOOKUP), LATE, {"resting": "unknown"}, "look up"),
        (plan(lookup=LOOKUP), NOW, {"resting": "unknown"}, "carry out"),
        (LOOKED_UP, NOW, {"resting": "unknown"}, "look up"),
        (LOOKED_UP, NOW, {"resting": "waiting"}, "carry out"),
        (NEVER, NOW, {"resting": "unknown", "ever_sent": True}, "carry out"),
        (NEVER, NOW, {"resting": "unknown"}, "parked"),
        (NEVER, LATE, {"resting": "unknown", "ever_sent": True}, "parked"),
    ],
)
def test_before_a_try(of: Any, now: StoreTime, changes: dict[str, Any], step: str) -> None:
    found = first_step(delivery(**changes), of, now)
    assert (found.state if isinstance(found, Settlement) else found) == step


@pytest.mark.parametrize(
    ("carried", "state", "reason", "counts"),
    [
        (CarriedOut(DONE, Verdict.SUCCESS, 201, tried=True), "done", "", True),
        (CarriedOut(DONE, Verdict.SUCCESS, 201), "done", "", False),
        (CarriedOut(Outcome.APPLIED_BUT_FAILED, Verdict.FAILED, 500, tried=True), "dead", "rejected", True),
        (no(Verdict.REJECTED, status=400), "dead", "rejected", True),
        (no(Verdict.REJECTED, status=425), "waiting", "", True),
        (CarriedOut(DONE, Verdict.SUCCESS, 303, tried=True), "done", "", True),
        (CarriedOut(DONE, Verdict.SUCCESS, 308, tried=True), "dead", "rejected", True),
        (no(Verdict.REFUSED, problem="idempotency-mismatch", tried=False), "dead", "rejected", False),
        (no(Verdict.REFUSED, problem="egress-denied", tried=False), "dead", "rejected", False),
        (no(Verdict.FAILED), "waiting", "", True),
        (no(Verdict.CONTENTION, status=409), "waiting", "", True),
        (no(Verdict.CREDENTIAL, status=401), "waiting", "", True),
        (no(Verdict.THROTTLED, status=429), "waiting", "", False),
        (no(Verdict.REFUSED, problem="vendor-unavailable", tried=False), "waiting", "", False),
        (no(Verdict.REFUSED, problem="internal-error", tried=False), "waiting", "", False),
        *((no(Verdict.REFUSED, problem=problem, tried=False), "waiting", "", False) for problem in sorted(NO_TRY)),
        (no(Verdict.FAILED, status=503, unwanted=True), "dead", "rejected", True),
        (CarriedOut(UNKNOWN, Verdict.FAILED, 503, tried=True), "unknown", "", True),
        (CarriedOut(UNKNOWN, Verdict.FAILED, 500, tried=True, unwanted=True), "parked", "", True),
        (CarriedOut(UNKNOWN, Verdict.REFUSED, problem="outcome-unknown", tried=True), "unknown", "", True),
        (CarriedOut(UNKNOWN, Verdict.REFUSED, problem="outcome-unknown"), "unknown", "", False),
        (CarriedOut(UNKNOWN, Verdict.REFUSED, problem="outcome-unknown", key_expired=True), "parked", "", False),
    ],
)
def test_after_a_try(carried: CarriedOut, state: str, reason: str, counts: bool) -> None:
    found = settled(carried)
    assert (found.state, found.dead_reason, found.counts) == (state, reason, counts)
    assert found.state in FOLLOWS["sending"]


@pytest.mark.parametrize(
    ("carried", "reason"),
    [
        (no(Verdict.FAILED), "expired"),
        (no(Verdict.CREDENTIAL, status=401), "credential"),
        (no(Verdict.REFUSED, problem="credential-rejected"), "credential"),
        (no(Verdict.THROTTLED, status=429), "quota"),
        (no(Verdict.REFUSED, problem="rate-limited", tried=False), "quota"),
        (no(Verdict.REFUSED, problem="contract-broken"), "contract"),
        (no(Verdict.REFUSED, problem="vendor-unavailable", tried=False), "expired"),
    ],
)
def test_at_the_end_of_its_time_it_is_dead_for_what_held_it_up(carried: CarriedOut, reason: str) -> None:
    found = settled(carried, now=LATE)
    assert (found.state, found.dead_reason) == ("dead", reason)


@pytest.mark.parametrize("of", [NEVER, plan(idempotency="never-resend", lookup=LOOKUP), LOOKED_UP])
def test_what_may_have_happened_is_looked_up_or_parked_where_no_resend_is_safe(of: Any) -> None:
    found = settled(CarriedOut(UNKNOWN, Verdict.REFUSED, problem="outcome-unknown", tried=True), of)
    assert (found.state, found.not_before) == (("unknown", 107.0) if of.lookup else ("parked", 0.0))


def test_a_busy_record_or_a_broken_store_parks_nothing() -> None:
    for problem in ("idempotency-conflict", "store-unavailable"):
        carried = CarriedOut(UNKNOWN, Verdict.REFUSED, problem=problem, retry_after_s=2.0)
        found = settled(carried, NEVER, resting="unknown")
        assert (found.state, found.counts) == ("unknown", False)
        assert found.not_before >= 102.0


@pytest.mark.parametrize(
    ("resting", "becomes"), [("queued", "waiting"), ("waiting", "waiting"), ("unknown", "unknown")]
)
def test_what_was_cut_off_before_it_was_sent_may_follow_whether_its_attempt_is_on_record_or_not(
    resting: str, becomes: str
) -> None:
    settlement = cut_short(delivery(resting=resting), NOW, begun=False)
    assert (settlement.state, settlement.not_before, settlement.counts) == (becomes, NOW.least, False)
    assert settlement.state in FOLLOWS["leased"] & FOLLOWS["sending"]
    assert cut_short(delivery(resting=resting), NOW, begun=True).state == "unknown"


@pytest.mark.parametrize(
    ("resting", "now", "becomes"),
    [
        ("queued", NOW, "queued"), ("waiting", NOW, "waiting"), ("unknown", NOW, "unknown"),
        ("waiting", LATE, "dead"), ("unknown", LATE, "unknown"), ("unknown", OVER, "parked"),
    ],
)  # fmt: skip
def test_what_is_not_served_waits_until_its_time_is_over_and_no_longer(
    resting: str, now: StoreTime, becomes: str
) -> None:
    settlement = unserved(delivery(resting=resting, ever_sent=True), now)
    assert (settlement.state, settlement.counts) == (becomes, False)
    assert settlement.dead_reason == ("expired" if becomes == "dead" else "")


def test_the_wait_is_what_was_said_and_never_less() -> None:
    waits = {settled(no(Verdict.THROTTLED, retry_after_s=9.0)).not_before - NOW.least for _ in range(20)}
    assert min(waits) >= 9.0


def test_backoff_grows_up_to_a_minute_and_after_ten_to_fifteen() -> None:
    rng = random.Random(2)

    def longest(attempts: int, age: float, wall: float = 1e9) -> float:
        now, of = StoreTime(age, age, wall), plan(defer=Defer())
        return max(
            after_try(no(Verdict.FAILED), delivery(attempts=attempts, accepted=90.0), of, now, rng).not_before - age
            for _ in range(200)
        )

    assert longest(0, 100.0) <= 1.0
    assert 4.0 < longest(3, 110.0) <= 8.0
    assert 55.0 < longest(12, 600.0) <= CAP_S
    assert 800.0 < longest(12, 691.0) <= 900.0
    assert 55.0 < longest(12, 600.0, wall=2e9) <= CAP_S, "a wall clock that is put right makes no outage long"


def test_the_last_try_is_made_before_the_deadline() -> None:
    now = StoreTime(4_990.0, 4_990.0, 5_990.0)
    found = settled(no(Verdict.FAILED, retry_after_s=600.0), now=now)
    assert (found.state, found.not_before) == ("waiting", 4_999.0)


def test_a_bound_on_tries_counts_tries_alone() -> None:
    of = plan(defer=Defer(attempts=3))
    assert settled(no(Verdict.FAILED), of, attempts=1).state == "waiting"
    assert settled(no(Verdict.FAILED), of, attempts=2).state == "dead"
    assert settled(no(Verdict.REFUSED, problem="vendor-unavailable", tried=False), of, attempts=2).state == "waiting"


def test_a_put_that_may_have_happened_is_dead_once_its_tries_are_used_up_for_a_replay_does_no_harm() -> None:
    of = plan(idempotency="natural", method="PUT", defer=Defer(attempts=5))
    doubtful = CarriedOut(UNKNOWN, Verdict.FAILED, 500, tried=True)
    assert settled(doubtful, of, attempts=3).state == "unknown"
    found = settled(doubtful, of, attempts=4)
    assert (found.state, found.dead_reason, found.detail) == (
        "dead", "expired", "The vendor answered 500. All 5 tries are used up."
    )  # fmt: skip
    assert settled(doubtful, plan(defer=Defer(attempts=5)), attempts=9).state == "unknown"


@pytest.mark.parametrize(
    "carried",
    [
        no(Verdict.FAILED, away=True),
        CarriedOut(UNKNOWN, Verdict.FAILED, 503, tried=True, away=True),
        no(Verdict.FAILED, early=True),
        CarriedOut(UNKNOWN, Verdict.FAILED, 503, tried=True, early=True),
    ],
)
def test_a_try_that_tells_of_the_vendor_and_not_of_the_write_was_none(carried: CarriedOut) -> None:
    of = plan(idempotency="natural", method="PUT", defer=Defer(attempts=5))
    found = settled(carried, of, attempts=4)
    assert (found.state, found.counts) == ("waiting" if carried.outcome is NOT_APPLIED else "unknown", False)


def test_a_refused_credential_is_dead_at_once_where_the_file_says_so() -> None:
    found = settled(no(Verdict.CREDENTIAL, status=403), plan(defer=Defer(credential="dead")))
    assert (found.state, found.dead_reason) == ("dead", "credential")


@pytest.mark.parametrize(("credential", "state"), [("wait", "unknown"), ("dead", "parked")])
def test_an_unknown_outcome_under_a_refused_credential_waits_for_it_or_for_a_person(
    credential: str, state: str
) -> None:
    refused = CarriedOut(UNKNOWN, Verdict.CREDENTIAL, 401, tried=True)
    assert settled(refused, plan(defer=Defer.model_validate({"credential": credential}))).state == state


def test_jitter_that_is_added_never_shortens_the_wait() -> None:
    of, rng = plan(defer=Defer.model_validate(ADDED)), random.Random(3)
    for tries, least in enumerate((0.1, 0.2, 0.4, 0.8)):
        found = [after_try(no(Verdict.FAILED), delivery(attempts=tries), of, NOW, rng) for _ in range(50)]
        waits = [settlement.not_before - NOW.least for settlement in found]
        assert least <= min(waits) < max(waits) <= least + 0.1 + 1e-9


def test_the_vendors_answer_is_kept_once_it_has_ended() -> None:
    answer: dict[str, Any] = {"answer_headers": b"[]", "answer_body": b"x", "status": 201}
    done = settled(CarriedOut(DONE, Verdict.SUCCESS, **answer))
    assert (done.status, done.answer_body) == (201, b"x")
    waits = settled(no(Verdict.FAILED, **{**answer, "status": 503}))
    assert (waits.status, waits.answer_body) == (503, b"")


@pytest.mark.parametrize(
    ("result", "of", "now", "state"),
    [
        ("found", LOOKED_UP, NOW, "done"),
        ("absent", LOOKED_UP, NOW, "waiting"),
        ("absent", LOOKED_UP, LATE, "dead"),
        ("absent", plan(lookup=LOOKUP), LATE, "dead"),
        ("cannot tell", LOOKED_UP, NOW, "unknown"),
        ("cannot tell", LOOKED_UP, StoreTime(5_000.0 + LOOKUP_FOR_S, 0.0, 0.0), "parked"),
    ],
)
def test_after_a_lookup(result: Any, of: Any, now: StoreTime, state: str) -> None:
    found = after_lookup(result, delivery(resting="unknown"), of, now, random.Random(1))
    assert found.state == state
    assert found.state in FOLLOWS["leased"]
    if state == "unknown":
        assert 137.0 <= found.not_before <= 167.0


def test_a_redirect_says_nothing_of_an_earlier_try() -> None:
    moved = CarriedOut(DONE, Verdict.SUCCESS, 307, tried=True)
    assert settled(moved, NEVER, resting="unknown").state == "parked"
    assert settled(moved, resting="unknown").state == "unknown"
