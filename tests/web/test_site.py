"""The documentation site, opened from a disk in a browser: search finds, no page is too wide, nothing is fetched."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.site.run import build
from tests.web.watched_page import NARROW, WIDE, watched

pytestmark = pytest.mark.web
LARGE = (
    "reference/tidegate-yaml/keys.html",
    "reference/vendor-file/facts-auth.html",
    "reference/commands/index.html",
    "scenarios.html",
    "tidegate-or.html",
)
"""Pages with the widest tables."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("docs")
    assert build(folder) == []
    return folder / "site"


@pytest.fixture(params=["wide", "narrow"])
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A page that asks nobody for anything."""
    with watched(browser, viewport=WIDE if request.param == "wide" else NARROW) as page:
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        yield page
        assert [address for address in asked if not address.startswith(("file:", "data:", "blob:", "about:"))] == []


def test_search_finds_what_is_typed_and_leads_there(page: Page, site: Path) -> None:
    page.goto((site / "index.html").as_uri())
    page.keyboard.press("/")
    box = page.get_by_role("combobox")
    expect(box).to_be_visible()
    box.press_sequentially("dead letter")
    expect(box).to_have_value("dead letter")
    expect(page.get_by_role("option").first).to_contain_text("Dead letters")
    box.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Dead letters")


@pytest.mark.parametrize("name", LARGE)
def test_a_page_with_wide_tables_or_long_names_fits_the_window(page: Page, site: Path, name: str) -> None:
    page.goto((site / name).as_uri(), wait_until="domcontentloaded")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
