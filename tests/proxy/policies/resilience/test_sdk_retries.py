"""Tests of tidegate.proxy.policies.resilience.sdk_retries."""

from typing import Any

import pytest
from multidict import CIMultiDict, CIMultiDictProxy

from tests.proxy.examples import call, plan
from tidegate.proxy.call.content import WholeContent
from tidegate.proxy.call.outcome import Verdict
from tidegate.proxy.policies.resilience.sdk_retries import KEPT_MAX, KEPT_S, SdkRetries, counted


def asking(**headers: str) -> Any:
    return call(headers=CIMultiDictProxy(CIMultiDict({name.replace("_", "-"): text for name, text in headers.items()})))


@pytest.mark.parametrize(
    ("verdict", "noticed"),
    [
        (Verdict.FAILED, True),
        (Verdict.THROTTLED, True),
        (Verdict.CONTENTION, True),
        (Verdict.REFUSED, True),
        (Verdict.CANCELLED, True),
        (Verdict.SUCCESS, False),
        (Verdict.REJECTED, False),
        (Verdict.CREDENTIAL, False),
    ],
)
def test_a_call_that_follows_the_same_one_is_its_repetition_unless_that_was_final(
    verdict: Verdict, noticed: bool
) -> None:
    repeats = SdkRetries()
    repeats.note(call(call_id="c0"), verdict, 100.0)
    assert repeats.of(call(call_id="c1"), 101.0) == ("c0" if noticed else "")


@pytest.mark.parametrize(
    "changes",
    [
        {"app": "desk"},
        {"path": "/v1/refunds?a"},
        {"method": "PUT"},
        {"content": WholeContent(b"x")},
        {"plan": plan(vendor="other")},
    ],
)
def test_another_request_repeats_nothing(changes: dict[str, Any]) -> None:
    repeats = SdkRetries()
    repeats.note(call(), Verdict.FAILED, 100.0)
    assert repeats.of(call(**changes), 101.0) == ""


def test_each_repetition_names_the_one_before() -> None:
    repeats = SdkRetries()
    repeats.note(call(call_id="c0"), Verdict.FAILED, 100.0)
    repeats.note(call(call_id="c1"), Verdict.FAILED, 101.0)
    assert repeats.of(call(), 102.0) == "c1"


def test_it_is_forgotten_in_time_and_then_costs_nothing() -> None:
    repeats = SdkRetries()
    repeats.note(call(), Verdict.FAILED, 100.0)
    assert repeats.of(call(), 100.0 + KEPT_S + 1.0) == ""
    assert not repeats.known


def test_no_more_than_so_many_are_remembered() -> None:
    repeats = SdkRetries()
    for number in range(KEPT_MAX + 10):
        repeats.note(call(call_id=str(number), path=f"/{number}"), Verdict.FAILED, 100.0)
    assert len(repeats.known) == KEPT_MAX
    assert repeats.of(call(path="/9"), 100.0) == ""
    assert repeats.of(call(path="/10"), 100.0) == "10"


def test_an_sdk_that_counts_is_believed_when_it_says_that_this_is_its_first_try() -> None:
    repeats = SdkRetries()
    repeats.note(call(call_id="c0"), Verdict.FAILED, 100.0)
    assert repeats.of(asking(x_stainless_retry_count="0"), 101.0) == ""
    assert repeats.of(asking(x_stainless_retry_count="1"), 101.0) == "c0"


@pytest.mark.parametrize(
    ("headers", "retry"),
    [
        ({}, None),
        ({"X_Stainless_Retry_Count": "2"}, 2),
        ({"x_stainless_retry_count": "many"}, None),
        ({"amz_sdk_request": "attempt=1; max=3"}, 0),
        ({"amz_sdk_request": "ttl=20260101T000000Z; attempt=3; max=3"}, 2),
        ({"amz_sdk_request": "max=3"}, None),
    ],
)
def test_which_retry_an_sdk_says_this_is(headers: dict[str, str], retry: int | None) -> None:
    assert counted(asking(**headers)) == retry
