"""A breaker that goes on refusing is found; the other promises of load are in test_promises."""

from dataclasses import replace

from tests.chaos.judge.good_run import (
    GOOD,
    OPENED,
    asked,
    words,
)
from tidegate.chaos.timeline.surroundings import SurroundingEvents


def test_a_breaker_that_had_its_probes_and_still_refuses_holds_back() -> None:
    calls = [asked(1), asked(12), asked(13), asked(39, **OPENED)]
    assert "held back" in words(replace(GOOD, happened=SurroundingEvents(cuts=[1.0]), calls=calls))
