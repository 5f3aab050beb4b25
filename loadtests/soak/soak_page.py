"""The report of a soak as a page: its calls, what was held before and after, and how the promises did."""

from collections.abc import Callable, Mapping, Sequence

from tidegate.loadtests.burst_page import promises_table
from tidegate.loadtests.soak.resources import HeldResources
from tidegate.loadtests.soak.soak_course import SoakCourse
from tidegate.loadtests.soak.soak_verdict import SoakVerdict
from tidegate.report.charts import Chart, ChartRow, ChartSeries, ChartSpan, CourseChart, RowChart, Tone
from tidegate.report.course import Course
from tidegate.report.numerals import duration
from tidegate.report.report_page import KeyFigure, ReportPage, ReportSection, ReportTable, ReportVerdict

MIB = 2**20


def soak_page(verdict: SoakVerdict, command: str) -> ReportPage:
    """The page of `load soak`."""
    name = f"{verdict.vendor}: ordinary traffic for long"
    calls = sum(one.calls for one in verdict.stretches.values())
    failures = sum(one.failures for one in verdict.stretches.values())
    return ReportPage(
        f"Soak: {name}",
        ReportVerdict.of([verdict.case(name)]),
        figures=[
            KeyFigure("calls", f"{calls:,}", f"in {duration(verdict.seconds)}"),
            KeyFigure("failed", f"{failures:,}", "not answered as they should be", "bad" if failures else "good"),
            *_grown(verdict),
        ],
        sections=[
            *(
                [ReportSection("The course of it", [], soak_charts(verdict.course))]
                if verdict.course is not None
                else []
            ),
            ReportSection("The calls", [], [_calls(verdict)], _failures(verdict)),
            ReportSection("What was held, before and after", [], _held(verdict)),
            ReportSection("The promises", [], [], [promises_table(verdict)]),
        ],
        repeat=[command],
    )


def soak_charts(course: SoakCourse) -> list[Chart]:
    """How the run went: calls, their times, and what was held."""
    ends = [until for _, until in course.stretches.values()]
    parts = Course.of(max([*ends, *(at_s for at_s, _ in course.looks)], default=1.0))
    bands = [ChartSpan(begin, until, name) for name, (begin, until) in course.stretches.items() if name == "at once"]
    counts = parts.counts(at_s for at_s, _ in course.calls)
    made: list[Chart] = [
        CourseChart(
            "Calls", f"{len(course.calls):,} calls, {duration(parts.width_s)} a bar.", parts.span_s, "calls",
            [ChartSeries("calls", counts, "first")], stacked=True, bands=bands,
        ),
        CourseChart(
            "Time until the answer began", "Of ordinary traffic, as an app sees it.", parts.span_s, "s",
            [ChartSeries("half within", parts.percentiles(course.calls, 0.5), "first"),
             ChartSeries("99 % within", parts.percentiles(course.calls, 0.99), "second")],
            bands=bands, powers=True,
        ),
    ]  # fmt: skip
    return made + (_looks(course, parts, bands) if course.looks else [])


def _looks(course: SoakCourse, parts: Course, bands: Sequence[ChartSpan]) -> list[Chart]:
    def line(name: str, read: Callable[[HeldResources], float], tone: Tone) -> ChartSeries:
        return ChartSeries(name, parts.carried((at_s, read(one)) for at_s, one in course.looks), tone)

    return [
        CourseChart(
            "Memory", "What is resident, looked at about once a second.", parts.span_s, "MiB",
            [line("proxy", lambda one: one.memory_bytes / MIB, "first"),
             line("simulated vendor", lambda one: one.vendor_memory_bytes / MIB, "second")], bands=bands,
        ),
        CourseChart(
            "Held by the proxy", "Connections to the vendor, tasks and open files.", parts.span_s, "",
            [line("connections", lambda one: one.connections, "first"), line("tasks", lambda one: one.tasks, "second"),
             line("descriptors", lambda one: one.descriptors, "third")], bands=bands,
        ),
    ]  # fmt: skip


def _grown(verdict: SoakVerdict) -> list[KeyFigure]:
    """How the proxy's memory has grown; nothing at an address that was given, where nobody could look."""
    if verdict.before is None or verdict.after is None:
        return []
    grown = verdict.after.memory_bytes - verdict.before.memory_bytes
    return [KeyFigure("memory grown", f"{grown / MIB:.1f} MiB", "of the proxy, since the warm-up")]


def _calls(verdict: SoakVerdict) -> Chart:
    rows = [ChartRow(name, one.calls, "first", f"{one.failures:,} failed") for name, one in verdict.stretches.items()]
    return RowChart("Calls of each stretch", "A warm-up, one after the other, many at once.", "calls", rows)


def _failures(verdict: SoakVerdict) -> list[ReportTable]:
    rows = [(name, example) for name, one in verdict.stretches.items() for example in one.examples]
    return [ReportTable("Examples of what failed", ("stretch", "what"), rows)] if rows else []


def _held(verdict: SoakVerdict) -> list[Chart]:
    if verdict.before is None or verdict.after is None:
        return []
    before, after = verdict.before.document(), verdict.after.document()
    memory = [name for name in before if name.endswith("_bytes")]
    counts = [name for name in before if name not in memory]
    return [
        RowChart("Counts", "Connections, tasks, threads and descriptors.", "", _pairs(counts, before, after, 1)),
        RowChart("Memory", "What is resident.", "MiB", _pairs(memory, before, after, MIB)),
    ]


def _pairs(names: Sequence[str], before: Mapping[str, int], after: Mapping[str, int], size: int) -> list[ChartRow]:
    sides: Sequence[tuple[str, Mapping[str, int], Tone]] = (("before", before, "quiet"), ("after", after, "first"))
    return [
        ChartRow(f"{name.removesuffix('_bytes').replace('_', ' ')} {when}", round(held[name] / size, 1), tone)
        for name in names
        for when, held, tone in sides
    ]  # fmt: skip
