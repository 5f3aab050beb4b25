"""pygal's rendering goes through the steps that are overridden here."""

from tidegate.report.framed_chart import ChartFrame, FramedBars, FramedLines, FrameSpan, FrameText, settings

FRAME = ChartFrame(200, 100, 5, 10, 20, 40)


def test_the_axis_begins_at_the_margin_and_ends_at_the_other() -> None:
    chart = FramedLines(**settings(FRAME, [(0, "0"), (10, "ten")]), xrange=(0, 10), range=(0, 4))
    chart.frame, chart.bands = FRAME, [FrameSpan(0, 10, "all of it")]
    chart.ceiling, chart.texts = 4.0, [FrameText(0, 4, "above")]
    chart.add("", [(0, 1), (10, 4)])
    nodes = [*chart.render_tree().iter()]
    assert [one.get("transform") for one in nodes if one.get("class") == "plot"] == ["translate(40, 5)"]
    (band,) = [one for one in nodes if one.get("class") == "band"]
    assert (float(band.get("x", -1)), float(band.get("width", 0))) == (0, 150)
    assert [one.get("d") for one in nodes if one.get("class") == "ceiling"] == ["M0 0.0 h150"]
    assert [one.text for one in nodes if one.get("class") == "said"] == ["all of it", "above"]


def test_bars_begin_where_they_are_told() -> None:
    chart = FramedBars(**settings(FRAME, [(0, "0"), (10, "10")]), range=(0, 4))
    chart.frame = FRAME
    chart.add("", [(4, 0, 5), (2, 5, 10)])
    drawn = [one for one in chart.render_tree().iter() if (one.get("class") or "").startswith("rect")]
    assert [(float(one.get("x", -1)), float(one.get("height", 0))) for one in drawn] == [(0, 75), (75, 37.5)]
