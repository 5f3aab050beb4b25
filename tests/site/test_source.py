"""The source of the site: links hold there, pages are where they belong, pictures come along."""

import re
from pathlib import Path

from tests.site.source import site_pages, write_source


def test_links_lead_to_where_pages_are_on_the_site() -> None:
    pages = site_pages()
    assert "](reference/problems/index.md#misdirected--421)" not in pages["reference/tidegate-yaml/index.md"]
    assert "](../problems/index.md#misdirected--421)" in pages["reference/tidegate-yaml/index.md"]
    assert "](reference/vendor-file/facts-auth.md#factsauth)" in pages["credentials.md"]
    assert "](project/architecture.md)" in pages["explanation.md"]
    assert "](decisions/index.md)" in pages["explanation.md"]


def test_bars_in_code_in_tables_are_bars_and_blocks_of_code_are_left_alone() -> None:
    check = site_pages()["reference/commands/check.md"]
    assert "| `--format <text|json|github|junit>` |" in check
    recipe = site_pages()["contributing/page.md"]
    assert "[the vendor file](vendor-file.md)" in recipe


def test_a_link_to_what_is_not_on_the_site_is_plain_words() -> None:
    pages = site_pages()
    links = [link for text in pages.values() for link in re.findall(r"\]\(([^()\s]+)\)", text)]
    assert [link for link in links if link.endswith((".py", ".toml", "LICENSE"))] == []
    assert links


def test_each_command_of_the_table_leads_to_its_options() -> None:
    assert "| [`tidegate outbox list`](outbox.md#tidegate-outbox-list) |" in site_pages()["reference/commands/index.md"]


def test_every_page_begins_with_its_title_and_says_what_it_is_for() -> None:
    for page, text in site_pages().items():
        assert text.startswith("# "), page
        if page.startswith("decisions/"):
            continue
        first = text.partition("\n")[2].strip()
        assert first, page
        assert not first.startswith(("#", "|", "```")), f"{page} begins without a word of introduction"


def test_no_page_of_docs_is_a_dead_end() -> None:
    for_users = [page for page in site_pages() if not page.startswith(("decisions/", "contributing/", "project/"))]
    assert [page for page in for_users if not re.search(r"\]\([^)#:\s]+\.md", site_pages()[page])] == []


def test_the_source_is_written_whole_and_replaces_what_was_there(tmp_path: Path) -> None:
    folder = tmp_path / "docs"
    (folder / "pages").mkdir(parents=True)
    (folder / "pages" / "old.md").write_text("# Old")
    write_source(folder)
    assert not (folder / "pages" / "old.md").exists()
    assert {"index.md", "scripts", "how-to.md"} <= {entry.name for entry in (folder / "pages").iterdir()}
    assert "tutorials.md" in (folder / "zensical.toml").read_text()
