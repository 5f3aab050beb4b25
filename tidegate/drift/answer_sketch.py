"""The fields of one operation's answers with one status, each with its sketch. Bounded in fields, items and depth.

A field is known by its JSON Pointer with `*` for each item of a list. An answer that was seen just now, word for word,
or that is about an object that was, says nothing new: apps ask after one object again and again.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from tidegate.drift.field_sketch import FieldChange, FieldSketch
from tidegate.drift.value_shape import number_of, shape_of

VALUES_MAX = 500
"""So many values of an answer are looked at."""
ITEMS_MAX = 10
"""So many items of a list are looked at."""
ORDERED_MAX = 50
"""So many items of a list are looked at for their order."""
SORTED_BY_MAX = 12
"""By so many members of its items a list may be in order."""
DEPTH_MAX = 12
MEMBERS_MAX = 200
"""An object with more members has names of its own, like ids, for them; they are one field."""
RECENT = 64
"""So many answers are known again."""
OBJECTS_RECENT = 8
"""An object that so few answers ago was looked at is not looked at again."""


@dataclass(frozen=True, slots=True)
class SketchedChange:
    """What has changed about a field."""

    pointer: str
    change: FieldChange


@dataclass(slots=True)
class AnswerSketch:
    """See the module. `room` says whether there is room for one more field, and takes it."""

    room: Callable[[], bool]
    personal: frozenset[str] = frozenset()
    """Names of members whose values are not kept, not even as words."""
    answers: int = 0
    repeats: int = 0
    unkept: int = 0
    """Fields for which there was no room."""
    fields: dict[str, FieldSketch] = field(default_factory=dict)
    _members: dict[str, dict[str, FieldSketch]] = field(default_factory=dict)
    _objects: dict[str, tuple[int, int]] = field(default_factory=dict)
    """Pointer of an object → answers with it, and the last of them."""
    _recent: deque[int] = field(default_factory=lambda: deque(maxlen=RECENT))
    _about: deque[int] = field(default_factory=lambda: deque(maxlen=OBJECTS_RECENT))
    _left: int = 0

    def add(self, document: Any, *, digest: int, about: int = 0) -> list[SketchedChange]:
        """Look at an answer: its JSON, a hash of its bytes, and one of the object that was asked for, 0 for none."""
        if digest in self._recent or (about and about in self._about):
            self.repeats += 1
            return []
        self._recent.append(digest)
        self._about.append(about)
        self.answers += 1
        self._left = VALUES_MAX
        touched: dict[str, FieldSketch] = {}
        self._walk(document, "", 0, touched)
        return [*self._judge(touched)]

    def _judge(self, touched: Mapping[str, FieldSketch]) -> Iterator[SketchedChange]:
        for pointer, sketch in touched.items():
            if sketch.is_due():
                change = sketch.turn()
                if change is not None:
                    yield SketchedChange(pointer, change)

    def _walk(self, value: Any, pointer: str, depth: int, touched: dict[str, FieldSketch]) -> None:
        if isinstance(value, dict):
            self._walk_object(value, pointer, depth, touched)
        elif isinstance(value, list):
            self._walk_list(value, pointer, depth, touched)

    def _walk_object(self, value: dict[str, Any], pointer: str, depth: int, touched: dict[str, FieldSketch]) -> None:
        if depth > DEPTH_MAX:
            return
        known, number = self._members.setdefault(pointer, {}), self.answers
        before, last = self._objects.get(pointer, (0, -1))
        self._objects[pointer] = (before + (last != number), number)
        nameless = len(value) > MEMBERS_MAX or len(known) > MEMBERS_MAX
        for name, inner in value.items():
            self._left -= 1
            if self._left <= 0:
                return
            step = "*" if nameless else name
            sketch = known.get(step)
            if sketch is None:
                sketch = self._field(pointer, step, known, before)
                if sketch is None:
                    continue
            at = f"{pointer}/{step.replace('~', '~0').replace('/', '~1')}"
            sketch.add(inner, number)
            touched[at] = sketch
            if inner.__class__ is list:
                sketch.add_list(len(inner), number)
            if inner.__class__ is dict or inner.__class__ is list:
                self._walk(inner, at, depth + 1, touched)
        if not nameless and len(known) > len(value):
            for name in known.keys() - value.keys():
                known[name].absent(number)
                touched[f"{pointer}/{name.replace('~', '~0').replace('/', '~1')}"] = known[name]

    def _walk_list(self, value: list[Any], pointer: str, depth: int, touched: dict[str, FieldSketch]) -> None:
        below = f"{pointer}/*"
        for item in value[:ITEMS_MAX]:
            if self._left <= 0:
                return
            if item.__class__ is dict or item.__class__ is list:
                self._walk(item, below, depth + 1, touched)
                continue
            self._left -= 1
            known = self._members.setdefault(f"{pointer}/", {})
            sketch = known.get("*") or self._field(pointer, "*", known, 0)
            if sketch is not None:
                sketch.add(item, self.answers)
                touched[below] = sketch
        for name, direction in orders(value[:ORDERED_MAX]):
            known = self._members.setdefault(f"{pointer} order", {})
            sketch = known.get(name) or self._field(f"{pointer} by ", name, known, 0)
            if sketch is not None:
                sketch.add_order(direction, self.answers)
                touched[f"{pointer} by {name}"] = sketch

    def _field(self, pointer: str, step: str, known: dict[str, FieldSketch], before: int) -> FieldSketch | None:
        if not self.room():
            self.unkept += 1
            return None
        sketch = known[step] = self.fields[f"{pointer}/{step}"] = FieldSketch(personal=step in self.personal)
        sketch.absent_before(before)
        return sketch


def orders(items: Iterable[Any]) -> Iterator[tuple[str, str]]:
    """The members by which a list of objects may be in order, and in which: `up`, `down` or `in no order`.

    Of numbers and of dates; members that are equal in all items say nothing, and of two items neither.
    """
    objects = [item for item in items if isinstance(item, dict)]
    if len(objects) < 3:
        return
    for name in [*objects[0]][:SORTED_BY_MAX]:
        values = [_rank(item.get(name)) for item in objects]
        if any(value is None for value in values) or len({type(value) for value in values}) > 1:
            continue
        pairs = [*pairwise(values)]
        up, down = (sum(test(one, other) for one, other in pairs) for test in (_is_below, _is_above))
        if up or down:
            yield name, "up" if not down else "down" if not up else "in no order"


def _rank(value: Any) -> float | str | None:
    if isinstance(value, str) and shape_of(value).startswith("date"):
        return value
    return number_of(value) if not isinstance(value, str) else None


def _is_below(one: Any, other: Any) -> bool:
    return bool(one < other)


def _is_above(one: Any, other: Any) -> bool:
    return bool(one > other)
