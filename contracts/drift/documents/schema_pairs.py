"""Schemas of two documents, compared pair by pair: what differs on the level of each, and which pairs are inside it.

A graph and never a tree: two schemas are compared once, however many ways lead to them, so a document costs its length
(Stripe's has 10¹⁰ nodes as a tree, and schemas that hold themselves). Whether a difference is about a request or an
answer, and which operations it reaches, is known only from above: documents.document_comparison.
"""

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tidegate.contracts.drift.documents.alternatives import folded, matched
from tidegate.contracts.drift.documents.renames import renames
from tidegate.contracts.drift.documents.schema_aspects import Level, SchemaChange, level_changes, takes_null
from tidegate.contracts.drift.documents.unchanged import Unchanged
from tidegate.contracts.drift.documents.value_rules import rule_changes
from tidegate.contracts.drift.documents.wrappings import Wrapping, is_null, target, wrapping
from tidegate.openapi.document import Document

ITEMS, OTHERS, SAME = "*", "{}", ""
"""Steps into a list, into properties that have no name, and into an alternative, which is the value itself."""

PAIRS_MAX = 2_000_000
"""So many pairs are compared; GitHub's document has 11,000."""


@dataclass(slots=True, eq=False)
class SchemaPair:
    """Two schemas that stand at the same place. `steps` lead into them."""

    old: Any
    new: Any
    name: str
    """Of the schema, where the documents give it one."""
    changes: list[SchemaChange] = field(default_factory=list)
    steps: list[tuple[str, "SchemaPair"]] = field(default_factory=list)


class SchemaPairs:
    """The pairs of two documents. `pair` gives one, `settle` compares all that were given, and what is inside them."""

    def __init__(self, old: Document, new: Document) -> None:
        self.old, self.new = old, new
        self.unchanged = Unchanged(old, new)
        self.pairs: dict[tuple[int, int], SchemaPair] = {}
        self._todo: deque[SchemaPair] = deque()
        self.left_out = 0
        """Pairs that were not compared, for there were too many."""

    def pair(self, old: Any, new: Any) -> SchemaPair:
        """The pair of two schemas; nothing is compared before `settle`."""
        (old, old_name), (new, new_name) = target(self.old, old), target(self.new, new)
        key = (id(old), id(new))
        known = self.pairs.get(key)
        if known is None:
            known = self.pairs[key] = SchemaPair(old, new, old_name or new_name)
            if self.unchanged.is_same(old, new):
                return known
            if len(self.pairs) <= PAIRS_MAX:
                self._todo.append(known)
            else:
                self.left_out += 1
        return known

    def settle(self) -> None:
        """Compare everything that waits."""
        while self._todo:
            self._compare(self._todo.popleft())

    def _compare(self, pair: SchemaPair) -> None:
        wraps = wrapping(self.old, pair.old), wrapping(self.new, pair.new)
        if wraps[0] is not None or wraps[1] is not None:
            self._wrapped(pair, *wraps)
            return
        (old, old_choices, old_word), (new, new_choices, new_word) = self._levels(pair)
        if old_choices or new_choices:
            self._alternatives(
                pair, old_choices or [_without_null(pair.old, old)], new_choices or [_without_null(pair.new, new)],
                new_word or old_word,
            )  # fmt: skip
            if takes_null(old) != takes_null(new):
                pair.changes.append(SchemaChange(f"became-{'' if takes_null(new) else 'not-'}nullable"))
            if not (old_choices and new_choices):
                return
        pair.changes += level_changes(old, new)
        pair.changes += rule_changes(old, new, self.unchanged.reads_same)
        self._properties(pair, old, new)
        self._other_properties(pair, old, new)
        self._items(pair, old, new)

    def _levels(self, pair: SchemaPair) -> "list[tuple[Level, list[Any], str]]":
        """Both sides on one level, with their alternatives. Those that only list values or types are no others."""
        sides = [_unwrapped(self.old, pair.old), _unwrapped(self.new, pair.new)]
        plain = [folded(document, *side) for document, side in zip((self.old, self.new), sides, strict=True)]
        if all(choices for _, choices, _ in sides) and not all(
            level is not None and "enum" in level for level in plain
        ):
            return sides
        return [side if level is None else (level, [], "") for side, level in zip(sides, plain, strict=True)]

    def _wrapped(self, pair: SchemaPair, old: Wrapping | None, new: Wrapping | None) -> None:
        """One schema in another that only lets null in, or says when it is given: the rest is the inner's."""
        before, after = _inner(self.old, pair.old, old, new), _inner(self.new, pair.new, new, old)
        pair.steps.append((SAME, self.pair(before.inner, after.inner)))
        within = [takes_null(one.schemas.plain(side.inner)) for one, side in ((self.old, before), (self.new, after))]
        if within[0] == within[1] and not within[0] and before.null != after.null:
            pair.changes.append(SchemaChange(f"became-{'' if after.null else 'not-'}nullable"))
        pair.changes += level_changes(before.flags, after.flags)

    def _alternatives(self, pair: SchemaPair, old: list[Any], new: list[Any], word: str) -> None:
        both, gone, come = matched(self.old, old, self.new, new)
        pair.steps += [(SAME, self.pair(one, other)) for one, other in both]
        aspect = "one-of" if word == "oneOf" else "any-of"
        if gone:
            pair.changes.append(SchemaChange(f"{aspect}-removed", [*gone], None))
        if come:
            pair.changes.append(SchemaChange(f"{aspect}-added", None, [*come]))

    def _properties(self, pair: SchemaPair, old: Level, new: Level) -> None:
        before, after = old.get("properties", {}), new.get("properties", {})
        needed_before, needed_after = (frozenset(level.get("required", ())) for level in (old, new))
        renamed = renames(before, after)
        for name, schema in before.items():
            if name in after:
                pair.steps.append((name, self.pair(schema, after[name])))
                if (name in needed_before) != (name in needed_after):
                    word = "required" if name in needed_after else "optional"
                    pair.changes.append(self._about(f"property-became-{word}", name, after[name], self.new))
            elif name in renamed:
                pair.changes.append(
                    self._about("property-renamed", name, schema, self.old, old=name, new=renamed[name])
                )
            else:
                word = "required" if name in needed_before else "optional"
                pair.changes.append(self._about(f"{word}-property-removed", name, schema, self.old))
        for name in sorted((needed_before ^ needed_after) - before.keys() - after.keys()):  # none has a schema for it
            word = "required" if name in needed_after else "optional"
            pair.changes.append(self._about(f"property-became-{word}", name, {}, self.new))
        for name, schema in after.items():
            if name not in before and name not in renamed.values():
                word = "required" if name in needed_after else "optional"
                pair.changes.append(self._about(f"{word}-property-added", name, schema, self.new))

    @staticmethod
    def _about(
        aspect: str, name: str, schema: Any, document: Document, old: Any = None, new: Any = None
    ) -> SchemaChange:
        level = document.schemas.plain(schema)
        return SchemaChange(aspect, old, new, name, level.get("readOnly") is True, level.get("writeOnly") is True)

    def _other_properties(self, pair: SchemaPair, old: Level, new: Level) -> None:
        before, after = (level.get("additionalProperties", True) for level in (old, new))
        named = isinstance(before, Mapping) or isinstance(after, Mapping)
        if named and before is not False and after is not False:
            one, other = (node if isinstance(node, Mapping) else {} for node in (before, after))
            pair.steps.append((OTHERS, self.pair(one, other)))
        if (before is False) != (after is False):
            pair.changes.append(SchemaChange(f"additional-properties-{'closed' if after is False else 'opened'}"))
        patterns = old.get("patternProperties", {}), new.get("patternProperties", {})
        for pattern in patterns[0].keys() & patterns[1].keys():
            pair.steps.append((OTHERS, self.pair(patterns[0][pattern], patterns[1][pattern])))

    def _items(self, pair: SchemaPair, old: Level, new: Level) -> None:
        if "items" in old or "items" in new:
            one, other = (level.get("items", {}) for level in (old, new))
            if one != other or one != {}:
                pair.steps.append((ITEMS, self.pair(one, other)))
        placed = [level.get("prefixItems", ()) for level in (old, new)]
        for at in range(max(map(len, placed))):
            one, other = (
                first[at] if at < len(first) else level.get("items", {})
                for first, level in zip(placed, (old, new), strict=True)
            )  # fmt: skip
            pair.steps.append((str(at), self.pair(one, other)))


def _unwrapped(document: Document, node: Any) -> tuple[Level, list[Any], str]:
    """The level of a schema, its alternatives where there are two or more, and the keyword that lists them.

    An alternative `null` is no alternative but null in the level's type.
    """
    level = document.schemas.plain(node)
    word = "oneOf" if "oneOf" in level else "anyOf"
    choices = level.get(word, [])
    real = [choice for choice in choices if not is_null(document, choice)]
    if len(real) < len(choices) and not takes_null(level):
        level = {**level, "type": [*_type_list(level), "null"]}
    return (level, real, word) if len(real) > 1 else (level, [], "")


def _type_list(level: Level) -> list[str]:
    declared = level.get("type", [])
    if isinstance(declared, str):
        return [declared]
    return list(declared) or (["object"] if "properties" in level else ["array"] if "items" in level else [])


def _without_null(node: Any, level: Level) -> Any:
    """A schema to be compared with alternatives: null is compared on the level around them."""
    declared = level.get("type")
    if not isinstance(declared, list) or "null" not in declared:
        return node
    return {**level, "type": [name for name in declared if name != "null"]}


def _inner(document: Document, node: Any, wrap: Wrapping | None, other: Wrapping | None) -> Wrapping:
    """One side of a pair of which the other, at least, wraps a schema: a side that does not is taken apart alike."""
    if wrap is not None:
        return wrap
    assert other is not None
    level = document.schemas.plain(node)
    flags = {key: level[key] for key in other.flags if key in level}
    bare = {key: value for key, value in level.items() if key not in flags} if flags else level
    without = _without_null(bare, bare)
    for word in ("anyOf", "oneOf"):
        choices = bare.get(word, ())
        real = [choice for choice in choices if not is_null(document, choice)]
        if len(real) < len(choices):
            without = {**without, word: real}
    if other.null and without is not bare:
        return Wrapping(without, null=True, flags=flags)
    return Wrapping(bare if flags else node, null=False, flags=flags)


def steps_of(pairs: Mapping[tuple[int, int], SchemaPair]) -> Iterator[tuple[SchemaPair, SchemaPair]]:
    """Every pair with each that is inside it."""
    for pair in pairs.values():
        for _, inner in pair.steps:
            yield pair, inner
