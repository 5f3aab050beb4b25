"""Tests of tidegate.cli.proof.live_show."""

from collections.abc import Callable
from dataclasses import dataclass
from io import StringIO

import pytest
from rich.console import Console

from tidegate.cli.proof.live_show import LINE_EVERY_S, show_live


@dataclass(frozen=True)
class Look:
    """A look at what is played."""

    at_s: float
    seconds: float = 20.0
    phase: str = "ordinary traffic"


async def play(show: Callable[[Look], None]) -> str:
    for at_s in (0.1, 1.0, LINE_EVERY_S, LINE_EVERY_S + 0.2, 2 * LINE_EVERY_S + 0.2):
        show(Look(at_s))
    return "over"


@pytest.mark.parametrize("terminal", [True, False])
def test_a_terminal_gets_the_table_anything_else_a_line_now_and_then(*, terminal: bool) -> None:
    console = Console(file=StringIO(), width=80, force_terminal=terminal, color_system=None)
    result = show_live(play, console, lambda look: f"table at {look.at_s:g}", lambda look: f"line at {look.at_s:g}")
    assert isinstance(console.file, StringIO)
    text = console.file.getvalue()
    assert result == "over"
    if terminal:
        assert "table at 10.2" in text
        assert "line at" not in text
    else:
        assert text.splitlines() == ["line at 0.1", "line at 5.2", "line at 10.2"]
