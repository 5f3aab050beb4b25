"""Names inside a file that references lead to: `$anchor`, `$dynamicAnchor`, `$id` (JSON Schema 2020-12, section 8.2).

A file is looked through once, as it stands, when the first such reference is met.
"""

from typing import Any

NODES_MAX = 5_000_000
"""So many values of a file are looked at."""


class Anchors:
    """The named schemas of each file, by the file's identity."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[Any, dict[str, Any]]] = {}

    def find(self, tree: Any, name: str) -> Any:
        """The schema of a file that has this anchor (`#name`) or this `$id`. Raises KeyError."""
        if id(tree) not in self._known:
            self._known[id(tree)] = (tree, _named(tree))
        return self._known[id(tree)][1][name]


def _named(tree: Any) -> dict[str, Any]:
    """The first of each name wins."""
    named: dict[str, Any] = {}
    todo, left = [tree], NODES_MAX
    while todo and left > 0:
        node = todo.pop()
        left -= 1
        if isinstance(node, dict):
            for keyword in ("$anchor", "$dynamicAnchor"):
                if isinstance(name := node.get(keyword), str):
                    named.setdefault(f"#{name}", node)
            if isinstance(name := node.get("$id"), str) and name:
                named.setdefault(name, node)
                named.setdefault(name.rstrip("#").rpartition("/")[2], node)  # as its neighbours write it
            todo += reversed(node.values())
        elif isinstance(node, list):
            todo += reversed(node)
    return named
