"""The benchmark as a page: every row with its figures, and the ratio."""

from tests.tidegate.report.page_reading import ReadPage
from tidegate.loadtests.bench.bench_page import bench_page
from tidegate.loadtests.bench.figures import BARE_UVLOOP, TIDEGATE_GET, Row
from tidegate.report.page import page

ROWS = [
    Row(TIDEGATE_GET, 100, 61.2, (60.0, 63.0), 0.97, 16_000, 70.0, 140.0),
    Row(BARE_UVLOOP, 100, 102.0, (99.0, 104.0), 0.99, 9_800),
]


def test_every_row_is_on_the_page_and_the_ratio() -> None:
    shown = ReadPage(page(bench_page(ROWS, 15, "tidegate bench")))
    for words in (
        f"{TIDEGATE_GET} costs 0.60 times {BARE_UVLOOP}", f"{TIDEGATE_GET}: 61.2, 60.0 to 63.0", f"{BARE_UVLOOP}: 102",
        "16,000", "half within 70", "tidegate bench",
    ):  # fmt: skip
        assert words in shown.text
    assert shown.tags.count("figure") == 2
