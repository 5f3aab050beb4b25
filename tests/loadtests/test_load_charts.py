"""The pictures of a load say what its evidence says."""

from dataclasses import replace

import orjson

from tests.loadtests.test_burst_verdict import JOURNAL, PLANNED, RECORDS, TERMS, answered
from tidegate.loadtests.call_account import LoadEvidence
from tidegate.loadtests.load_charts import LoadCharts, PlayedLoad
from tidegate.report.charts import CourseChart, LaneChart
from tidegate.report.drawing import drawn
from tidegate.scenario.scenario import Scenario

CLOCK_S, WALL_S = 1000.0, 1_767_225_600.0
"""The vendor's clock and its wall began so long before the load."""
STORY = Scenario.model_validate({
    "name": "small", "seconds": 2, "load": [{"rate": "10/s"}],
    "faults": [{"kind": "outage", "from": "1s", "for": "500ms", "mode": "refuse"}],
})  # fmt: skip
SEEN = [replace(one, at_s=one.at_s + CLOCK_S, wall_s=one.at_s + WALL_S) for one in JOURNAL]
LATE = [answered(PLANNED[0], took_s=0.5), *RECORDS[1:8], answered(PLANNED[8], 503, 0.1, "1"), answered(PLANNED[9], 500)]
OPENED = {"ts": "2026-01-01T00:00:01.000Z", "note": "breaker", "vendor": "ferries", "group": "default", "to": "open"}
PLAYED = PlayedLoad(STORY, LoadEvidence(PLANNED, LATE, {"ferries": SEEN}, {"ferries": TERMS}), orjson.dumps(OPENED))


def charts(played: PlayedLoad = PLAYED) -> dict[str, CourseChart | LaneChart]:
    made = LoadCharts(played).charts()
    for place, chart in enumerate(made):
        assert drawn(chart, f"c{place}")
    return {chart.title: chart for chart in made if isinstance(chart, CourseChart | LaneChart)}


def points(chart: object, line: int) -> list[float]:
    assert isinstance(chart, CourseChart)
    return [value for value in chart.series[line].points if value is not None]


def test_calls_are_counted_by_their_planned_start_and_what_became_of_them() -> None:
    outcomes = charts()["Calls by what became of them"]
    assert isinstance(outcomes, CourseChart)
    assert {line.name: sum(points(outcomes, place)) for place, line in enumerate(outcomes.series)} == {
        "done": 8, "refused": 1, "unexplained": 1,
    }  # fmt: skip


def test_waits_and_late_starts_are_those_of_the_callers() -> None:
    made = charts()
    assert points(made["Time until the answer"], 0)[0] == 0.5
    assert max(points(made["Late starts"], 0)) == 0


def test_the_vendors_clock_and_the_walls_are_put_beside_the_callers() -> None:
    made = charts()
    requests = made["ferries: requests that reached the vendor"]
    assert sum(points(requests, 0)) + sum(points(requests, 1)) == len(SEEN)
    assert sum(point > 0 for point in points(requests, 0)) > 5, "they are not all in one place"
    lanes = made["What happened, and when"]
    assert isinstance(lanes, LaneChart)
    assert [(lane.name, lane.spans[0].begin) for lane in lanes.lanes] == [
        ("load: rate 10/s", 0), ("outage: mode refuse", 1), ("breaker ferries default", 0),
    ]  # fmt: skip
    assert [round(span.begin, 2) for span in lanes.lanes[-1].spans] == [0, 1]


def test_quota_is_full_where_requests_were_beyond_the_limit() -> None:
    crowd = [replace(SEEN[0], at_s=CLOCK_S, tag=f"x-{n}") for n in range(9)]
    evidence = replace(PLAYED.evidence, journals={"ferries": [SEEN[0], *crowd]})
    made = charts(replace(PLAYED, evidence=evidence))
    assert sum(points(made["ferries: requests that reached the vendor"], 1)) == 8
    assert max(points(made["ferries: quota in use"], 0)) == 100


def test_a_load_without_a_journal_without_a_proxy_of_ours_and_without_calls_has_pictures() -> None:
    evidence = replace(PLAYED.evidence, journals=None)
    assert "ferries: quota in use" not in charts(PlayedLoad(STORY, evidence))
    assert charts(PlayedLoad(STORY, replace(evidence, records=[], planned=[])))
