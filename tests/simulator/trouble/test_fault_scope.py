"""What a fault acts on is plain data, with nobody as the ordinary sender."""

from tidegate.simulator.answer.errors import server_error
from tidegate.simulator.trouble.fault_scope import FaultTarget, MidwayFailure


def test_a_target_without_a_name_is_nobody() -> None:
    assert (FaultTarget().app, FaultTarget().headers, FaultTarget().version) == ("", {}, "")


def test_a_failure_says_how_far_the_vendor_came() -> None:
    failure = MidwayFailure("begun", server_error(503))
    assert (failure.effect, failure.error.status) == ("begun", 503)
