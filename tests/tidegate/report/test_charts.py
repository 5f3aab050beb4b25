"""A chart's table says what its picture shows."""

from tidegate.report.charts import ChartLane, ChartRow, ChartSeries, ChartSpan, CourseChart, LaneChart, RowChart

LINES = [ChartSeries("a", [1, None], "first"), ChartSeries("b", [2.5], "second")]


def test_a_course_has_a_row_for_each_part_with_its_begin() -> None:
    chart = CourseChart("t", "s", 20, "calls", LINES)
    assert chart.heads == ("from", "a (calls)", "b (calls)")
    assert [*chart.rows] == [("0 s", "1", "2.5"), ("10 s", "", "")]


def test_what_is_counted_is_called_by_its_number() -> None:
    chart = CourseChart("t", "s", 2, "", LINES, across="seed", first=7)
    assert chart.heads == ("seed", "a", "b")
    assert [row[0] for row in chart.rows] == ["7", "8"]


def test_lanes_have_a_row_for_each_stretch() -> None:
    chart = LaneChart("t", "s", 90, [ChartLane("breaker", [ChartSpan(0, 30, "open"), ChartSpan(30, 90, "closed")])])
    assert [*chart.rows] == [("breaker", "0 s", "30 s", "open"), ("breaker", "30 s", "1 min 30 s", "closed")]
    assert len(chart.heads) == 4


def test_bars_have_a_row_each() -> None:
    chart = RowChart("t", "s", "us", [ChartRow("get", 61.25, says="busy")])
    assert chart.heads == ("what", "us", "with it")
    assert [*chart.rows] == [("get", "61.2", "busy")]
