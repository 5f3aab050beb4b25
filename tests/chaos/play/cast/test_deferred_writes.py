"""Writes for later get time to end, and what became of each is read as its app would."""

from tidegate.chaos.play.cast.named_cast import searched_cast
from tidegate.chaos.play.trial import played
from tidegate.chaos.timeline.cast_draw import draw_cast


def test_each_write_that_was_accepted_has_a_record_that_has_ended() -> None:
    evidence = played(draw_cast(searched_cast(("warehouse",)), 4, 0.5))["warehouse"]
    accepted = {call.record for call in evidence.calls if call.status == 202}
    assert accepted
    assert accepted <= evidence.writes.keys()
    assert {record.state for record in evidence.writes.values()} <= {"done", "dead", "cancelled", "parked"}
