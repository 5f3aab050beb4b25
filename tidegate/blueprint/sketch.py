"""The architecture as a sketch: which parts a call goes through, as a Mermaid flowchart, and as a drawing for HTML.

The same nodes and arrows make both. What stands in it follows from the vendor file.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from tidegate.plan.plan import OperationPlan
from tidegate.policy.deferral.defer import defers
from tidegate.vendor.vendor import Vendor

WIDTH, HEIGHT, COLUMN, ROW = 168, 44, 260, 90
TIP = (
    '<defs><marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" orient="auto">'
    '<path d="M0 0L8 4L0 8z"/></marker></defs>'
)


@dataclass(frozen=True, slots=True)
class SketchNode:
    """A part. `column` and `row` place it in the drawing."""

    name: str
    says: str
    column: int
    row: int


@dataclass(frozen=True, slots=True)
class SketchArrow:
    """What goes from one part to another."""

    begin: str
    end: str
    says: str = ""


@dataclass(frozen=True, slots=True)
class Sketch:
    """Parts and arrows."""

    nodes: Sequence[SketchNode]
    arrows: Sequence[SketchArrow]


def sketch_of(vendor: Vendor, plans: Sequence[OperationPlan], *, adapter: bool) -> Sketch:
    """The parts that this vendor's calls go through."""
    name = vendor.vendor
    nodes = [
        SketchNode("app", "apps", 0, 1),
        SketchNode("gate", "Tidegate: guards, retries, breaker, limits", 2, 1),
        SketchNode("vendor", name, 3, 1),
        SketchNode("secrets", f"secret {vendor.facts.auth.secret.source}", 3, 0),
        SketchNode("watch", "metrics, alerts, audit", 2, 0),
    ]
    way = "adapter" if adapter else "sdk"
    nodes.append(SketchNode(way, f"{name} adapter" if adapter else f"{name} SDK, base URL /{name}", 1, 1))
    arrows = [
        SketchArrow("app", way),
        SketchArrow(way, "gate", "app's token"),
        SketchArrow("gate", "vendor", "vendor's secret"),
        SketchArrow("secrets", "gate"),
        SketchArrow("gate", "watch"),
    ]
    if any(plan.idempotency != "safe" for plan in plans):
        nodes.append(SketchNode("store", "store: records of writes", 2, 2))
        arrows.append(SketchArrow("gate", "store", "before the first byte"))
    if any(defers(plan) and plan.defer.when != "never" for plan in plans):
        nodes.append(SketchNode("outbox", "outbox: writes for later", 3, 2))
        arrows += [SketchArrow("store", "outbox"), SketchArrow("outbox", "vendor", "when it is back")]
    if vendor.facts.webhooks is not None:
        nodes.append(SketchNode("inbox", "inbox: verified webhooks", 1, 0))
        arrows += [SketchArrow("vendor", "inbox", "webhooks"), SketchArrow("inbox", "app")]
    return Sketch(nodes, arrows)


def mermaid(sketch: Sketch) -> str:
    """The sketch for pages that draw Mermaid."""
    lines = ["```mermaid", "flowchart LR"]
    lines += [f'  {node.name}["{_label(node.says)}"]' for node in sketch.nodes]
    for arrow in sketch.arrows:
        says = f"|{_label(arrow.says)}|" if arrow.says else ""
        lines.append(f"  {arrow.begin} -->{says} {arrow.end}")
    return "\n".join([*lines, "```"])


def _label(text: str) -> str:
    return text.replace('"', "'").replace("|", "/")


def svg(sketch: Sketch) -> str:
    """The sketch as a drawing that needs no script."""
    places = {node.name: (20 + node.column * COLUMN, 20 + node.row * ROW) for node in sketch.nodes}
    width = max(x for x, _ in places.values()) + WIDTH + 20
    height = max(y for _, y in places.values()) + HEIGHT + 20
    parts = [
        f'<svg viewBox="0 0 {width} {height}" role="img" aria-label="architecture sketch" class="sketch">',
        TIP,
    ]
    parts += [_arrow(places[arrow.begin], places[arrow.end], arrow.says) for arrow in sketch.arrows]
    for node in sketch.nodes:
        x, y = places[node.name]
        lines = _two_lines(node.says)
        middle = y + HEIGHT / 2 + (4 if len(lines) == 1 else -3)
        parts.append(f'<rect x="{x}" y="{y}" width="{WIDTH}" height="{HEIGHT}" rx="6"/>')
        for number, line in enumerate(lines):
            parts.append(f'<text x="{x + WIDTH / 2:g}" y="{middle + number * 14:g}">{escape(line)}</text>')
    return "".join([*parts, "</svg>"])


def _two_lines(text: str) -> list[str]:
    if len(text) <= 26:
        return [text]
    cut = text.rfind(" ", 0, 26)
    cut = cut if cut > 0 else 26
    rest = text[cut:].strip()
    return [text[:cut], rest if len(rest) <= 27 else f"{rest[:26]}…"]


def _arrow(begin: tuple[int, int], end: tuple[int, int], says: str) -> str:
    (x1, y1), (x2, y2) = _edge(begin, end), _edge(end, begin)
    label = f'<text x="{(x1 + x2) / 2:g}" y="{(y1 + y2) / 2 - 5:g}" class="on">{escape(says)}</text>' if says else ""
    return f'<line x1="{x1:g}" y1="{y1:g}" x2="{x2:g}" y2="{y2:g}" marker-end="url(#tip)"/>{label}'


def _edge(of: tuple[int, int], towards: tuple[int, int]) -> tuple[float, float]:
    """The middle of the side of one box that faces another."""
    x, y = of
    if towards[0] != x:
        return (x + WIDTH if towards[0] > x else x), y + HEIGHT / 2
    return x + WIDTH / 2, (y + HEIGHT if towards[1] > y else y)
