"""Tests of tidegate.chaos.report.live_frame."""

from dataclasses import dataclass
from io import StringIO

import pytest
from rich.console import Console

from tidegate.chaos.report.live_frame import BREAKER_STYLES, breaker_text, live_frame


@dataclass(frozen=True)
class Look:
    """A look at what is played."""

    at_s: float
    seconds: float = 20.0
    phase: str = "ordinary traffic"


def shown(look: Look) -> str:
    console = Console(file=StringIO(), width=80, force_terminal=False)
    console.print(live_frame(look, [("calls", "3 asked"), ("breaker", breaker_text("open"))]))
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


def test_it_shows_the_clock_what_happens_and_a_line_for_each_row_in_their_order() -> None:
    clock, *rows = shown(Look(2.5)).splitlines()
    assert clock.split()[:2] == ["2.5", "s"]
    assert [row.split() for row in rows] == [
        ["now", "ordinary", "traffic"], ["calls", "3", "asked"], ["breaker", "open"]
    ]  # fmt: skip


def test_a_look_after_the_end_has_a_full_bar_and_its_own_time() -> None:
    assert shown(Look(21.0)).split()[0] == "21.0"


@pytest.mark.parametrize("state", BREAKER_STYLES)
def test_a_breaker_has_the_colour_of_its_state(state: str) -> None:
    assert (breaker_text(state).plain, breaker_text(state).style) == (state, BREAKER_STYLES[state])
