"""Tests of tidegate.cli.traffic.overview_table."""

import io
from typing import Any

import pytest
from rich.console import Console

from tidegate.cli.traffic.overview_table import COLUMNS, Frame, drawn, milliseconds, sparkline


def vendor(**changes: Any) -> dict[str, Any]:
    return {
        "standing": "up", "why": "0 of 90 calls failed in the last 60 s.", "breaker": "closed", "calls": 90,
        "errors": 0, "error_share": 0.0, "calls_per_s": 1.5, "p50_ms": 43.2, "p99_ms": 1840.0,
        "fullest": {"limit": "a", "used": 0.25},
        "costs": {"waiting": 0, "connections": 2, "under_way": 1, "held": 0.1, "queued": 0.0, "failing": 0.0},
        "history": {"calls_per_s": [1.0, 2.0], "p99_ms": [None, 3.0]},
    } | changes  # fmt: skip


def overview(**vendors: dict[str, Any]) -> dict[str, Any]:
    return {
        "at": "2026-11-30T09:41:59.000Z", "in_flight": 3, "draining": False, "troubles": {}, "refused": {},
        "deliveries": [{"state": "dead", "deliveries": 2}, {"state": "dead", "deliveries": 1}], "vendors": vendors,
    }  # fmt: skip


DOWN = vendor(standing="down", why="The breaker default is open.", breaker="open", errors=45, error_share=0.5)


def text(document: dict[str, Any], frame: Frame, notice: str = "", *, color: bool = False) -> str:
    out = io.StringIO()
    console = Console(file=out, width=frame.width, force_terminal=color, no_color=not color, highlight=False)
    console.print(drawn(document, frame, notice))
    return out.getvalue()


def test_the_worst_stands_first_with_its_reason_below_the_table() -> None:
    lines = text(overview(anthropic=vendor(), stripe=DOWN), Frame(160)).splitlines()
    assert lines[0].split()[:3] == ["vendor", "is", "breaker"]
    assert lines[1].split()[:7] == ["stripe", "down", "open", "25%", "1.5", "50.0%", "43"]
    assert lines[2].startswith("anthropic")
    assert lines[3] == "stripe: The breaker default is open."
    assert lines[4] == "09:41:59 UTC · 3 calls under way · 3 deliveries dead"


@pytest.mark.parametrize("width", [20, 32, 40, 52, 64, 80, 100, 120, 140, 200])
def test_a_frame_is_never_wider_than_the_terminal_and_no_line_is_wrapped(width: int) -> None:
    lines = text(overview(stripe=DOWN, anthropic=vendor()), Frame(width)).splitlines()
    assert len(lines) == 5
    assert max(map(len, lines)) <= width


def test_a_column_that_is_shown_has_room_for_what_stands_in_it() -> None:
    wide = DOWN | {"calls_per_s": 12345.6, "p50_ms": 9999.0, "p99_ms": 9999.0, "breaker": "forced open"}
    for width in {column.from_width for column in COLUMNS if column.from_width}:
        shown = text(overview(stripe=wide), Frame(width))
        assert "12345.6" in shown
        assert "…" not in shown.splitlines()[1]


def test_a_short_terminal_shows_the_most_urgent_and_says_how_many_more_there_are() -> None:
    many = {f"v{n:02}": vendor() for n in range(30)}
    lines = text(overview(**many, stripe=DOWN), Frame(80, height=12)).splitlines()
    assert len(lines) <= 12
    assert lines[1].startswith("stripe")
    assert any(line.startswith("and 27 more") for line in lines)


def test_what_others_wrote_cannot_steer_the_terminal() -> None:
    shown = text(overview(**{"a\x1b[2Jb": DOWN | {"why": "\x1b]0;x\x07"}}), Frame(120), "\x1b[31m")
    assert "\x1b" not in shown
    assert "\\x1b[2Jb" in shown


def test_without_colour_the_words_say_it_and_with_colour_they_say_it_too() -> None:
    assert "\x1b[" in text(overview(stripe=DOWN), Frame(80), color=True)
    assert "down" in text(overview(stripe=DOWN), Frame(80))


def test_a_notice_and_the_proxys_own_troubles_are_told() -> None:
    troubled = overview() | {"troubles": {"store": "the disk is full"}, "refused": {"stripe": "x"}, "draining": True}
    shown = text(troubled, Frame(160), "no answer")
    assert "draining · store: the disk is full · stripe on disk is refused" in shown
    assert shown.rstrip().endswith("no answer")


def test_a_sparkline_keeps_every_peak_and_every_gap() -> None:
    assert sparkline([0.0, 1.0, None, 7.0]) == "▁▂ █"
    assert sparkline([0.0, 9.0, 0.0, 0.0, 0.0, 0.0], chars=3) == "█▁▁"
    assert sparkline([0.0] * 119 + [5.0], chars=20) == "▁" * 19 + "█"
    assert sparkline([None, 0.0], unicode=False) == " _"
    assert sparkline([]) == ""
    assert len(sparkline([1.0] * 120, chars=20)) == 20


def test_a_time_takes_few_characters() -> None:
    assert [milliseconds(value) for value in (None, 0.4, 999.4, 12_340.0)] == ["-", "0 ms", "999 ms", "12.3 s"]
