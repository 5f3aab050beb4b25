"""Who holds a permit needs no more of it than its shape: the limits' own permit has it."""

from tests.proxy.permits.test_limit_gate import Clock, gate
from tidegate.proxy.call.permit import Permit


def test_what_a_gate_lends_is_a_permit() -> None:
    clock = Clock()
    lent = gate(clock, rate=1.0)
    clock.time = 1.0
    permit: Permit | None = lent.try_acquire(clock.now())
    assert permit is not None
    permit.hold()
    permit.leave()
    permit.pause_until(50.0)
    assert lent.limits.ready_in(clock.now()) >= 49.0 - 1e-6
