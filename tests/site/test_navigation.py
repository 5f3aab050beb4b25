"""The navigation follows from the pages of the sections, and takes in pages that they do not have."""

import tomllib
from pathlib import Path

from tests.site.navigation import named, navigation, unnamed, with_navigation
from tests.site.source import ROOT, site_pages

CONFIG = 'docs_dir = "pages"\nnav = [\n  { "Home" = "index.md" },\n  { "How-to" = "how-to.md" },\n]\n'
PAGES = {
    "index.md": "# Home\n",
    "how-to.md": (
        "# How-to\n\n- [First](a.md): it.\n\n## Group\n\n- [Second](b.md)\n- [`x`](c/index.md)\n- [Gone](gone.md)\n"
    ),
    "a.md": "",
    "b.md": "",
    "c/index.md": "First [two](two.md#there), then:\n\n- [`One`](one.md): it.\n",
    "c/two.md": "",
    "c/one.md": "",
    "c/zero.md": "",
    "new.md": "",
}


def config() -> str:
    return f"[project]\n{CONFIG}"


def test_a_section_has_what_its_page_lists_in_groups_and_a_folder_by_its_index() -> None:
    assert navigation(config(), PAGES)[1] == {
        "How-to": [
            "how-to.md",
            {"First": "a.md"},
            {"Group": [{"Second": "b.md"}, {"x": ["c/index.md", "c/two.md", {"One": "c/one.md"}, "c/zero.md"]}]},
        ]
    }


def test_a_page_that_no_section_has_comes_last_and_is_named() -> None:
    nav = navigation(config(), PAGES)
    assert nav[-1] == {"More": ["new.md"]}
    assert unnamed(nav) == ["new.md"]
    assert set(named(nav)) == set(PAGES)


def test_the_navigation_is_written_where_the_other_one_stood() -> None:
    nav = navigation(config(), PAGES)
    read = tomllib.loads(with_navigation(config(), nav))["project"]
    assert read == {"docs_dir": "pages", "nav": nav}


def test_every_page_of_the_site_is_in_a_section() -> None:
    nav = navigation((ROOT / "zensical.toml").read_text(encoding="utf-8"), site_pages())
    assert unnamed(nav) == [], "list it on docs/tutorials.md, how-to.md, reference.md, explanation.md or project.md"
    assert len([*named(nav)]) == len({*named(nav)}), "a page stands in two sections"


def test_every_page_of_docs_is_on_the_site() -> None:
    """So a page in a new folder is not forgotten either."""
    pages = {Path(page).name for page in site_pages()}
    written = {file.name for file in (ROOT / "docs").rglob("*.md")} - {"README.md", "cli.md", "check.md"}
    moved = {"tidegate-yaml.md", "problems.md", "vendor-file.md"}
    assert sorted(written - pages - moved) == []
