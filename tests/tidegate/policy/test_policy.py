"""The defaults are tighter than usual, and each fits inside the other."""

from tidegate.policy.policy import Breaker, Policy, Queue, Retry, Timeouts


def test_an_attempt_fits_into_a_call_with_the_defaults() -> None:
    policy = Policy()
    assert policy.timeout.connect + policy.timeout.first_byte <= policy.timeout.attempt <= policy.budget


def test_the_defaults_are_those_of_the_design() -> None:
    assert Policy().budget == 30
    assert (Retry().attempts, Retry().base, Retry().cap, Retry().jitter, Retry().budget) == (3, 0.1, 10, "full", 0.1)
    assert (Breaker().window, Breaker().calls, Breaker().failures, Breaker().open, Breaker().open_max) == (
        30, 20, 0.5, 2.5, 10,
    )  # fmt: skip
    assert Timeouts().connect == 3
    assert Queue().wait <= Policy().budget


def test_nothing_can_be_changed_after_it_was_read() -> None:
    assert Policy.model_config.get("frozen") is True
