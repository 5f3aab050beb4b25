"""The pictures are there, are shown, and ask nobody for anything; the program that draws them can."""

import re
from xml.etree import ElementTree as ET

import pytest

from tests.site.pictures import ERRANDS, MADE, PICTURES, terminal_svg
from tests.site.source import ROOT
from tidegate.vendor.search_path import find_vendors

PICTURE_BYTES_MAX = 400_000
"""The README is to load quickly."""


@pytest.mark.parametrize("name", MADE)
def test_a_picture_is_committed_and_shown_on_the_readme(name: str) -> None:
    assert 1000 < (PICTURES / name).stat().st_size < PICTURE_BYTES_MAX
    assert f"](docs/pictures/{name})" in (ROOT / "README.md").read_text(encoding="utf-8")


def test_no_picture_is_there_that_nothing_draws() -> None:
    assert {file.name for file in PICTURES.iterdir()} == set(MADE)


def test_a_terminals_picture_has_the_words_in_colour_and_no_address() -> None:
    svg = terminal_svg("\x1b[?25l\x1b[1;32mheld\x1b[0m: every promise\n", "tidegate demo")
    words = "".join(ET.fromstring(svg).itertext()).replace("\N{NO-BREAK SPACE}", " ")
    assert "held" in words
    assert ": every promise" in words
    assert "tidegate demo" in words
    assert "[?25l" not in words
    assert re.findall(r"url\(|https?://(?!www\.w3\.org|www\.textualize\.io)", svg.replace("url(#", "")) == []


def test_the_demos_picture_shows_a_verdict_that_held() -> None:
    svg = (PICTURES / "demo.svg").read_text(encoding="utf-8")
    words = "".join(ET.fromstring(svg).itertext()).replace("\N{NO-BREAK SPACE}", " ")
    assert "every promise was kept" in words
    assert "@font-face" not in svg


def test_the_errands_are_of_vendors_that_ship_with_it() -> None:
    vendors = find_vendors(())
    for errand in ERRANDS:
        assert f"env:{errand.secret}" in vendors[errand.vendor].read_text(encoding="utf-8")
