"""The demo's report as a page: what was saved and what it cost, the full-length story, and the live one."""

from tidegate.chaos.play.live import written_story
from tidegate.chaos.report.demo_table import DemoResult
from tidegate.chaos.report.pages import figures_table, key_figures
from tidegate.chaos.report.report import duration
from tidegate.chaos.report.run_charts import RunCharts
from tidegate.report.report_page import ReportPage, ReportSection, ReportVerdict
from tidegate.scenario.scenario import Scenario
from tidegate.scenario.timeline import scenario_pieces
from tidegate.verdict import CaseVerdict


def demo_page(result: DemoResult, scenario: Scenario, live_s: float, command: str) -> ReportPage:
    """The page of `demo`. `live_s` is how long its live part lasted."""
    runs = {"naive": result.naive, "Tidegate": result.tidegate}
    story = Scenario.model_validate(written_story(live_s))
    columns = {**runs, "live": result.live}
    return ReportPage(
        "Demo: a payments vendor's bad day",
        ReportVerdict.of([CaseVerdict("demo", result.broken)]),
        head=result.last_words[0],
        lead=result.last_words[1:],
        figures=key_figures(result.naive.figures, result.tidegate.figures),
        sections=[
            ReportSection(
                f"At full length: {duration(scenario.seconds)} of virtual time, the same apps twice",
                ["Once straight to the vendor, once through Tidegate; faults, load and dice are the same."],
                RunCharts(scenario_pieces(scenario), scenario.seconds, runs).charts(),
            ),
            ReportSection(
                f"Live: {duration(live_s)} on real sockets",
                ["Apps, Tidegate and the simulated vendor as programs of their own, on this machine's clock."],
                RunCharts(scenario_pieces(story), live_s, {"Tidegate": result.live}).charts(),
            ),
            ReportSection("Figures", [], [], [figures_table({name: run.figures for name, run in columns.items()})]),
        ],
        facts=[("seed", f"{result.seed}"), ("scenario", scenario.name)],
        repeat=[command],
    )
