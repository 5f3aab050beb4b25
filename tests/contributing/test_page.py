"""A page of documentation by the page's recipe: one file and one line."""

from tests.contributing.recipe import blocks
from tests.site.navigation import navigation, unnamed
from tests.site.source import ROOT, site_pages

HEADING = "## Run it\n\n"


def test_a_page_is_one_file_and_one_line() -> None:
    page, line = blocks("page", "markdown")
    config = (ROOT / "zensical.toml").read_text(encoding="utf-8")
    with_the_file = {**site_pages(), "time-zones.md": page}
    assert unnamed(navigation(config, with_the_file)) == ["time-zones.md"]
    section = with_the_file["how-to.md"]
    assert HEADING in section
    with_the_line = {**with_the_file, "how-to.md": section.replace(HEADING, HEADING + line)}
    nav = navigation(config, with_the_line)
    assert unnamed(nav) == []
    assert "{'Know when a day ends': 'time-zones.md'}" in str(nav)
