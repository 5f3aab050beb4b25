"""The demo's page: what was saved first, then both parts of the story."""

from tests.chaos.report.played_runs import NAIVE, STORY, TIDEGATE
from tests.tidegate.report.page_reading import ReadPage
from tidegate.chaos.report.demo_page import demo_page
from tidegate.chaos.report.demo_table import DemoResult
from tidegate.report.page import page


def test_both_parts_are_shown_and_what_was_saved() -> None:
    shown = ReadPage(page(demo_page(DemoResult(3, NAIVE, TIDEGATE, TIDEGATE), STORY, 20.0, "tidegate demo --seed 3")))
    for words in (
        "Saved: 1 double charges (1 → 0).", "At full length: 1 min of virtual time",
        "Live: 20 s on real sockets", "naive: what became of orders", "tidegate demo --seed 3",
    ):  # fmt: skip
        assert words in shown.text
    assert shown.tags.count("figure") == 8 + 6
