"""Tests of tidegate.proxy.policies.delivery.inbox_decision."""

import random

import pytest

from tidegate.proxy.call.outcome import Verdict
from tidegate.proxy.policies.delivery.delivery import FOLLOWS, Delivery, NewDelivery
from tidegate.proxy.policies.delivery.delivery_backoff import LONG_CAP_S
from tidegate.proxy.policies.delivery.inbox_decision import (
    CAP_S,
    RETRY_AFTER_MAX_S,
    PostResult,
    decide_post,
    pause_s,
    postponed,
    stopped,
)

NOW = 1000.0


def delivery(deadline: float = NOW + 3600.0) -> Delivery:
    new = NewDelivery(
        id="whd_1", box="inbox", app="shop", vendor="stripe", operation="charge.succeeded", key="evt_1",
        fingerprint="f", method="POST", destination="http://h/", headers=b"[]", body=b"{}", accepted_wall=0.0,
        deadline=deadline, keep_s=1.0,
    )  # fmt: skip
    return Delivery(new, "sending", 0, 0, 0.0, 0.0, "sending", ever_sent=True)


@pytest.mark.parametrize(
    ("result", "state", "reason", "counts", "wait_s", "verdict"),
    [
        (PostResult(200), "done", "", True, 0.0, Verdict.SUCCESS),
        (PostResult(202), "done", "", True, 0.0, Verdict.SUCCESS),
        (PostResult(410), "dead", "rejected", True, 0.0, Verdict.REJECTED),
        (PostResult(301), "waiting", "", True, 5.0, Verdict.REJECTED),
        (PostResult(400), "waiting", "", True, 5.0, Verdict.REJECTED),
        (PostResult(404, retry_after_s=90.0), "waiting", "", True, 5.0, Verdict.REJECTED),
        (PostResult(429), "waiting", "", True, 5.0, Verdict.THROTTLED),
        (PostResult(429, retry_after_s=60.0), "waiting", "", True, 60.0, Verdict.THROTTLED),
        (PostResult(429, retry_after_s=0.0), "waiting", "", True, 5.0, Verdict.THROTTLED),
        (PostResult(500), "waiting", "", True, 5.0, Verdict.FAILED),
        (PostResult(503), "waiting", "", True, 5.0, Verdict.FAILED),
        (PostResult(503, retry_after_s=60.0), "waiting", "", False, 60.0, Verdict.FAILED),
        (PostResult(error="connection_refused", detail="refused"), "waiting", "", True, 5.0, Verdict.FAILED),
        (PostResult(error="connection_limit_reached", ours=True), "waiting", "", False, 5.0, Verdict.CANCELLED),
    ],
)
def test_the_table_of_answers(
    result: PostResult, state: str, reason: str, counts: bool, wait_s: float, verdict: Verdict
) -> None:
    settlement = decide_post(delivery(), result, NOW, 5.0)
    assert (settlement.state, settlement.dead_reason, settlement.counts) == (state, reason, counts)
    assert result.verdict is verdict
    assert settlement.state in FOLLOWS["sending"]
    if state == "waiting":
        assert settlement.not_before == NOW + wait_s


def test_an_app_cannot_ask_for_eternity() -> None:
    far = decide_post(delivery(deadline=1e9), PostResult(503, retry_after_s=1e8), NOW, 5.0)
    assert far.not_before == NOW + RETRY_AFTER_MAX_S


def test_what_could_only_be_tried_after_its_deadline_is_dead_now() -> None:
    late = decide_post(delivery(deadline=NOW + 5.0), PostResult(500), NOW, 5.0)
    assert (late.state, late.dead_reason, late.detail) == (
        "dead",
        "expired",
        "its time is over; at last the app answered 500",
    )
    assert decide_post(delivery(deadline=NOW + 5.1), PostResult(500), NOW, 5.0).state == "waiting"


def test_what_cannot_be_posted_anywhere_is_dead_once_its_time_is_over() -> None:
    waits, over = (postponed(delivery(deadline=NOW + left_s), NOW, 60.0, "no address") for left_s in (0.1, 0.0))
    assert (waits.state, waits.not_before) == ("waiting", NOW + 60.0)
    assert (over.state, over.dead_reason, over.detail) == ("dead", "expired", "its time is over; no address")


def test_a_post_that_we_broke_off_is_due_at_once_and_does_not_count() -> None:
    settlement = stopped(NOW)
    assert (settlement.state, settlement.not_before, settlement.counts) == ("waiting", NOW, False)
    assert settlement.state in FOLLOWS["leased"] & FOLLOWS["sending"]


def test_a_pause_stays_within_half_a_minute_for_ten_minutes_and_then_grows() -> None:
    rng = random.Random(1)
    for attempts in range(1, 100):
        assert 0.0 <= pause_s(rng, attempts, 599.0) <= min(CAP_S, 2.0 ** (attempts - 1))
    late = [pause_s(rng, 40, 600.0) for _ in range(100)]
    assert CAP_S < max(late) <= LONG_CAP_S
