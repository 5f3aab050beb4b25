"""How a verdict looks: 80 columns, words where a promise broke, and the same bytes for the same run."""

import json
from dataclasses import replace
from io import StringIO

from rich.console import Console

from tidegate.chaos.judge.invariants import RunFigures
from tidegate.chaos.report import report

GOOD = RunFigures(1000, 700, 690, 0, 0, 0, 10, 0, 800, 0)
BAD = replace(GOOD, done=695, doubled=7, over_quota=300)


def printed(*things: object) -> str:
    out = StringIO()
    console = Console(file=out, width=report.WIDTH)
    for thing in things:
        console.print(thing)
    return out.getvalue()


def test_the_verdict_fits_80_columns_with_three_runs_side_by_side() -> None:
    text = printed(report.verdict({"naive": BAD, "Tidegate": GOOD, "live": GOOD}))
    assert max(len(line.rstrip()) for line in text.splitlines()) <= 80
    assert "…" not in text
    for _, name, meaning in report.ROWS:
        assert name in text
        assert meaning in text


def test_a_held_run_says_so_and_a_broken_one_names_each_promise() -> None:
    assert "held" in printed(report.conclusion([]))
    assert printed(report.conclusion(["lost: 1", "doubled: 2"])).split("\n")[:2] == [
        "broken: lost: 1",
        "broken: doubled: 2",
    ]


def test_the_contrast_says_when_the_naive_client_did_more_and_what_it_cost() -> None:
    said = report.contrast(BAD, GOOD)
    assert "more done (695 to 690)" in said
    assert "7 customers paid twice" in said
    assert "300 requests beyond" in said
    assert "fewer done" in report.contrast(replace(BAD, done=1), GOOD)


def test_a_document_is_the_same_bytes_whatever_order_it_was_made_in() -> None:
    assert report.document({"b": 1, "a": 2}) == report.document({"a": 2, "b": 1})
    judged = report.JudgedScenario("x", 600, 1, BAD, GOOD)
    assert json.loads(report.document(judged.described()))["tidegate"]["done"] == 690
    assert judged.broken == []


def test_durations_are_told_in_the_larger_unit_that_fits() -> None:
    assert [report.duration(seconds) for seconds in (20, 60, 600)] == ["20 s", "1 min", "10 min"]
