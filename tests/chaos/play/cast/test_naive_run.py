"""Straight to the vendor, a naive app does things twice where an answer is lost."""

from pathlib import Path

from tests.chaos.kiosk import kiosk_cast, scenario
from tidegate.chaos.apps.retry_loop import ReportedOutcome
from tidegate.chaos.judge.outcome_promises import counted_effects
from tidegate.chaos.play.cast.intents import intents_of
from tidegate.chaos.play.cast.naive_run import played_naively
from tidegate.chaos.timeline.cast_draw import written


def test_an_answer_that_is_lost_is_asked_for_again(tmp_path: Path) -> None:
    cast = kiosk_cast(tmp_path)
    given = scenario(
        seconds=10,
        load=[{"rate": "1/s", "mix": {"leaveNote": 1}}],
        faults=[{"kind": "reset_after", "probability": "70%"}],
    )
    run = played_naively(cast, given, intents_of(written(cast, given, 1), cast, 15.0), 1)
    done = {ending.intent.id for ending in run.endings if ending.outcome is ReportedOutcome.DONE}
    counts = counted_effects(run.entries["kiosk"], drawn=True)
    twice = [intent for (operation, intent), count in counts.items() if operation == "leaveNote" and count > 1]
    assert {*twice} & done
