"""The ramp: after closing a breaker admits a growing share. Its other rules are in test_circuit_breaker.py."""

from tests.proxy.policies.resilience.test_circuit_breaker import NOW, make, one, tripped
from tidegate.policy.breaker import Breaker as Settings
from tidegate.proxy.call.outcome import Verdict
from tidegate.proxy.policies.resilience.circuit_breaker import (
    OPEN_JITTER,
    BreakerPermit,
    BreakerState,
    CallNotPermitted,
    CircuitBreaker,
)


class TestRamp:
    """It comes back carefully."""

    @staticmethod
    def closed_again() -> tuple[CircuitBreaker, float]:
        breaker = make()
        ready = tripped(breaker)
        one(breaker, ready)
        one(breaker, ready)
        assert breaker.state is BreakerState.CLOSED
        return breaker, ready

    def test_a_growing_share_is_admitted(self) -> None:
        breaker, now = self.closed_again()
        shares = []
        for second in range(6):
            answers = [breaker.acquire(now + second + call / 1000) for call in range(1000)]
            shares.append(sum(isinstance(answer, BreakerPermit) for answer in answers) / 1000)
        assert shares == sorted(shares)
        assert shares[0] < 0.25
        assert shares[-1] == 1.0

    def test_right_after_closing_a_herd_does_not_pass(self) -> None:
        breaker, now = self.closed_again()
        answers = [breaker.acquire(now) for _ in range(500)]
        assert sum(isinstance(answer, BreakerPermit) for answer in answers) <= 52
        assert {answer.reason for answer in answers if isinstance(answer, CallNotPermitted)} == {"ramping up"}

    def test_at_low_traffic_nothing_is_held_back(self) -> None:
        breaker, now = self.closed_again()
        answers = [breaker.acquire(now + 0.5 * call) for call in range(20)]
        assert all(isinstance(answer, BreakerPermit) for answer in answers)

    def test_a_vendor_that_falls_over_in_the_ramp_is_left_alone_for_longer(self) -> None:
        breaker, now = self.closed_again()
        while breaker.state is BreakerState.CLOSED:
            permit = breaker.acquire(now + 1.0)
            if isinstance(permit, BreakerPermit):
                breaker.release(permit, Verdict.FAILED, 0.1, now + 1.0)
        assert breaker.snapshot(now + 1.0).open_s >= 5.0 * (1 - OPEN_JITTER)

    def test_one_that_holds_for_the_whole_ramp_is_trusted_again(self) -> None:
        breaker, now = self.closed_again()
        one(breaker, now + 5.0)
        assert breaker.snapshot(now + 5.0).admits == 1.0
        tripped(breaker, now + 6.0)
        assert breaker.snapshot(now + 6.0).open_s <= 2.5

    def test_without_a_ramp_everything_passes_at_once(self) -> None:
        breaker = make(Settings.model_validate({"calls": 10, "probes": 1, "ramp": "0s"}))
        one(breaker, tripped(breaker))
        assert all(isinstance(breaker.acquire(NOW + 10.0), BreakerPermit) for _ in range(500))
