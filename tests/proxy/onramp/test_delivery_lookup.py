"""A write that is carried out later, in words."""

from typing import Any, get_args

import pytest

from tests.proxy.policies.delivery.deliveries import delivery
from tidegate.proxy.call.outcome import Verdict
from tidegate.proxy.onramp.delivery_lookup import SAYS, answer_of, document_of, settled_meanwhile, shown_answer
from tidegate.proxy.policies.delivery.delivery import DeliveryAttempt, DeliveryState
from tidegate.proxy.policies.resilience.store_time import StoreTime
from tidegate.proxy.store.kept_secrets import KeptSecrets
from tidegate.proxy.store.records import ANSWER_LEFT_OUT, BODY_KEPT_BYTES_MAX, StoredCall, settled_answer

NOW = StoreTime(100.0, 100.0, 1_700_000_000.0)
SECRETS = KeptSecrets(["sk_live_secret"])


def test_every_state_is_said_in_words() -> None:
    assert set(SAYS) == set(get_args(DeliveryState))
    assert {document_of(delivery(state=state), NOW)["advice"] for state in SAYS} == set(SAYS.values())


def test_times_are_those_of_the_wall() -> None:
    document = document_of(delivery(state="waiting", not_before=130.0, attempts=2), NOW)
    assert document["next_try"] == "2023-11-14T22:13:50.000Z"
    assert document["deadline"] == "2023-11-14T23:35:00.000Z"
    assert document["tries"] == 2


@pytest.mark.parametrize(
    ("state", "outcome"), [("done", "done"), ("parked", "unknown"), ("unknown", "unknown"), ("dead", "not applied")]
)
def test_the_outcome_is_told_once_something_is_known(state: DeliveryState, outcome: str) -> None:
    assert document_of(delivery(state=state), NOW)["outcome"] == outcome
    assert "outcome" not in document_of(delivery(state="queued"), NOW)


@pytest.mark.parametrize(
    ("known", "outcome"),
    [
        pytest.param({"dead_reason": "poison", "ever_sent": True}, "unknown", id="its worker died of it"),
        pytest.param({"dead_reason": "poison"}, "not applied", id="its worker died before it sent anything"),
        pytest.param({"dead_reason": "rejected", "status": 500}, "applied but failed", id="the vendor had begun it"),
        pytest.param({"dead_reason": "rejected", "status": 422}, "not applied", id="the vendor would not have it"),
    ],
)
def test_a_dead_letter_does_not_say_that_nothing_happened_where_something_may_have(
    known: dict[str, Any], outcome: str
) -> None:
    assert document_of(delivery(state="dead", **known), NOW)["outcome"] == outcome


def test_one_that_was_given_up_while_nobody_knew_is_not_told_as_not_carried_out() -> None:
    assert document_of(delivery(state="cancelled"), NOW)["outcome"] == "not applied"
    assert document_of(delivery(state="cancelled", resting="unknown"), NOW)["outcome"] == "unknown"


def test_attempts_are_shown() -> None:
    tries = [DeliveryAttempt("d1", 1, 1.0, 2.0, "unknown", 503, call_id="c"), DeliveryAttempt("d1", 2, 3.0)]
    shown = document_of(delivery(), NOW, tries)["attempts"]
    assert shown == [
        {"n": 1, "call": "c", "began": "1970-01-01T00:00:01.000Z", "ended": "1970-01-01T00:00:02.000Z",
         "outcome": "unknown", "status": 503},
        {"n": 2, "call": "", "began": "1970-01-01T00:00:03.000Z"},
    ]  # fmt: skip


def test_the_answer_is_as_the_vendor_gave_it() -> None:
    headers, body = SECRETS.hidden(((b"X", b"1"),), b"sk_live_secret")
    assert b"sk_live" not in body
    done = delivery(state="done", status=201, answer_headers=b'[["X","1"]]', answer_body=body)
    answer = answer_of(done, SECRETS)
    assert answer is not None
    assert (answer.status, answer.headers, answer.body, answer.verdict) == (
        201,
        [(b"X", b"1")],
        b"sk_live_secret",
        Verdict.SUCCESS,
    )
    assert headers == [(b"X", b"1")]
    assert answer_of(delivery(state="waiting", status=503), SECRETS) is None
    assert answer_of(delivery(state="dead"), SECRETS) is None


@pytest.mark.parametrize(("state", "outcome"), [("done", "done"), ("failed", "applied but failed")])
def test_a_record_that_was_settled_meanwhile_says_how_it_ended(state: str, outcome: str) -> None:
    record = StoredCall("c1", "shop", "stripe", "PostThings", state, 200, 1.0, 2.0, keyed=True)
    assert settled_meanwhile(record) == {"outcome": outcome, "status": 200, "advice": SAYS["done"]}


@pytest.mark.parametrize("state", ["running", "unknown"])
def test_a_record_that_is_not_settled_changes_nothing(state: str) -> None:
    assert not settled_meanwhile(StoredCall("c1", "shop", "stripe", "PostThings", state, 0, 1.0, 0.0, keyed=True))


def test_a_body_that_was_not_kept_is_not_shown_as_an_empty_one() -> None:
    stored = settled_answer(200, ((b"Content-Type", b"text/plain"),), b"x" * (BODY_KEPT_BYTES_MAX + 1), whole=True)
    done = delivery(state="done", status=200, answer_headers=stored.headers, answer_body=stored.body)
    answer = answer_of(done, SECRETS)
    assert answer is not None
    assert ANSWER_LEFT_OUT in answer.headers
    assert "body" not in shown_answer(answer)
