"""The order flow's page: shop and warehouse go apart in the outage, and together again."""

from tests.chaos.judge.test_order_promises import GOOD
from tests.tidegate.report.page_reading import ReadPage
from tidegate.chaos.judge.order_promises import judge
from tidegate.chaos.play.order_flow import PlayedOrders
from tidegate.chaos.report.order_page import order_charts, order_words, orders_page
from tidegate.report.charts import CourseChart, LaneChart
from tidegate.report.page import page

PLAYED = PlayedOrders(judge(GOOD), GOOD, [], [], {}, [])


def test_the_page_has_verdict_words_pictures_and_figures() -> None:
    runs = {"live": PLAYED.figures, "full length": PLAYED.figures}
    shown = ReadPage(page(orders_page(runs, PLAYED, ["live: dead: 1"], 5, "tidegate demo orders")))
    for words in ("Broken", "live: dead: 1", "made at the shop", "drained in", "tidegate demo orders"):
        assert words in shown.text
    assert shown.tags.count("figure") == 3


def test_the_lines_count_changes_and_revisions_and_the_outage_is_a_band() -> None:
    lines, waits, lanes = order_charts(GOOD)
    assert isinstance(lines, CourseChart)
    assert [line.points[-1] for line in lines.series] == [3, 3]
    assert [(band.begin, band.end) for band in lines.bands] == [(100.0, 200.0)]
    assert isinstance(waits, CourseChart)
    assert max(value for value in waits.series[0].points if value is not None) > 90
    assert isinstance(lanes, LaneChart)


def test_the_last_words_say_what_the_outage_did() -> None:
    assert order_words(PLAYED.figures)[0] == (
        "Saved: 1 webhooks that the warehouse's outage held up were delivered afterwards, the last 4 s after its end; "
        "0 orders were lost."
    )
