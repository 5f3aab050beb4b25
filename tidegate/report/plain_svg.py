"""Makes of pygal's tree an SVG that stands in any page: no script, no style sheet, no address, no id but ours.

Only what is named here is copied. pygal writes its settings into a script and its looks into a style sheet, which a
page with a content security policy shows without (https://www.w3.org/TR/CSP3/); so looks become attributes.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

from tidegate.report.charts import Tone

COLOURS: Mapping[Tone, str] = {
    "good": "#2b9a55",
    "wait": "#d27a00",
    "bad": "#e03c3c",
    "first": "#3a7ff2",
    "second": "#a35fe0",
    "third": "#0f9ba8",
    "quiet": "#83888f",
}
"""Each has a contrast of 3 to 1 at least both on white and on the dark page (WCAG 2.2, 1.4.11)."""

_GEOMETRY = ("x", "y", "width", "height", "d", "transform")
_LEFT_OUT = frozenset({"titles", "overlay", "text-overlay", "tooltip-overlay", "legends", "background", "axis-line"})
_TAGS = frozenset({"g", "path", "rect", "text"})
_SMALLEST = 0.05
"""A bar that is lower than this cannot be seen."""


def plain(tree: Any, tones: Sequence[Tone], strokes: Sequence[float], name: str, alternative: tuple[str, str]) -> str:
    """The markup. `tones` and `strokes` (widths) are those of the series; `name` makes its ids its own.

    `alternative` is what a person who does not see it is told: a title, and a sentence.
    """
    _, _, width, height = tree.get("viewBox").split()
    root = Element("svg", {
        "viewBox": tree.get("viewBox"), "width": width, "height": height, "font-size": "13",
        "font-family": "system-ui, sans-serif", "role": "img", "aria-labelledby": f"{name}-t",
        "aria-describedby": f"{name}-d",
    })  # fmt: skip
    SubElement(root, "title", {"id": f"{name}-t"}).text = alternative[0]
    SubElement(root, "desc", {"id": f"{name}-d"}).text = alternative[1]
    _copy(tree, root, _Looks(tones, strokes))
    return tostring(root, encoding="unicode")


class _Looks:
    """The looks of elements by their classes, as pygal names these."""

    def __init__(self, tones: Sequence[Tone], strokes: Sequence[float]) -> None:
        self._tones = tones
        self._strokes = strokes

    def of(self, tag: str, classes: frozenset[str], parents: frozenset[str]) -> dict[str, str]:
        """The attributes of one element, given its own classes and those of all that it stands in."""
        series = next((int(word[6:]) for word in parents if word.startswith("serie-")), None)
        if tag == "text":
            end = "end" if "y" in parents and "axis" in parents else "middle" if "x" in parents else "start"
            return {"fill": "currentColor", "text-anchor": end}
        if "band" in classes:
            return {"fill": COLOURS["quiet"], "fill-opacity": "0.18"}
        if "ceiling" in classes:
            return {"stroke": COLOURS["bad"], "stroke-dasharray": "5 4", "stroke-width": "1.5", "fill": "none"}
        if series is not None and tag == "rect":
            return {"fill": COLOURS[self._tones[series]]}
        if series is not None and tag == "path":
            colour, width = COLOURS[self._tones[series]], self._strokes[series]
            return {"stroke": colour, "stroke-width": f"{width:g}", "fill": "none", "stroke-linejoin": "round"}
        return {"stroke": "currentColor", "stroke-opacity": "0.15", "fill": "none"} if tag == "path" else {}


def _copy(element: Any, into: Element, looks: _Looks, parents: frozenset[str] = frozenset()) -> None:
    """Copy what is below an element."""
    for child, tag, classes in _children(element):
        attributes = {name: _rounded(child.get(name)) for name in _GEOMETRY if child.get(name) is not None}
        if tag == "rect" and float(attributes.get("height", "1")) < _SMALLEST:
            continue
        if tag == "g":
            inner = SubElement(into, "g", attributes) if attributes else into
            _copy(child, inner, looks, parents | classes)
            if inner is not into and not len(inner):
                into.remove(inner)
            continue
        look = looks.of(tag, classes, parents)
        if look.get("stroke-width") == "0":
            continue
        drawn = SubElement(into, tag, attributes | look)
        if tag == "text":
            drawn.text = child.text


def _children(element: Any) -> Iterator[tuple[Any, str, frozenset[str]]]:
    """The children that are copied, each with its tag and classes."""
    for child in element:
        tag = child.tag.rpartition("}")[2] if isinstance(child.tag, str) else ""  # a comment's tag is a function
        classes = frozenset((child.get("class") or "").split())
        if tag in _TAGS and not classes & _LEFT_OUT:
            yield child, tag, classes


def _rounded(text: str) -> str:
    """A number, or a path or transform, with one digit behind each point."""
    words = text.replace(",", " ").split()
    return " ".join(_short(word) for word in words)


def _short(word: str) -> str:
    number = word.lstrip("MLhv")
    letters = word[: len(word) - len(number)]
    try:
        return f"{letters}{round(float(number), 1):g}"
    except ValueError:
        return word
