"""The pictures of a scenario that was played: what happened, and what became of the calls, naive beside Tidegate.

Drawn from the same evidence that the judge reads, and the proxy's log for its breakers. It judges nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from tidegate.chaos.apps.retry_loop import ReportedOutcome
from tidegate.chaos.judge.invariants import EFFECT, arrivals
from tidegate.chaos.play.run import PlayedRun
from tidegate.report.charts import Chart, ChartCeiling, ChartSeries, ChartSpan, CourseChart, Tone
from tidegate.report.course import Course
from tidegate.report.numerals import duration
from tidegate.report.proxy_log import ProxyLog
from tidegate.scenario.limit_use import LimitUse, limit_use
from tidegate.scenario.timeline import breaker_lanes, outage_bands, timeline

OUTCOMES: Mapping[ReportedOutcome, Tone] = {
    ReportedOutcome.DONE: "good",
    ReportedOutcome.NOT_APPLIED: "wait",
    ReportedOutcome.UNKNOWN: "bad",
}
WAYS: tuple[Tone, Tone] = ("second", "first")
"""The colours of the naive client and of Tidegate."""


class RunCharts:
    """The charts of one scenario. `runs` are its plays by the name of the way, Tidegate's last."""

    def __init__(self, pieces: Sequence[Mapping[str, Any]], seconds: float, runs: Mapping[str, PlayedRun]) -> None:
        self._pieces = pieces
        self._runs = runs
        last_s = max((entry["at"] for run in runs.values() for entry in run.entries), default=0.0)
        self._course = Course.of(max(seconds, min(last_s, 2 * seconds)))
        self._bands = outage_bands(pieces, self._course.span_s)
        self._ours = list(runs.values())[-1]
        self._quota = {name: limit_use(run.limits, arrivals(run.entries)) for name, run in runs.items()}

    def charts(self, *, payments: bool = True) -> list[Chart]:
        """All of them, in the order of a page: pairs stand beside each other. Without payments nobody is charged."""
        wanted = "orders" if payments else "calls"
        pairs: list[Chart] = [*self._outcomes(wanted), *self._requests()]
        if payments:
            return [self._timeline(), self._doubled(), self._latency(wanted), *pairs, self._use()]
        return [self._timeline(), self._latency(wanted), self._use(), *pairs]

    def _timeline(self) -> Chart:
        log = ProxyLog.of(self._ours.outputs, self._ours.zero_wall_s)
        return timeline(self._pieces, self._course.span_s, breaker_lanes(log.breakers, self._course.span_s))

    def _doubled(self) -> Chart:
        lines, ends = [], []
        for (name, run), tone in zip(self._runs.items(), self._tones(), strict=True):
            sums = self._course.sums(_second_effects(run))
            lines.append(ChartSeries(name, sums, tone))
            ends.append(f"{name} {sums[-1]:,.0f}")
        says = f"How many customers had been charged twice by then; at the end: {', '.join(ends)}."
        return self._chart("Double charges so far", says, "customers", lines)

    def _outcomes(self, wanted: str) -> list[Chart]:
        return [
            self._chart(
                f"{name}: what became of {wanted}",
                self._said(run),
                "%",
                self._outcomes_of(run),
                stacked=True,
                top=100,
            )
            for name, run in self._runs.items()
        ]

    def _outcomes_of(self, run: PlayedRun) -> list[ChartSeries]:
        wanted = self._course.counts(one.intent.start_s for one in run.endings)

        def shares(outcome: ReportedOutcome) -> list[float]:
            counts = self._course.counts(one.intent.start_s for one in run.endings if one.outcome is outcome)
            return [100 * count / max(whole, 1.0) for count, whole in zip(counts, wanted, strict=True)]

        return [ChartSeries(str(outcome), shares(outcome), tone) for outcome, tone in OUTCOMES.items()]

    def _said(self, run: PlayedRun) -> str:
        figures, part = run.figures, duration(self._course.width_s)
        return (
            f"By the moment at which they were wanted, {part} a bar; in all, {figures.done:,} of {figures.asked:,} "
            f"were done, and of {figures.unknown:,} the app could not tell."
        )

    def _requests(self) -> list[Chart]:
        sets = {name: self._requests_of(uses) for name, uses in self._quota.items()}
        sums = [sum(values) for lines in sets.values() for values in zip(*(one.points for one in lines), strict=True)]
        part = duration(self._course.width_s)
        return [
            self._chart(
                f"{name}: requests that reached the vendor",
                f"{len(self._runs[name].entries):,} requests, {part} a bar, {sum(use.over for use in uses):,} of them "
                "beyond the vendor's limit.",
                "requests",
                lines,
                stacked=True,
                top=max(sums),
            )
            for (name, lines), uses in zip(sets.items(), self._quota.values(), strict=True)
        ]

    def _requests_of(self, uses: Sequence[LimitUse]) -> list[ChartSeries]:
        within = self._course.counts(use.at_s for use in uses if not use.over)
        beyond = self._course.counts(use.at_s for use in uses if use.over)
        return [ChartSeries("within the limit", within, "first"), ChartSeries("beyond it", beyond, "bad")]

    def _use(self) -> Chart:
        lines = []
        for (name, uses), tone in zip(self._quota.items(), self._tones(), strict=True):
            highest = self._course.highest((use.at_s, 100 * use.share) for use in uses)
            lines.append(ChartSeries(name, [value or 0.0 for value in highest], tone))
        says = "The fullest moment of each part of the run: how much of the vendor's limit was in use."
        return self._chart("Quota in use", says, "%", lines, ceiling=ChartCeiling(100, "the vendor's limit"))

    def _latency(self, wanted: str) -> Chart:
        lines = []
        for (name, run), tones in zip(self._runs.items(), self._pairs_of_tones(), strict=True):
            done = [one for one in run.endings if one.outcome is ReportedOutcome.DONE]
            waits = [(one.intent.start_s, one.ended_s - one.intent.start_s) for one in done]
            lines += [
                ChartSeries(f"{name}, half within", self._course.percentiles(waits, 0.5), tones[0]),
                ChartSeries(f"{name}, 99 % within", self._course.percentiles(waits, 0.99), tones[1]),
            ]
        says = (
            f"How long {wanted} took, from the moment at which each was wanted, with every pause and retry in between."
        )
        return replace(self._chart("Time until done", says, "s", lines), powers=True)

    def _chart(
        self, title: str, says: str, unit: str, lines: Sequence[ChartSeries], *,
        stacked: bool = False, top: float | None = None, ceiling: ChartCeiling | None = None,
    ) -> CourseChart:  # fmt: skip
        bands: Sequence[ChartSpan] = self._bands
        return CourseChart(title, says, self._course.span_s, unit, lines, stacked, bands, ceiling, top)

    def _tones(self) -> Sequence[Tone]:
        return WAYS[-len(self._runs) :]

    def _pairs_of_tones(self) -> Sequence[tuple[Tone, Tone]]:
        pairs: Sequence[tuple[Tone, Tone]] = (("second", "bad"), ("first", "third"))
        return pairs[-len(self._runs) :]


def _second_effects(run: PlayedRun) -> list[float]:
    """The moments at which somebody was charged for the second time."""
    seen: set[str] = set()
    twice: dict[str, float] = {}
    for entry in run.entries:
        for effect in entry["effects"]:
            if effect["kind"] == EFFECT:
                if effect["intent"] in seen:
                    twice.setdefault(effect["intent"], entry["at"])
                seen.add(effect["intent"])
    return list(twice.values())
