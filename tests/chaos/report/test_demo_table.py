"""What the demo tells: its document, and its live table."""

from dataclasses import replace
from io import StringIO

from rich.console import Console

from tests.chaos.report.test_report import BAD, GOOD
from tidegate.chaos.judge.invariants import RunFigures
from tidegate.chaos.play.live import LiveView
from tidegate.chaos.play.run import PlayedRun
from tidegate.chaos.report.demo_table import FIELDS, DemoResult, live_line, live_table

LOOK = LiveView(9.5, 20.0, "outage: the vendor refuses", 266, 172, {"done": 170, "unknown": 2}, 178, "open", 0.35, 4)


def result(seed: int, naive: RunFigures, tidegate: RunFigures, live: RunFigures) -> DemoResult:
    return DemoResult(seed, *(PlayedRun(figures, [], []) for figures in (naive, tidegate, live)))


def test_the_document_has_each_run_with_its_figures() -> None:
    told = result(7, BAD, GOOD, GOOD).described()
    assert set(told) == {"seed", "naive", "tidegate", "live", "held", "last_words"}
    assert told["naive"] == {field: BAD.described()[field] for field in FIELDS}
    assert (told["seed"], told["held"]) == (7, True)


def test_a_promise_broken_live_or_at_full_length_is_not_held() -> None:
    worse = replace(GOOD, lost=1)
    assert result(1, BAD, worse, GOOD).described()["held"] is False
    assert result(1, BAD, GOOD, worse).broken == [
        "live: lost: 1 apps were told done, and the vendor has no such payment"
    ]


def test_what_the_naive_client_breaks_is_no_broken_promise() -> None:
    assert result(1, BAD, GOOD, GOOD).broken == []


def test_the_live_table_fits_80_columns_and_shows_what_matters() -> None:
    out = StringIO()
    Console(file=out, width=80).print(live_table(LOOK))
    text = out.getvalue()
    assert max(len(line.rstrip()) for line in text.splitlines()) <= 80
    for word in ("outage", "266 asked", "170 done", "2 unknown", "178 requests", "open", "35%", "4 calls wait"):
        assert word in text


def test_a_line_without_a_terminal_fits_80_columns() -> None:
    assert len(live_line(LOOK)) <= 80
