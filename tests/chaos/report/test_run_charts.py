"""The pictures of a scenario say what the evidence says."""

from dataclasses import replace

from tests.chaos.report.played_runs import NAIVE, SECONDS, STORY, TIDEGATE
from tidegate.chaos.play.run import PlayedRun
from tidegate.chaos.report.run_charts import RunCharts
from tidegate.report.charts import CourseChart, LaneChart
from tidegate.report.drawing import drawn
from tidegate.scenario.timeline import scenario_pieces

PIECES = scenario_pieces(STORY)


def charts(**runs: PlayedRun) -> dict[str, CourseChart | LaneChart]:
    made = RunCharts(PIECES, SECONDS, runs).charts()
    for place, chart in enumerate(made):
        assert drawn(chart, f"c{place}")
    return {chart.title: chart for chart in made if isinstance(chart, CourseChart | LaneChart)}


def points(chart: object, line: int) -> list[float]:
    assert isinstance(chart, CourseChart)
    return [value for value in chart.series[line].points if value is not None]


def test_naive_and_tidegate_stand_beside_each_other_on_one_axis() -> None:
    made = charts(naive=NAIVE, Tidegate=TIDEGATE)
    assert {chart.span for chart in made.values()} == {60.0}
    pair = [made["naive: requests that reached the vendor"], made["Tidegate: requests that reached the vendor"]]
    assert {chart.top for chart in pair if isinstance(chart, CourseChart)} == {3.0}
    assert [sum(points(pair[0], line)) for line in (0, 1)] == [3, 2], "two of five came beyond the limit"
    assert [sum(points(pair[1], line)) for line in (0, 1)] == [2, 0]


def test_a_second_charge_is_counted_from_its_moment_on() -> None:
    doubled = charts(naive=NAIVE, Tidegate=TIDEGATE)["Double charges so far"]
    assert points(doubled, 0)[:3] == [0, 1, 1]
    assert points(doubled, 1)[-1] == 0
    assert "naive 1, Tidegate 0" in doubled.says


def test_outcomes_are_shares_of_what_was_wanted_then() -> None:
    made = charts(naive=NAIVE, Tidegate=TIDEGATE)
    assert points(made["naive: what became of orders"], 0)[1:3] == [100, 100]
    assert points(made["naive: what became of orders"], 2)[25] == 100
    assert points(made["Tidegate: what became of orders"], 1)[25] == 100


def test_pairs_stand_beside_each_other_where_nobody_is_charged_too() -> None:
    runs = {"naive": NAIVE, "Tidegate": TIDEGATE}
    for payments, before in ((True, 3), (False, 3)):
        titles = [chart.title for chart in RunCharts(PIECES, SECONDS, runs).charts(payments=payments)]
        pair = titles[before : before + 2]
        assert [title.partition(": ")[2] for title in pair] == [
            f"what became of {'orders' if payments else 'calls'}"
        ] * 2


def test_the_breaker_of_the_proxy_is_in_the_timeline() -> None:
    lanes = charts(naive=NAIVE, Tidegate=TIDEGATE)["What happened, and when"]
    assert isinstance(lanes, LaneChart)
    assert [(span.begin, span.says) for span in lanes.lanes[-1].spans] == [
        (0, "breaker closed"), (21, "breaker open"), (31, "breaker half-open"), (32, "breaker closed"),
    ]  # fmt: skip


def test_quota_and_time_until_done_have_a_line_for_each_way() -> None:
    made = charts(naive=NAIVE, Tidegate=TIDEGATE)
    assert max(points(made["Quota in use"], 0)) == 100
    assert [line.name for line in getattr(made["Time until done"], "series", ())] == [
        "naive, half within", "naive, 99 % within", "Tidegate, half within", "Tidegate, 99 % within",
    ]  # fmt: skip


def test_a_run_alone_and_one_in_which_nothing_happened_have_pictures_too() -> None:
    assert "Tidegate: what became of orders" in charts(Tidegate=TIDEGATE)
    unlimited = charts(Tidegate=replace(TIDEGATE, limits=()))["Tidegate: requests that reached the vendor"]
    assert sum(points(unlimited, 0)) == 2, "where nothing is limited, everything is within the limit"
    nothing = PlayedRun(TIDEGATE.figures, [], [])
    assert charts(Tidegate=nothing)
