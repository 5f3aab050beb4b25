"""The reports of chaos as pages: the verdict, the pictures, and the command that repeats it."""

from tests.chaos.report.played_runs import NAIVE, SECONDS, STORY, TIDEGATE
from tests.chaos.report.test_report import BAD, GOOD
from tests.tidegate.report.page_reading import ReadPage
from tidegate.chaos.play.cast.vendor_run import VendorRun
from tidegate.chaos.play.trial_verdict import TrialVerdict
from tidegate.chaos.report.pages import outage_page, run_page, search_page
from tidegate.chaos.report.report import JudgedScenario
from tidegate.chaos.report.vendor_table import JudgedVendors
from tidegate.chaos.search.recovery import OutageCourse, Recovery
from tidegate.chaos.search.search import Failure, SearchResult
from tidegate.report.page import page
from tidegate.report.report_page import ReportPage
from tidegate.scenario.timeline import scenario_pieces


def read(report: ReportPage) -> ReadPage:
    return ReadPage(page(report))


def test_a_scenario_has_its_pictures_its_figures_and_its_seed() -> None:
    runs = {"naive": NAIVE, "Tidegate": TIDEGATE}
    result = JudgedScenario("small", SECONDS, 7, BAD, GOOD, (), scenario_pieces(STORY), runs)
    shown = read(run_page([result], "tidegate chaos run small --seed 7"))
    for words in ("Held", "small: 1 min of virtual time, seed 7", "outage: mode refuse", "paid more than once"):
        assert words in shown.text
    assert shown.texts[-1] != "" or shown.texts
    assert shown.tags.count("figure") == 8


def test_a_scenario_that_could_not_be_played_says_why() -> None:
    shown = read(run_page([JudgedScenario("x", 60, 1, None, None, ["nobody plays that"])], "c"))
    assert shown.text.count("nobody plays that") == 2
    assert "Inconclusive" in shown.text


def test_a_search_shows_each_failure_with_its_pieces() -> None:
    verdicts = [TrialVerdict(seed, (), 630.0, 10, 12) for seed in range(3, 9)]
    failure = Failure(4, 10.0, ("late: by 3 s",), (0,), ({"kind": "outage", "from": "1m", "for": "2m"},), small=True)
    shown = read(search_page(SearchResult(verdicts, [failure], 1.0, 2.0), "tidegate chaos search"))
    for words in ("Broken", "late: by 3 s", "outage", "tidegate chaos replay 4 --minutes 10 --keep 0", "seeds 3 to 8"):
        assert words in shown.text
    assert "Held" in read(search_page(SearchResult(verdicts, [], 1.0, 2.0), "c")).text
    assert read(search_page(SearchResult([], [], 0.0, 0.0), "c")).tags.count("figure") == 1


def test_outages_are_measured_beside_each_other() -> None:
    course = OutageCourse(40.0, (10.0, 20.0), (5.0, 0.0, 5.0, 5.0), (0.0, 5.0, 0.0, 0.0), (5.0, 1.0, 6.0, 5.0))
    calm = Recovery(5, "refuse", 50.0, 49.0, 3, 4, 1, 30, 60, (), course)
    slow = Recovery(6, "reset", 50.0, 10.0, 3, 4, 1, 30, 60, ("recovery: too slow",), course)
    shown = read(outage_page([calm, slow], "tidegate chaos outage"))
    assert shown.tags.count("figure") == 4 + 2, "the one that broke something is shown alone"
    assert read(outage_page([calm, calm], "c")).tags.count("figure") == 4 + 2
    for words in ("seed 6: recovery: too slow", "20%", "Retries in the worst 10 seconds", "tidegate chaos outage"):
        assert words in shown.text
    assert read(outage_page([], "c")).tags.count("figure") == 4


def test_somebodys_own_vendors_have_a_section_each_without_double_charges() -> None:
    run = VendorRun({"kiosk": GOOD}, {"kiosk": GOOD}, (), (), {"kiosk": {"naive": NAIVE, "Tidegate": TIDEGATE}})
    result = JudgedVendors("bad day", SECONDS, 7, ["kiosk"], run, pieces=scenario_pieces(STORY))
    made = run_page([result], "tidegate chaos run --vendor kiosk")
    [section] = made.sections
    assert section.title.endswith("seed 7, kiosk")
    titles = {chart.title for chart in section.charts}
    assert {"Time until done", "Quota in use"} <= titles
    assert not any("charge" in title for title in titles)
    assert "done more than once" in page(made)
    [empty] = run_page([JudgedVendors("bad day", SECONDS, 7, ["kiosk"], None, ["no such"])], "again").sections
    assert list(empty.says) == ["no such"]
