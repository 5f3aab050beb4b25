"""The report of a soak as a page."""

from dataclasses import replace

from tests.loadtests.soak.test_soak_verdict import FAILED, REST, verdict
from tests.tidegate.report.page_reading import ReadPage
from tidegate.loadtests.soak.session import SoakCounts
from tidegate.loadtests.soak.soak_course import SoakCourse
from tidegate.loadtests.soak.soak_page import soak_charts, soak_page
from tidegate.loadtests.soak.soak_verdict import judge_soak
from tidegate.report.charts import CourseChart
from tidegate.report.page import page


def test_stretches_resources_and_promises_are_shown() -> None:
    shown = ReadPage(page(soak_page(verdict(), "tidegate load soak acme")))
    for words in ("Held", "straight", "connections before", "memory after", "calls at rest", "tidegate load soak acme"):
        assert words in shown.text
    assert shown.tags.count("figure") == 3


def test_the_course_shows_calls_times_and_what_was_held() -> None:
    course = SoakCourse({"straight": (0.0, 5.0), "at once": (5.0, 10.0)}, [(1.0, 0.02), (6.0, 0.3)], [(2.0, REST)])
    charts = {chart.title: chart for chart in soak_charts(course) if isinstance(chart, CourseChart)}
    assert [sum(point or 0 for point in charts["Calls"].series[0].points), charts["Calls"].bands[0].begin] == [2, 5.0]
    assert {value for value in charts["Memory"].series[0].points if value} == {REST.memory_bytes / 2**20}
    assert ReadPage(page(soak_page(replace(verdict(), course=course), "c"))).tags.count("figure") == 4 + 3
    assert len(soak_charts(SoakCourse())) == 2


def test_what_failed_is_shown() -> None:
    assert "GET /a: 503" in ReadPage(page(soak_page(verdict(straight=FAILED), "c"))).text


def test_at_an_address_that_was_given_nothing_is_said_of_what_was_held() -> None:
    judged = judge_soak("acme", {"straight": SoakCounts(100, 5)}, None, None, [])
    shown = ReadPage(page(soak_page(judged, "c")))
    assert "memory grown" not in shown.text
    assert shown.tags.count("figure") == 1
