"""Reports in a real browser without a network: everything is there, wide and narrow, light and dark."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, ViewportSize

from tests.chaos.report.played_runs import NAIVE, STORY, TIDEGATE
from tests.contracts.test_verify_page import MISMATCH
from tests.loadtests.bench.test_bench_page import ROWS
from tests.loadtests.test_burst_verdict import RECORDS
from tests.loadtests.test_burst_verdict import verdict as burst_verdict
from tests.loadtests.test_load_charts import PLAYED
from tests.web.watched_page import NARROW, WIDE, violations, watched
from tidegate.chaos.report.demo_page import demo_page
from tidegate.chaos.report.demo_table import DemoResult
from tidegate.contracts.verify import Report
from tidegate.contracts.verify_page import verify_page
from tidegate.loadtests.bench.bench_page import bench_page
from tidegate.loadtests.burst_page import burst_page
from tidegate.report.page import page
from tidegate.report.report_page import ReportPage

pytestmark = pytest.mark.web

HOSTILE = "<img src=x onerror=alert(1)>" + "long" * 60


def reports() -> Iterator[tuple[str, ReportPage]]:
    yield "demo", demo_page(DemoResult(3, NAIVE, TIDEGATE, TIDEGATE), STORY, 20.0, "tidegate demo --seed 3")
    yield "burst", burst_page(burst_verdict(records=RECORDS[:3]), PLAYED, HOSTILE, f"tidegate load burst {HOSTILE}")
    yield "contracts", verify_page(Report(HOSTILE, 3, 3, (MISMATCH,), (HOSTILE,)), HOSTILE, "tidegate contracts verify")
    yield "bench", bench_page(ROWS, 15, "tidegate bench")


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("reports")
    for name, report in reports():
        (folder / f"{name}.html").write_text(page(report), encoding="utf-8")
    return {name: folder / f"{name}.html" for name, _ in reports()}


@pytest.mark.parametrize("name", ["demo", "burst", "contracts", "bench"])
@pytest.mark.parametrize(("size", "scheme"), [(WIDE, "dark"), (NARROW, "light")])
def test_a_report_shows_everything_without_a_network(
    browser: Browser, files: dict[str, Path], name: str, size: ViewportSize, scheme: Literal["light", "dark"]
) -> None:
    asked: list[str] = []
    with watched(browser, viewport=size, color_scheme=scheme, offline=True) as shown:
        shown.on("request", lambda request: asked.append(request.url))
        shown.goto(files[name].as_uri())
        charts = shown.locator("figure svg[role=img]")
        assert charts.count() > 0
        sizes = [one.bounding_box() for one in charts.all()]
        assert all(box is not None and box["width"] > 200 and box["height"] > 30 for box in sizes)
        assert shown.evaluate("document.documentElement.scrollWidth <= innerWidth"), "nothing sticks out"
        assert asked == [files[name].as_uri()]
        shown.evaluate("document.querySelectorAll('figure:nth-of-type(-n+3) details').forEach(one => one.open = true)")
        assert shown.evaluate("document.documentElement.scrollWidth <= innerWidth"), "nor do the tables"
        assert violations(shown) == []


def test_where_styles_are_forbidden_a_report_is_plain_and_whole(browser: Browser, files: dict[str, Path]) -> None:
    """As Jenkins shows pages that it keeps: its content security policy lets no style of the page's own through."""
    plain = re.sub("<style>.*?</style>", "", files["demo"].read_text(encoding="utf-8"), flags=re.DOTALL)
    with watched(browser, viewport=WIDE, offline=True) as shown:
        shown.set_content(plain)
        sizes = [(one.get_attribute("role"), one.bounding_box()) for one in shown.locator("svg").all()]
        assert {box["width"] for role, box in sizes if box is not None and role is None} == {12}
        assert {box["width"] for role, box in sizes if box is not None and role == "img"} == {480}
        colours = shown.locator("svg[role=img] rect").evaluate_all("all => all.map(one => getComputedStyle(one).fill)")
        assert len({*colours}) > 2


def test_the_figures_of_a_chart_open_by_keyboard(browser: Browser, files: dict[str, Path]) -> None:
    with watched(browser, viewport=WIDE, offline=True, java_script_enabled=False) as shown:
        shown.goto(files["demo"].as_uri())
        table = shown.locator("figure table").first
        assert not table.is_visible()
        shown.locator("figure summary").first.focus()
        shown.keyboard.press("Enter")
        assert table.is_visible()
