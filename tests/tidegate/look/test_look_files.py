"""Tests of tidegate.look.look_files."""

import re
from xml.etree import ElementTree as ET

from tidegate.look.look_files import LOOK, look_file


def test_every_file_is_there_and_asks_for_nothing_from_elsewhere() -> None:
    for name in LOOK:
        text = look_file(name).decode()
        assert not re.search(r"@import|url\(|https?://(?!www\.w3\.org/2000/svg)", text)


def test_the_mark_is_a_picture_without_script() -> None:
    assert {node.tag.rpartition("}")[2] for node in ET.fromstring(look_file("mark.svg")).iter()} == {
        "svg",
        "rect",
        "path",
    }


def test_every_colour_is_there_for_dark_and_for_light() -> None:
    text = look_file("look.css").decode()
    used = set(re.findall(r"var\((--[a-z-]+)\)", text))
    said = set(re.findall(r"^  (--[a-z-]+): light-dark\(", text, re.MULTILINE)) | {"--gap"}
    assert used <= said
