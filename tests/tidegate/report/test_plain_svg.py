"""Of pygal's tree only what is named comes on a page."""

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element, SubElement, fromstring

import pytest

from tidegate.report.plain_svg import COLOURS, plain


def tree() -> Element:
    root = Element("svg", {"viewBox": "0 0 10 10", "onload": "alert(1)"})
    SubElement(SubElement(root, "defs"), "script").text = "alert(1)"
    plot = SubElement(root, "g", {"class": "plot", "transform": "translate(1.23456, 2)"})
    SubElement(plot, "a", {"href": "https://example.com"})
    series = SubElement(plot, "g", {"class": "series serie-0"})
    SubElement(series, "rect", {"x": "1.2345", "height": "4", "onclick": "x", "style": "fill:red"})
    SubElement(series, "rect", {"x": "1", "height": "0.0"})
    SubElement(SubElement(root, "g", {"class": "plot overlay"}), "rect")
    return root


def test_what_is_not_named_is_left_out_and_numbers_are_short() -> None:
    root = fromstring(plain(tree(), ["bad"], [1], "n", ("t", "d")))
    assert [one.tag for one in root.iter()] == ["svg", "title", "desc", "g", "rect"]
    assert root[2].get("transform") == "translate(1.23456 2)"
    assert root[2][0].attrib == {"x": "1.2", "height": "4", "fill": COLOURS["bad"]}


def luminance(colour: str) -> float:
    """Of sRGB (WCAG 2.2, relative luminance)."""

    def linear() -> Iterator[float]:
        for part in re.findall("[0-9a-f]{2}", colour):
            value = int(part, 16) / 255
            yield value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4

    red, green, blue = linear()
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("page", ["#ffffff", "#14181d"])
def test_every_colour_can_be_seen_on_both_pages(page: str) -> None:
    """At least 3 to 1 (WCAG 2.2, 1.4.11)."""
    for colour in COLOURS.values():
        brighter, darker = sorted((luminance(page), luminance(colour)), reverse=True)
        assert (brighter + 0.05) / (darker + 0.05) >= 3, colour
