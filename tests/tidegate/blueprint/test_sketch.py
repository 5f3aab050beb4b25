"""The sketch has the parts that the file asks for, as Mermaid and as a drawing."""

import re
from pathlib import Path
from xml.etree import ElementTree as ET

from tests.tidegate.blueprint.made import shipped, shop
from tidegate.blueprint.sketch import Sketch, SketchArrow, SketchNode, mermaid, sketch_of, svg
from tidegate.plan.plan import OperationPlan
from tidegate.vendor.vendor import Vendor


def test_parts_follow_from_the_file(tmp_path: Path) -> None:
    vendor, plans = shipped("warehouse")
    names = {node.name for node in sketch_of(vendor, [*plans.values()], adapter=True).nodes}
    assert {"adapter", "store", "outbox"} <= names
    vendor, plans = shop(tmp_path)
    names = {node.name for node in sketch_of(vendor, [*plans.values()], adapter=False).nodes}
    assert "sdk" in names
    assert "outbox" not in names
    assert "inbox" in {node.name for node in sketch_of(*_parts("stripe"), adapter=True).nodes}


def _parts(name: str) -> tuple[Vendor, list[OperationPlan]]:
    vendor, plans = shipped(name)
    return vendor, [*plans.values()]


def test_every_arrow_joins_two_parts() -> None:
    sketch = sketch_of(*_parts("stripe"), adapter=True)
    names = {node.name for node in sketch.nodes}
    assert all({arrow.begin, arrow.end} <= names for arrow in sketch.arrows)
    lines = mermaid(sketch).splitlines()
    assert lines[:2] == ["```mermaid", "flowchart LR"]
    assert len(lines) == 3 + len(sketch.nodes) + len(sketch.arrows)


def test_the_drawing_is_sound_and_its_texts_are_text() -> None:
    odd = Sketch([SketchNode("a", '<b>"x" | y', 0, 0), SketchNode("b", "w" * 80, 1, 1)], [SketchArrow("a", "b", "<i>")])
    drawing = ET.fromstring(svg(odd))
    assert len(drawing.findall("rect")) == 2
    assert "&lt;b&gt;" in svg(odd)
    assert re.search(r'a\["<b>\'x\' / y"\]', mermaid(odd))


def test_no_two_parts_stand_in_one_place() -> None:
    for name in ("stripe", "warehouse", "openai"):
        sketch = sketch_of(*_parts(name), adapter=True)
        places = [(node.column, node.row) for node in sketch.nodes]
        assert len(places) == len(set(places)), name
