"""An attempt is recorded before its end is known."""

from tidegate.proxy.call.attempt import Attempt
from tidegate.proxy.call.outcome import Verdict


def test_an_attempt_under_way_has_no_head_yet() -> None:
    made = Attempt(1, 100.0, 100.0, sent=True, status=0, verdict=Verdict.CANCELLED, error="")
    assert (made.head_at, made.ended - made.began) == (0.0, 0.0)
