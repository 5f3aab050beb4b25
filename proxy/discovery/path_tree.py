"""The paths that were seen at one host, as a tree of their segments: bounded, whatever apps send.

An id, known by its shape, takes the place `{}` at once, with what stands behind it (`{}.json`). Digits and dates keep
their text while they are few: a version is one value, an id is many. Words keep theirs, until there are too many at one
place: then those that came once go into `{}` together. What a word at a place means is judged when somebody asks
(tidegate.proxy.discovery.path_templates).
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from tidegate.proxy.discovery.operation_record import OperationRecord
from tidegate.proxy.discovery.segment_shape import shape_of
from tidegate.proxy.discovery.sighting import Sighting

NODES_MAX = 4096
"""Segments of one host's tree; a path that needs more is counted and not kept."""
WORDS_MAX = 512
"""Words at one place."""
SOFT_MAX = 4
"""Different digits, or dates, at one place that are still versions perhaps."""
DEPTH_MAX = 24
METHODS_MAX = 16
ANY = "{}"
"""The place of an id."""


@dataclass(slots=True)
class PathNode:
    """One place. `children` are by segment, `{}` and what stands behind it for ids."""

    children: dict[str, "PathNode"] = field(default_factory=dict)
    operations: dict[str, OperationRecord] = field(default_factory=dict)
    """By method, where paths end here."""
    calls: int = 0
    """Of paths that lead here or through here."""
    soft: dict[str, None] = field(default_factory=dict)
    """The children that are digits or dates."""
    kinds: dict[str, None] = field(default_factory=dict)
    """The shapes of the ids that stood here."""

    def take(self, other: "PathNode") -> int:
        """Join another node into this one. Returns how many nodes there are fewer."""
        gone = 1
        self.calls += other.calls
        self.kinds |= other.kinds
        for method, record in other.operations.items():
            if method in self.operations:
                self.operations[method].join(record)
            elif len(self.operations) < METHODS_MAX:
                self.operations[method] = record
        for segment, child in other.children.items():
            mine = self.children.get(segment)
            if mine is None:
                self.children[segment] = child
            else:
                gone += mine.take(child)
        self.soft |= other.soft
        return gone


class PathTree:
    """See the module. One for each host; `room` says how many segments there may be more of in all trees together."""

    def __init__(self, room: Callable[[], int] = lambda: NODES_MAX) -> None:
        self.root = PathNode()
        self._room = room
        self.nodes = 1
        self.unkept = 0
        """Calls whose path was not kept, for want of room."""

    def record_of(self, seen: Sighting) -> OperationRecord | None:
        """The record that a call is counted in; None where there is no room for its path."""
        segments = [segment for segment in seen.path.split("/") if segment][: DEPTH_MAX + 1]
        here: PathNode | None = self.root if len(segments) <= DEPTH_MAX else None
        for segment in segments:
            if here is not None:
                here.calls += 1
                here = self._child(here, segment)
        if here is None:
            self.unkept += 1
            return None
        here.calls += 1
        record = here.operations.get(seen.method)
        if record is None and len(here.operations) < METHODS_MAX:
            record = here.operations[seen.method] = OperationRecord()
        self.unkept += record is None
        return record

    def _child(self, node: PathNode, segment: str) -> PathNode | None:
        shape = shape_of(segment)
        if shape.kind == "id":
            return self._made(node, ANY + shape.ending, shape.kind_of_id)
        known = node.children.get(segment)
        if known is not None:
            return known
        if shape.kind == "soft":
            if ANY + shape.ending in node.children and not node.soft:
                return self._made(node, ANY + shape.ending, shape.kind_of_id)
            node.soft[segment] = None
            made = self._made(node, segment, "")
            if len(node.soft) > SOFT_MAX:
                self._harden(node)
                return self._made(node, ANY + shape.ending, shape.kind_of_id)
            return made
        if len(node.children) >= WORDS_MAX:
            self._fold(node)
            return node.children.get(segment) or self._made(node, ANY, "word")
        return self._made(node, segment, "")

    def _made(self, node: PathNode, name: str, kind: str) -> PathNode | None:
        child = node.children.get(name)
        if child is None:
            if self.nodes >= NODES_MAX or self._room() <= 0:
                return None
            child = node.children[name] = PathNode()
            self.nodes += 1
        if kind:
            child.kinds[kind] = None
        return child

    def _harden(self, node: PathNode) -> None:
        """Too many digits or dates stand here for versions: they are ids."""
        for segment in [*node.soft]:
            shape = shape_of(segment)
            self.nodes -= join(node, segment, ANY + shape.ending, shape.kind_of_id)
        node.soft.clear()

    def _fold(self, node: PathNode) -> None:
        """Too many words stand here: those that came least often are ids."""
        words = [name for name in node.children if not name.startswith(ANY)]
        words.sort(key=lambda name: node.children[name].calls)
        for name in words[: WORDS_MAX // 2]:
            self.nodes -= join(node, name, ANY, "word")


def join(node: PathNode, segment: str, into: str, kind: str) -> int:
    """Join one child of a node into another, which is made where it is not there. Returns how many nodes are gone."""
    child = node.children.pop(segment)
    target = node.children.get(into)
    node.soft.pop(segment, None)
    if target is None:
        node.children[into] = child
        child.kinds[kind] = None
        return 0
    target.kinds[kind] = None
    return target.take(child)
