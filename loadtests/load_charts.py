"""The pictures of a load: its calls from their planned starts, and the requests that reached each vendor.

Drawn from what the judge looks at, and the proxy's log for its breakers. It judges nothing.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tidegate.loadtests.call_account import CallAccount, CallOutcome, LoadEvidence, accounts_of
from tidegate.loadtests.journal import JournalRequest
from tidegate.report.charts import Chart, ChartCeiling, ChartSeries, ChartSpan, CourseChart, Tone
from tidegate.report.course import Course
from tidegate.report.numerals import duration
from tidegate.report.proxy_log import ProxyLog
from tidegate.scenario.limit_meter import Arrival
from tidegate.scenario.limit_use import limit_use
from tidegate.scenario.scenario import Scenario
from tidegate.scenario.timeline import breaker_lanes, outage_bands, scenario_pieces, timeline
from tidegate.vendor.vendor import Limit

OUTCOMES: Mapping[CallOutcome, Tone] = {
    "done": "good", "refused": "wait", "turned down": "third", "explained": "quiet", "unexplained": "bad",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class PlayedLoad:
    """A load as it was played. `log` is what a proxy of our own wrote, empty where the run had none."""

    scenario: Scenario
    evidence: LoadEvidence
    log: bytes = b""


class LoadCharts:
    """The charts of one load. All times count from the moment of the first planned start."""

    def __init__(self, played: PlayedLoad) -> None:
        self._played = played
        self._accounts = accounts_of(played.evidence)
        last_s = max((record.ended_s for record in played.evidence.records), default=0.0)
        self._course = Course.of(max(played.scenario.seconds, last_s))
        self._pieces = scenario_pieces(played.scenario)
        self._bands: Sequence[ChartSpan] = outage_bands(self._pieces, self._course.span_s)

    def charts(self) -> list[Chart]:
        """All of them, in the order of a page."""
        made: list[Chart] = [self._timeline(), self._outcomes(), self._waits(), self._late()]
        journals = self._played.evidence.journals or {}
        for vendor, journal in journals.items():
            made += self._vendor(vendor, journal)
        return made

    def _timeline(self) -> Chart:
        wall_s = _behind((seen.wall_s, one) for one in self._accounts for seen in one.requests)
        log = ProxyLog.of([self._played.log], wall_s) if self._played.log else ProxyLog()
        return timeline(self._pieces, self._course.span_s, breaker_lanes(log.breakers, self._course.span_s))

    def _outcomes(self) -> Chart:
        lines = [
            ChartSeries(word, self._course.counts(one.call.at_s for one in self._accounts if one.outcome == word), tone)
            for word, tone in OUTCOMES.items()
        ]
        says = (
            f"By their planned start, {duration(self._course.width_s)} a bar; {len(self._accounts):,} calls were made."
        )
        seen = [line for line in lines if any(line.points)]
        return self._chart("Calls by what became of them", says, "calls", seen or lines[:1], stacked=True)

    def _waits(self) -> Chart:
        waits = [(one.call.at_s, one.record.waited_s) for one in self._accounts]
        lines = [
            ChartSeries("half within", self._course.percentiles(waits, 0.5), "first"),
            ChartSeries("99 % within", self._course.percentiles(waits, 0.99), "second"),
        ]
        says = "From the planned start to the answer, so that a call which had to wait for its turn counts its wait."
        return self._chart("Time until the answer", says, "s", lines, powers=True)

    def _late(self) -> Chart:
        late = [(one.call.at_s, max(one.record.late_s, 0.0)) for one in self._accounts]
        says = "How much later than planned a call began: this is the generator's own lateness, and not the proxy's."
        line = ChartSeries("latest", self._course.highest(late), "quiet")
        return self._chart("Late starts", says, "s", [line])

    def _vendor(self, vendor: str, journal: Sequence[JournalRequest]) -> Iterator[Chart]:
        own = [one for one in self._accounts if one.call.vendor == vendor]
        begin_s = _behind((seen.at_s, one) for one in own for seen in one.requests)
        terms = self._played.evidence.terms.get(vendor)
        limits: Sequence[Limit] = terms.limits if terms is not None else ()
        arrivals = [Arrival(seen.at_s - begin_s, seen.operation, seen.wall_s) for seen in journal]
        uses = limit_use(limits, arrivals, slack_s=terms.slack_s if terms is not None else 0.0)
        within = self._course.counts(use.at_s for use in uses if not use.over)
        beyond = self._course.counts(use.at_s for use in uses if use.over)
        highest = self._course.highest((use.at_s, 100 * use.share) for use in uses)
        yield self._chart(
            f"{vendor}: requests that reached the vendor",
            f"{len(journal):,} requests, {duration(self._course.width_s)} a bar, {sum(use.over for use in uses):,} of "
            "them beyond its limit.",
            "requests",
            [ChartSeries("within the limit", within, "first"), ChartSeries("beyond it", beyond, "bad")],
            stacked=True,
        )
        yield self._chart(
            f"{vendor}: quota in use", "The fullest moment of each part of the run.", "%",
            [ChartSeries("in use", [value or 0.0 for value in highest], "first")],
            ceiling=ChartCeiling(100, "its limit"),
        )  # fmt: skip

    def _chart(
        self, title: str, says: str, unit: str, lines: Sequence[ChartSeries], *,
        stacked: bool = False, ceiling: ChartCeiling | None = None, powers: bool = False,
    ) -> CourseChart:  # fmt: skip
        return CourseChart(
            title, says, self._course.span_s, unit, lines, stacked, self._bands, ceiling, powers=powers
        )  # fmt: skip


def _behind(seen: "Iterator[tuple[float, CallAccount]]") -> float:
    """The moment of the run's begin on another clock, by the request that came soonest after its call's start."""
    return min((at_s - one.record.started_s for at_s, one in seen), default=0.0)
