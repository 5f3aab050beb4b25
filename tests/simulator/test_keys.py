"""Idempotency keys keep what the vendor keeps, for as long, and refuse what it refuses."""

import pytest

from tests.simulator.conftest import facts
from tidegate.simulator.answer import Answer
from tidegate.simulator.errors import VendorError
from tidegate.simulator.keys import Keys

HINT = "Stripe-Should-Retry"
OTHER, SAME = b"other", b"same"


@pytest.fixture
def keys() -> Keys:
    kept = facts().facts.idempotency
    assert kept is not None
    return Keys(kept, HINT)


def refusal(keys: Keys, key: str, fingerprint: bytes) -> VendorError:
    with pytest.raises(VendorError) as refused:
        keys.begin(key, fingerprint, 0.0, "req_2")
    return refused.value


def answered(status: int) -> Answer:
    return Answer(status, b"{}", {"Request-Id": "req_1"})


@pytest.mark.parametrize("status", [200, 402, 404, 500])
def test_the_first_answer_is_given_again_whatever_it_was(keys: Keys, status: int) -> None:
    assert keys.begin("k", SAME, 0.0, "req_1") is None
    keys.finish("k", answered(status))
    again = keys.begin("k", SAME, 1.0, "req_2")
    assert again is not None
    assert (again.status, again.body) == (status, b"{}")
    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.headers["Original-Request"] == "req_1"
    assert again.headers["Request-Id"] == "req_2"


def test_a_stored_failure_says_that_asking_again_is_no_use(keys: Keys) -> None:
    keys.begin("k", SAME, 0.0, "req_1")
    keys.finish("k", answered(500))
    again = keys.begin("k", SAME, 1.0, "req_2")
    assert again is not None
    assert again.headers[HINT] == "false"


def test_a_key_that_still_runs_is_a_conflict_worth_another_try(keys: Keys) -> None:
    keys.begin("k", SAME, 0.0, "req_1")
    conflict = refusal(keys, "k", SAME)
    assert (conflict.status, conflict.reason) == (409, "key-in-use")
    assert conflict.headers == {HINT: "true"}


def test_another_request_under_the_key_is_an_error_and_keeps_the_first_answer(keys: Keys) -> None:
    keys.begin("k", SAME, 0.0, "req_1")
    keys.finish("k", answered(200))
    mismatch = refusal(keys, "k", OTHER)
    assert mismatch.reason == "key-mismatch"
    assert keys.begin("k", SAME, 1.0, "req_3") is not None


def test_a_key_has_at_most_255_characters(keys: Keys) -> None:
    assert keys.begin("k" * 255, SAME, 0.0, "req_1") is None
    assert refusal(keys, "k" * 256, SAME).reason == "key-invalid"


def test_a_key_is_forgotten_after_24_hours_and_not_before(keys: Keys) -> None:
    keys.begin("k", SAME, 0.0, "req_1")
    keys.finish("k", answered(200))
    assert keys.begin("k", SAME, 86_399.0, "req_2") is not None
    assert keys.begin("k", OTHER, 86_400.0, "req_3") is None


def test_a_freed_key_may_be_used_for_anything(keys: Keys) -> None:
    keys.begin("k", SAME, 0.0, "req_1")
    keys.free("k")
    assert keys.begin("k", OTHER, 0.0, "req_2") is None


def test_a_vendor_that_stores_only_successes_frees_the_key_of_a_failure() -> None:
    kept = facts(
        idempotency={"header": "K", "methods": ("POST",), "remembers": "1h", "replays": ("2xx",)}
    ).facts.idempotency
    assert kept is not None
    keys = Keys(kept, None)
    keys.begin("k", SAME, 0.0, "req_1")
    keys.finish("k", answered(500))
    assert keys.begin("k", SAME, 0.0, "req_2") is None
