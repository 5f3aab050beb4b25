"""What happened around the calls, as lanes."""

from tests.chaos.report.played_runs import SECONDS, STORY
from tidegate.chaos.timeline.draw import draw
from tidegate.scenario.timeline import breaker_lanes, outage_bands, piece_lane, scenario_pieces, timeline


def test_each_load_and_fault_has_a_lane_with_its_words() -> None:
    chart = timeline(scenario_pieces(STORY), SECONDS, breaker_lanes({"a": []}, SECONDS))
    assert [lane.name for lane in chart.lanes] == [
        "load: rate 2/s", "a burst of 10 calls", "throttle: probability 2%, operations Post*", "outage: mode refuse",
        "breaker a",
    ]  # fmt: skip
    assert [(span.begin, span.end, span.says) for lane in chart.lanes for span in lane.spans] == [
        (0, 60, "load"), (5, 5, "load"), (0, 60, "fault"), (20, 30, "outage"), (0, 60, "breaker closed"),
    ]  # fmt: skip


def test_a_long_list_is_named_by_its_length() -> None:
    assert piece_lane({"shape": "replay", "times": [1.0] * 900}, 60.0).name == "load: shape replay, times (900 values)"


def test_a_breaker_has_a_stretch_for_each_state() -> None:
    (lane,) = breaker_lanes({"b": [(10.0, "open"), (10.0, "half-open"), (20.0, "closed"), (90.0, "open")]}, SECONDS)
    assert [(span.begin, span.end, span.says) for span in lane.spans] == [
        (0, 10, "breaker closed"), (10, 20, "breaker half-open"), (20, 60, "breaker closed"),
    ]  # fmt: skip


def test_the_times_of_outages_are_bands() -> None:
    assert [(band.begin, band.end) for band in outage_bands(scenario_pieces(STORY), SECONDS)] == [(20, 30)]
    assert [(band.begin, band.end) for band in outage_bands([{"kind": "outage", "from": "50s"}], SECONDS)] == [(50, 60)]


def test_whatever_a_search_draws_has_a_lane() -> None:
    lanes = [piece_lane(piece, 600.0) for seed in range(30) for piece in draw(seed, 10.0).pieces]
    assert all(lane.name and 0 <= span.begin <= span.end <= 600 for lane in lanes for span in lane.spans)
