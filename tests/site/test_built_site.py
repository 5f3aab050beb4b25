"""A planted flaw of each kind is found; a sound site has none."""

from pathlib import Path

import pytest

from tests.site.built_site import flaws


def site(folder: Path, body: str, css: str = "") -> Path:
    (folder / "index.html").write_text(f'<link rel="stylesheet" href="look.css"><h1 id="top">T</h1>{body}')
    (folder / "other.html").write_text('<h2 id="here">H</h2>')
    (folder / "look.css").write_text(css)
    return folder


def test_a_sound_site_has_no_flaw(tmp_path: Path) -> None:
    body = '<a href="other.html#here">o</a> <a href="#top">t</a> <a href="https://a.com">e</a> <pre>[a](b) \\|</pre>'
    assert flaws(site(tmp_path, body)) == []


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ('<a href="gone.html">g</a>', "links to gone.html, which is not there"),
        ('<a href="other.html#gone">g</a>', "links to other.html#gone, where there is no such anchor"),
        ('<a href="#gone">g</a>', "links to #gone, where there is no such anchor"),
        ('<script src="https://cdn.example.com/x.js"></script>', "fetches https://cdn.example.com/x.js"),
        ('<img src="//cdn.example.com/x.png">', "fetches //cdn.example.com/x.png"),
        ('<img src="gone.png">', "misses gone.png"),
        ("<p>Do:\n- one\n- two</p>", "shows Markdown as it is written"),
        ("<p>| `a` | b |\n| --- | --- |</p>", "shows Markdown as it is written"),
        ("<p>see [page](page.md)</p>", "shows Markdown as it is written"),
        ("<td><code>a\\|b</code></td>", "shows Markdown as it is written"),
    ],
)
def test_a_flaw_is_found(tmp_path: Path, body: str, found: str) -> None:
    [flaw] = flaws(site(tmp_path, body))
    assert flaw.startswith(f"index.html: {found}")


def test_a_style_sheet_that_asks_elsewhere_is_a_flaw(tmp_path: Path) -> None:
    assert flaws(site(tmp_path, "", "@font-face {src: url('https://fonts.example.com/a')}"))


def test_no_page_at_all_is_a_flaw(tmp_path: Path) -> None:
    assert flaws(tmp_path) == ["there are no pages"]
