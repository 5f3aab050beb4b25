"""One attempt at a value for a schema: at each place it takes the first candidate that was not rejected before.

The candidates are those of values.candidates; values.value_generator checks the attempt and rejects candidates. It
draws from names alone and keeps nothing.
"""

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence, Sized
from dataclasses import dataclass, field
from functools import partial
from itertools import chain, islice
from typing import Any, Literal

import orjson

from tidegate.json_pointer import token_of
from tidegate.openapi.named_schemas.inheritance import Word
from tidegate.openapi.schema_merge import CONDITIONS, value_key
from tidegate.openapi.schema_types import Level, is_scalar
from tidegate.openapi.schema_words import UNSAID_NULL
from tidegate.openapi.schemas import Schemas
from tidegate.values.candidates import SUCCESS, GenerationMode, RejectedCandidates, UsedCandidate, is_trouble
from tidegate.values.candidates import candidates as candidates_for
from tidegate.values.conditions import ROUNDS_MAX, Conditions, Held
from tidegate.values.json_value import NOTHING, Value
from tidegate.values.list_items import DRAWN_TRIED, OTHERS_DEPTH_MAX, counted_places, item_schema, may_follow, others
from tidegate.values.number_values import number
from tidegate.values.property_names import asked_of, depending, unnamed
from tidegate.values.regex_strings import Pick
from tidegate.values.string_values import StringValues

DEPTH_MAX = 8
"""Objects and lists deeper than this are left empty: documents may be recursive."""

VALUES_MAX = 5_000
"""One attempt makes so many values, a long text counting for several; then every list and object ends."""

CANDIDATES_MAX = 1_000
"""So many candidates of one place are tried at most."""

BRANCHES_MAX = 40
"""Alternatives of alternatives … at one place, and conditions of conditions, are followed so deep."""

LETTERS_PER_VALUE = 100
"""A text counts for as many values as it has so many characters."""

_LONG = ("enum", "anyOf", "oneOf", "properties", "required")
"""Keywords that may be so long that looking through them costs more than a value."""


@dataclass(slots=True)
class GenerationAttempt:
    """See the module. `used` has the candidates that were taken, outer places first."""

    schemas: Schemas
    conditions: Conditions
    texts: StringValues
    rejected: RejectedCandidates
    pick: Pick
    mode: GenerationMode
    nulls: Literal["said", "meant"] = "said"
    used: list[UsedCandidate] = field(default_factory=list)
    within: list[int] = field(default_factory=list)
    left: int = VALUES_MAX
    branches: int = 0
    """The alternatives that are being followed."""

    def _is_spent(self) -> bool:
        return self.left <= 0  # as many values were made as one attempt may make

    def value(self, name: str, node: Any, at: str, hint: Any, depth: int, owner: tuple[int, str] | None) -> Value:
        """A value for the schema `node`; `name` is the field that it is for, `hint` an example from further out."""
        level = self.schemas.plain(node)
        if CONDITIONS in level and self.branches < BRANCHES_MAX and not self._is_spent():
            return self._conditional(name, node, at, hint, depth, owner)
        self.left -= 1 + sum(len(level.get(keyword, ())) for keyword in _LONG) // CANDIDATES_MAX
        gone = self.rejected.candidates.get(id(node), 0)
        heirs = self.schemas.inheritance.heirs(node) if self.branches < BRANCHES_MAX else ()
        listed = candidates_for(name, level, hint, self.mode, depth, self.nulls, len(heirs))
        candidates = list(islice(listed, CANDIDATES_MAX))
        self.used.append(UsedCandidate(at, id(node), len(candidates), owner))
        if not candidates:
            return None
        what, which = candidates[min(gone, len(candidates) - 1)]
        if what == "value":
            return which
        if what == "branch":
            return self._branch(name, level, which, at, hint, depth)
        if what == "heir":
            self.branches += 1
            made = self.value(name, heirs[which], at, hint, depth, None)
            self.branches -= 1
            return made
        if what == "object":
            word = self.schemas.inheritance.word(node)
            return self._marked(self._object(node, level, at, hint, depth, rich=which), word, node, hint)
        if what == "array":
            return self._array(name, level, at, which, hint if isinstance(hint, list) and which else (), depth)
        is_json = "contentSchema" in level and "json" in str(level.get("contentMediaType")) and depth < DEPTH_MAX
        is_json = is_json and which == "string"
        return self._in_text(name, level, at, depth) if is_json else self._scalar(name, level, which)

    def _in_text(self, name: str, level: Level, at: str, depth: int) -> Value:
        """A text that holds a value as JSON (JSON Schema 2020-12, validation, section 8.5)."""
        return orjson.dumps(self.value(name, level["contentSchema"], at, NOTHING, depth + 1, None)).decode()

    def _conditional(
        self, name: str, node: Any, at: str, hint: Any, depth: int, owner: tuple[int, str] | None
    ) -> Value:
        """A value for a schema with conditions: made without them first, then with what they ask for."""
        level, used, held = self.schemas.plain(node), len(self.used), None
        made: Value = None
        self.branches += 1
        for _ in range(1 + ROUNDS_MAX):
            del self.used[used:]
            before: Held | None = held
            made = self.value(name, self.conditions.settled(node, level, held), at, hint, depth, owner)
            held = self.conditions.held(level, made, self.mode.of)
            if held == before:
                break
        self.branches -= 1
        return made

    def _branch(self, name: str, level: Level, which: tuple[str, int], at: str, hint: Any, depth: int) -> Value:
        if self.branches >= BRANCHES_MAX:
            return {}
        self.branches += 1
        made = self._alternative(name, level, which, at, hint, depth)
        self.branches -= 1
        return made

    def _alternative(self, name: str, level: Level, which: tuple[str, int], at: str, hint: Any, depth: int) -> Value:
        branch = level[which[0]][which[1]]
        word = self.schemas.inheritance.word_among(level, branch)
        if "properties" in level:
            inner = self.schemas.plain(branch)
            if "properties" in inner or "required" in inner:
                both = {**level, **inner, "properties": {**level["properties"], **inner.get("properties", {})}}
                both["required"] = [*dict.fromkeys((*level.get("required", ()), *inner.get("required", ())))]
                return self._marked(self._object(branch, both, at, hint, depth, rich=False), word, branch, NOTHING)
            return self._object(branch, level, at, hint, depth, rich=False)
        node = self.conditions.beside(level, *which)
        return self._marked(self.value(name, node, at, NOTHING, depth, None), word, branch, NOTHING)

    def _marked(self, made: Value, told: Word | None, node: Any, hint: Any) -> Value:
        """The object with the word by which a discriminator knows its schema, where nothing else says one."""
        properties = self.schemas.plain(node).get("properties", {})
        if told is None or not isinstance(made, dict) or (isinstance(hint, dict) and told[0] in hint):
            return made
        field = self.schemas.plain(properties.get(told[0], {}))
        said = "enum" in field or "const" in field or (not told[2] and ("example" in field or "default" in field))
        return made if said else {**made, told[0]: told[1]}

    def _object(self, node: Any, level: Level, at: str, hint: Any, depth: int, *, rich: bool) -> dict[str, Value]:
        if depth >= DEPTH_MAX or self._is_spent():
            return {}
        required, examples = set(level.get("required", ())), hint if isinstance(hint, dict) else {}
        members: dict[str, Value] = {}
        self.within.append(id(node))
        for key in self._named(node, level, examples, members, depth, rich=rich):
            if self._is_spent():
                break
            owner = None if key in required else (id(node), key)
            inner, example = asked_of(level, key, self.conditions.together), examples.get(key, NOTHING)
            members[key] = self.value(key, inner, f"{at}/{token_of(key)}", example, depth + 1, owner)
        if not members and self.mode.of == "request" and at:
            members = self._something(node, level.get("properties", {}), at, depth)
        self.within.pop()
        for key in self._unnamed(level, members):
            if self._is_spent():
                break
            inner, example = asked_of(level, key, self.conditions.together), examples.get(key, NOTHING)
            members[key] = self.value(key, inner, f"{at}/{token_of(key)}", example, depth + 1, None)
        return members

    def _named(
        self, node: Any, level: Level, examples: Mapping[str, Any], members: Sized, depth: int, *, rich: bool
    ) -> Iterator[str]:
        """The named properties that are drafted: those that must be there or are wanted, and more where few may not be.

        `members` grows meanwhile.
        """
        properties, required = level.get("properties", {}), set(level.get("required", ()))
        gone, spare = self.rejected.properties, list[str]()
        for key, inner in properties.items():
            if self.schemas.plain(inner).get("readOnly" if self.mode.of == "request" else "writeOnly") is True:
                continue
            is_left_out = (id(node), key) in gone or not self._wanted(inner, key, examples, depth, rich)
            if key in required or not (is_left_out or self._is_unset(inner, examples.get(key))):
                yield key
            elif (id(node), key) not in gone and id(inner) not in self.within:
                spare.append(key)
        missing = level.get("minProperties", 0) - len(members) - len(required - properties.keys())
        yield from spare[: max(missing, 0)]

    def _unnamed(self, level: Level, members: Mapping[str, Value]) -> Iterator[str]:
        """Properties that must be there although no schema names them, or others ask for them."""
        yield from depending(level, members)
        names = self.schemas.plain(level["propertyNames"]) if "propertyNames" in level else {}
        yield from unnamed(level, names, members, self.texts, self.pick)

    def _is_unset(self, inner: Any, example: Any) -> bool:
        """True where a new object has no value yet, and the document does not quite say that null may tell so."""
        if self.mode.of == "request" or self.mode.full or self.nulls == "meant" or example is not None:
            return False
        level = self.schemas.plain(inner)
        return UNSAID_NULL in level and not is_scalar(level)

    def _something(self, node: Any, properties: Mapping[str, Any], at: str, depth: int) -> dict[str, Value]:
        """One field of a group that a request must have although nothing in it must be: a form cannot say `{}`."""
        plain, gone = self.schemas.plain, self.rejected.properties
        for key in sorted(properties, key=lambda key: not is_scalar(plain(properties[key]))):
            inner, mark = properties[key], (id(node), key)
            if mark not in gone and id(inner) not in self.within and plain(inner).get("readOnly") is not True:
                made = self.value(key, inner, f"{at}/{token_of(key)}", NOTHING, depth + 1, mark)
                if made not in ({}, [], None):
                    return {key: made}
        return {}

    def _wanted(self, inner: Any, key: str, examples: Mapping[str, Any], depth: int, rich: bool) -> bool:
        """True where a property that may be left out is drafted."""
        if not rich or id(inner) in self.within:
            return False
        level = self.schemas.plain(inner)
        if self.mode.of == "request":
            return self.mode.full and depth == 0 and is_scalar(level) and level.get("deprecated") is not True
        if is_trouble(key, self.mode) and "properties" in level:
            return False
        return depth == 0 or key in examples or (is_scalar(level) and ("example" in level or "default" in level))

    def _array(self, name: str, level: Level, at: str, length: int, hints: Sequence[Any], depth: int) -> list[Value]:
        if depth >= DEPTH_MAX or self._is_spent():
            return []
        items, marks, counted = list[Value](), set[Hashable](), counted_places(level)
        counts = self.schemas.validator(level["contains"], of=self.mode.of).is_valid if "contains" in level else None
        for place in range(min(max(len(hints), length, counted.stop), level.get("maxItems", VALUES_MAX))):
            node = item_schema(level, place)
            if node is False or self._is_spent():
                break
            if place in counted:
                node = self.conditions.together(node, level["contains"])
            hint = hints[place] if place < len(hints) else NOTHING
            follows = partial(may_follow, level, items, marks, counts)
            fitting = self._item(name, node, f"{at}/{place}", hint, depth + 1, len(items) + 1, follows)
            items += fitting
            marks.update(map(value_key, fitting) if level.get("uniqueItems") else ())
        return items

    def _item(
        self, name: str, node: Any, at: str, hint: Any, depth: int, count: int, follows: Callable[[Value], bool]
    ) -> list[Value]:
        """An item that `follows` those before it, itself or one in its place; none where there is none."""
        item = self.value(name, node, at, hint, depth, None)
        if follows(item):
            return [item]
        fits = self.schemas.validator(node, of=self.mode.of).is_valid
        others_of = self._others(name, node, item, count, at, depth)
        return [*islice((one for one in others_of if follows(one) and fits(one)), 1)]

    def _others(
        self, name: str, node: Any, item: Value, count: int, at: str, depth: int, nested: int = 0
    ) -> Iterator[Value]:
        """What may stand instead of a value: other alternatives, what is like it, and longer lists."""
        level, used = self.schemas.plain(node), len(self.used)
        unions = [(word, place) for word in ("oneOf", "anyOf") for place in range(len(level.get(word, ())))]
        for word, place in unions if nested < OTHERS_DEPTH_MAX else ():
            del self.used[used:]
            made = self._branch(name, level, (word, place), at, NOTHING, depth)
            yield made
            yield from self._others(name, level[word][place], made, count, at, depth, nested + 1)
        yield from self._like(name, level, item, count)
        lengths = range(len(item) + 1, len(item) + 1 + count) if isinstance(item, list) else ()
        yield from (self._array(name, level, at, length, (), depth) for length in lengths)

    def _scalar(self, name: str, level: Level, kind: str) -> Value:
        """A single value, another one where the schema refuses the first by `not`."""
        made = self._drawn(name, level, kind)
        if "not" not in level:
            return made
        is_refused = self.schemas.validator(level["not"], of=self.mode.of).is_valid
        choices = chain((made,), self._like(name, level, made, DRAWN_TRIED))
        return next((one for one in choices if not is_refused(one)), made)

    def _like(self, name: str, level: Level, item: Value, count: int) -> Iterator[Value]:
        """Others of the same level: the words of an enumeration, what is drawn, some `count` that are near."""
        yield from level.get("enum", ())
        is_drawn = isinstance(item, str) and "enum" not in level
        yield from (self._drawn(name, level, "string") for _ in range(DRAWN_TRIED if is_drawn else 0))
        yield from others(self.schemas.plain, level, item, count)

    def _drawn(self, name: str, level: Level, kind: str) -> Value:
        if kind == "boolean":
            return self.mode.of == "answer" and not self.mode.failed and name.lower() in SUCCESS
        if kind in ("integer", "number", "fraction"):
            return number(name, level, kind, self.pick)
        if kind == "null":
            return None
        made = self.texts.text(name, level, self.pick)
        self.left -= len(made or "") // LETTERS_PER_VALUE
        return "" if made is None else made
