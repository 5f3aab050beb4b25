"""A table for each vendor, naive beside Tidegate, in words that fit any; and what broke."""

from dataclasses import replace

from rich.console import Console

from tidegate.chaos.judge.invariants import RunFigures
from tidegate.chaos.play.cast.vendor_run import VendorRun
from tidegate.chaos.report.report import as_verdict, results
from tidegate.chaos.report.vendor_table import JudgedVendors

NAIVE = RunFigures(60, 55, 50, 1, 3, 0, 2, 4, 90, 0)
OURS = replace(NAIVE, lost=0, doubled=0, over_quota=0, done=54, attempts=60)
PLAYED = VendorRun({"kiosk": NAIVE}, {"kiosk": OURS}, (), ())


def shown(result: JudgedVendors) -> str:
    console = Console(width=80, no_color=True)
    with console.capture() as capture:
        console.print(result.shown())
    return capture.get()


def test_a_person_sees_both_ways_side_by_side() -> None:
    text = shown(JudgedVendors("bad day", 600.0, 7, ["kiosk"], PLAYED))
    assert "bad day · 10 min of virtual time · seed 7" in text
    assert "kiosk\n" in text
    assert "done more than once" in text
    assert "got fewer done (50 to 54)" in text
    assert "3 things done" in text
    assert "held: every promise was kept" in text


def test_what_broke_and_what_was_not_tried_is_said_and_the_data_has_it_too() -> None:
    run = replace(PLAYED, tidegate={}, broken=("stuck: for ever",), untried=("fault 1 never happened",))
    result = JudgedVendors("bad day", 600.0, 7, ["kiosk"], run)
    text = shown(result)
    assert "broken: stuck: for ever" in text
    assert "inconclusive: fault 1 never happened" in text
    described = result.described()
    assert described["vendors"] == {"kiosk": {"naive": NAIVE.described()}}
    assert results([result])["held"] is False
    assert as_verdict(result).broken == ("stuck: for ever",)


def test_what_could_not_be_played_says_why() -> None:
    result = JudgedVendors("bad day", 600.0, 7, ["kiosk"], None, ["fault 1: no operation is called x"])
    assert result.untried == ["fault 1: no operation is called x"]
    assert result.described()["vendors"] == {}
    assert "inconclusive: fault 1: no operation is called x" in shown(result)
