"""Which parts of two documents are the same, word for word, with all that they refer to: nothing of them is compared.

Two documents of one vendor are alike in nearly everything, so this is most of the work. A part is the same where it
reads the same, and where each reference in it, and in what that leads to, leads to what reads the same.
"""

from collections import defaultdict
from typing import Any

from tidegate.openapi.document import Document, DocumentError


class Unchanged:
    """The common parts of two documents."""

    def __init__(self, old: Document, new: Document) -> None:
        self._old, self._new = old, new
        self._references: dict[int, tuple[Any, frozenset[str]]] = {}
        self._comparable = old.siblings_count == new.siblings_count and old.swagger2 == new.swagger2
        self._changed = self._find_changed() if self._comparable else frozenset()

    def is_same(self, old: Any, new: Any) -> bool:
        """Whether a part of the old document and one of the new are the same, references and all."""
        return self._comparable and old == new and not self.references(old) & self._changed

    def reads_same(self, old: Any, new: Any) -> bool:
        """The same of two parts that stand for themselves, whatever their documents have for other parts."""
        return bool(old == new) and not self.references(old) & self._changed

    def references(self, node: Any) -> frozenset[str]:
        """Every reference that stands in a node."""
        known = self._references.get(id(node))
        if known is None:
            known = self._references[id(node)] = (node, _references(node))
        return known[1]

    def _find_changed(self) -> frozenset[str]:
        """The references that lead, in the end, to something that is not the same."""
        above: dict[str, set[str]] = defaultdict(set)
        todo = [*self.references(self._old.root)]
        seen, changed = {*todo}, set[str]()
        while todo:
            reference = todo.pop()
            try:
                before, after = self._old.resolve(reference), self._new.resolve(reference)
            except DocumentError:
                changed.add(reference)
                continue
            if before != after:
                changed.add(reference)
                continue
            for inner in self.references(before):
                above[inner].add(reference)
                if inner not in seen:
                    seen.add(inner)
                    todo.append(inner)
        waiting = [*changed]
        while waiting:
            for outer in above[waiting.pop()] - changed:
                changed.add(outer)
                waiting.append(outer)
        return frozenset(changed)


def _references(node: Any) -> frozenset[str]:
    found: set[str] = set()
    todo = [node]
    while todo:
        here = todo.pop()
        if isinstance(here, dict):
            for key, value in here.items():
                if value.__class__ is dict or value.__class__ is list:
                    todo.append(value)
                elif key == "$ref" and isinstance(value, str):
                    found.add(value)
        elif isinstance(here, list):
            todo += here
    return frozenset(found)
