"""The faults and loads of a scenario, and the states of breakers, as lanes of a picture."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from tidegate.configfile.units import parse_duration
from tidegate.report.charts import ChartLane, ChartSpan, LaneChart, Tone
from tidegate.scenario.fault import Span
from tidegate.scenario.scenario import Scenario

TIMES = frozenset({"from", "until", "for"})
LISTED_MAX = 6
"""So many values of a list are named in a lane; of more, their number."""
UNSAID = frozenset({"kind", "mix", *TIMES})
STATE_TONES: Mapping[str, Tone] = {"closed": "good", "open": "bad", "half-open": "wait"}


def scenario_pieces(scenario: Scenario) -> list[Mapping[str, Any]]:
    """The faults and loads of a scenario as its file has them, loads first."""
    pieces: Sequence[Span] = (*scenario.load, *scenario.faults)
    return [piece.model_dump(mode="json", exclude_unset=True, by_alias=True) for piece in pieces]


def piece_lane(piece: Mapping[str, Any], seconds: float) -> ChartLane:
    """The lane of a fault or a load as a scenario file has it."""
    begin, end = _span(piece, seconds)
    kind = piece.get("kind")
    if kind is None and "burst" in piece and "rate" not in piece:
        return ChartLane(f"a burst of {piece['burst']} calls", [ChartSpan(begin, begin, "load", "first")])
    said = ", ".join(f"{name} {_plain(value)}" for name, value in piece.items() if name not in UNSAID)
    name = f"load: {said}" if kind is None else f"{kind}{': ' if said else ''}{said}"
    tone: Tone = "first" if kind is None else "bad" if kind == "outage" else "wait"
    word = "load" if kind is None else "outage" if kind == "outage" else "fault"
    return ChartLane(name, [ChartSpan(begin, min(end, seconds), word, tone)])


def timeline(pieces: Iterable[Mapping[str, Any]], seconds: float, lanes: Sequence[ChartLane] = ()) -> LaneChart:
    """Everything that happened around the calls, on the axis of the run; further `lanes` come last."""
    made = [piece_lane(piece, seconds) for piece in pieces]
    says = "Each bar is the time in which something was so: load on the vendor, faults of it, and what Tidegate did."
    return LaneChart("What happened, and when", says, seconds, [*made, *lanes])


def breaker_lanes(changes: Mapping[str, Sequence[tuple[float, str]]], seconds: float) -> list[ChartLane]:
    """A lane for each breaker, by its group; `changes` are the moments of each and the states from then on."""
    return [ChartLane(f"breaker {group}", [*_states(states, seconds)]) for group, states in changes.items()]


def outage_bands(pieces: Iterable[Mapping[str, Any]], seconds: float) -> list[ChartSpan]:
    """The times in which the vendor was away altogether."""
    outages = (_span(piece, seconds) for piece in pieces if piece.get("kind") == "outage")
    return [ChartSpan(begin, min(end, seconds), "outage") for begin, end in outages]


def _states(states: Sequence[tuple[float, str]], seconds: float) -> Iterator[ChartSpan]:
    before, begin = "closed", 0.0
    for at_s, state in (*states, (seconds, "")):
        end = min(at_s, seconds)
        if end > begin:
            yield ChartSpan(begin, end, f"breaker {before}", STATE_TONES.get(before, "quiet"))
            begin = end
        before = state


def _span(piece: Mapping[str, Any], seconds: float) -> tuple[float, float]:
    begin = parse_duration(piece.get("from", "0s"))
    if "for" in piece:
        return begin, begin + parse_duration(piece["for"])
    return begin, parse_duration(piece["until"]) if "until" in piece else seconds


def _plain(value: object) -> str:
    if isinstance(value, list | tuple):
        return " ".join(map(str, value)) if len(value) <= LISTED_MAX else f"({len(value):,} values)"
    return str(value)
