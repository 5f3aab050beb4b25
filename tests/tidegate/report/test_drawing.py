"""Charts as SVG: everything is in the picture, in its place, and nothing is in it but the picture."""

import re
from collections.abc import Sequence
from xml.etree.ElementTree import Element, fromstring

import pytest

from tidegate.report.charts import (
    LANES_MAX,
    Chart,
    ChartCeiling,
    ChartLane,
    ChartRow,
    ChartSeries,
    ChartSpan,
    CourseChart,
    LaneChart,
    RowChart,
    Tone,
)
from tidegate.report.drawing import NAME_MAX, drawn
from tidegate.report.plain_svg import COLOURS

HOSTILE = "</svg><script>alert(1)</script>\"'&"


def course(*lines: Sequence[float | None], stacked: bool = False, **more: object) -> CourseChart:
    tones: list[Tone] = ["good", "wait", "bad"]
    series = [ChartSeries(f"line {place}", points, tones[place]) for place, points in enumerate(lines)]
    return CourseChart("title", "says", 60, "calls", series, stacked=stacked, **more)  # type: ignore[arg-type]  # tests


def picture(chart: Chart) -> Element:
    return fromstring(drawn(chart, "c1"))


def bars(root: Element, tone: Tone) -> list[tuple[float, float]]:
    """Place and height of each bar of a colour."""
    return [
        (float(one.get("x", 0)), float(one.get("height", 0)))
        for one in root.iter("rect")
        if one.get("fill") == COLOURS[tone]
    ]


def texts(root: Element) -> list[str]:
    return [one.text or "" for one in root.iter("text")]


def test_bars_stand_upon_each_other_and_are_as_high_as_their_sum() -> None:
    root = picture(course([1, 2, 0], [1, 0, 4], stacked=True))
    (first, second), above = bars(root, "good"), bars(root, "wait")
    assert second[1] == pytest.approx(2 * first[1], abs=0.2)
    assert [round(height / first[1]) for _, height in above] == [2, 2, 4], "drawn behind, from the ground on"
    order = [one.get("fill") for one in root.iter("rect")]
    assert order.index(COLOURS["wait"]) < order.index(COLOURS["good"])


def test_a_line_is_broken_where_nothing_is_known_and_a_lonely_point_is_seen() -> None:
    root = picture(course([1, 2, None, 3, None, 1, 1]))
    lines = [one.get("d", "") for one in root.iter("path") if one.get("stroke") == COLOURS["good"]]
    assert [len(re.findall("[ML]|(?<= )[0-9.]+ [0-9.]+(?= |$)", line)) >= 2 for line in lines] == [True] * 3


def test_charts_beside_each_other_have_the_same_axis_where_they_are_given_one() -> None:
    heights = [bars(picture(course([2], stacked=True, top=top)), "good")[0][1] for top in (2.0, 8.0)]
    assert heights[0] == pytest.approx(4 * heights[1], rel=0.02)


def test_all_charts_of_a_run_share_the_place_of_their_time() -> None:
    lanes = LaneChart("t", "s", 60, [ChartLane("x", [ChartSpan(0, 60)])])
    moves = [next(one.get("transform") for one in picture(chart).iter("g")) for chart in (lanes, course([12_345_678]))]
    assert [move.split()[0] for move in moves if move] == ["translate(50", "translate(50"]


def test_bands_and_ceiling_are_in_the_picture_with_their_words() -> None:
    chart = course(
        [1], bands=[ChartSpan(10, 40, "outage"), ChartSpan(50, 50.1, "short")], ceiling=ChartCeiling(9, "most")
    )
    root = picture(chart)
    assert len(bars(root, "quiet")) == 2
    assert "outage" in texts(root)
    assert "short" not in texts(root), "there is no room for it"
    assert [one.get("stroke-dasharray") for one in root.iter("path") if one.get("stroke") == COLOURS["bad"]] == ["5 4"]


def test_lanes_show_their_names_and_even_a_moment_is_seen() -> None:
    chart = LaneChart(
        "t", "s", 600, [ChartLane("burst", [ChartSpan(600, 600, "load", "first")]), ChartLane("idle", [])]
    )
    root = picture(chart)
    assert {"burst", "idle"} <= set(texts(root))
    (line,) = [one.get("d", "") for one in root.iter("path") if one.get("stroke") == COLOURS["first"]]
    numbers = [float(number) for number in re.findall(r"[0-9.]+", line)]
    assert numbers[2] - numbers[0] >= 2


def test_bars_of_a_comparison_carry_their_numbers() -> None:
    root = picture(RowChart("t", "s", "us", [ChartRow("get", 61.2, says="half"), ChartRow("bare", 0.0, "quiet")]))
    assert {"get: 61.2, half", "bare: 0"} <= set(texts(root))


@pytest.mark.parametrize(
    "chart",
    [
        course(), course([]), course([], stacked=True), course([0, 0]), course([None]), course([1e300, 1e-300]),
        course([5] * 400, stacked=True), course([7], across="seed", first=3), LaneChart("t", "s", 10, []),
        RowChart("t", "s", "us", []), RowChart("t", "s", "us", [ChartRow("a", 1e9)]),
        LaneChart("t", "s", 0.001, [ChartLane("x", [ChartSpan(0, 0.001)])]),
    ],
)  # fmt: skip
def test_whatever_is_drawn_is_a_picture(chart: Chart) -> None:
    root = picture(chart)
    assert root.tag == "svg"
    assert not any("nan" in value or "inf" in value for one in root.iter() for value in one.attrib.values())


def test_a_picture_has_words_for_who_does_not_see_it() -> None:
    root = picture(course([1]))
    assert (root.get("role"), root.get("aria-labelledby"), root.get("aria-describedby")) == ("img", "c1-t", "c1-d")
    assert [(one.get("id"), one.text) for one in (root[0], root[1])] == [("c1-t", "title"), ("c1-d", "says")]


def test_nothing_foreign_is_in_a_picture() -> None:
    lanes = [ChartLane(HOSTILE * 4, [ChartSpan(0, 5, HOSTILE)])] * (LANES_MAX + 5)
    markup = drawn(LaneChart(HOSTILE, HOSTILE, 10, lanes), "c1")
    root = fromstring(markup)
    assert {one.tag for one in root.iter()} == {"svg", "title", "desc", "g", "path", "text"}
    assert max(map(len, texts(root))) <= NAME_MAX
    assert "<script" not in markup
    assert not any(word in markup for word in ("http", "style", "class=", "onload", "pygal"))


def test_the_same_chart_is_the_same_bytes() -> None:
    chart = course([1, 2, 3], bands=[ChartSpan(1, 2, "x")])
    assert drawn(chart, "a") == drawn(chart, "a")
