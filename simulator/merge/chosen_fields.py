"""The fields of an object that a request wants to see: `fields=name,owner.city`, `$select=Name`, `fields[pets]`.

SCIM's `excludedAttributes`, and words like it, name those that it does not want. What the document says that an answer
has at any rate is shown all the same, and so is the id.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from tidegate.openapi.document import Document, Operation
from tidegate.openapi.schema_types import types_of
from tidegate.openapi.schemas import Schemas
from tidegate.simulator.document.documented_answer import chosen
from tidegate.simulator.document.list_parameters import HIDES, SHOWS, query_names
from tidegate.simulator.document.operation_places import WHOLES
from tidegate.simulator.document.resource_kind import ResourceKind
from tidegate.values.json_value import Obj
from tidegate.values.string_values import plain_name

WORDS_MAX = 200
"""A request names so many fields at most."""

Tree = dict[str, "Tree"]
"""Plain names of fields, each with those of the fields inside that are meant; none where all of it is."""


@dataclass(frozen=True, slots=True)
class FieldChoice:
    """The words by which a request names fields that it wants, or does not."""

    shown: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.shown or self.hidden)


ALL_FIELDS = FieldChoice()


def choosing(document: Document, operation: Operation) -> tuple[str, ...]:
    """The parameters by which a request says which fields it wants, or does not."""
    levels = dict(query_names(document, operation))
    return (*(
        name for name, level in levels.items()
        if plain_name(name.partition("[")[0]) in SHOWS | HIDES and {"string", "array"} & {*types_of(level)}
    ),)  # fmt: skip


def words_of(params: Collection[str], values: Mapping[str, Any]) -> FieldChoice:
    """The words of a request; none where it does not say."""
    shown: list[str] = []
    hidden: list[str] = []
    for name in params:
        given = values.get(name)
        texts = [text for text in (given if isinstance(given, list) else [given]) if isinstance(text, str)]
        words = [word.strip() for text in texts for word in text.split(",") if word.strip()]
        (hidden if plain_name(name.partition("[")[0]) in HIDES else shown).extend(words)
    return FieldChoice((*shown[:WORDS_MAX],) if "*" not in shown else (), (*hidden[:WORDS_MAX],))


def chosen_fields(document: Document, kind: ResourceKind, schema: Any, thing: Obj, choice: FieldChoice) -> Obj:
    """The object with the fields that are wanted, or all where a word is none of them."""
    parts = [name for name in thing if name in WHOLES and isinstance(thing[name], dict)]
    inside = {plain_name(name) for part in parts for name in _properties(document, kind.fields.get(part))}
    shown, hidden = _tree(kind, choice.shown), _tree(kind, choice.hidden)
    if not all(word in kind.names or word in inside for word in (*shown, *hidden)):
        return thing
    ids = [*map(plain_name, kind.id_at[:1])]
    if shown:
        always: Tree = {name: {} for name in (*ids, *map(plain_name, parts))}
        left = _left(document.schemas, schema, thing, always | shown)
        for part in parts:
            if plain_name(part) not in shown:
                left[part] = _left(document.schemas, kind.fields.get(part), thing[part], shown)
        thing = left
    hidden = {name: inner for name, inner in hidden.items() if name not in ids}
    for part in [part for part in parts if hidden.keys() - kind.names.keys()]:
        thing = {**thing, part: _without(document.schemas, kind.fields.get(part), thing[part], hidden)}
    return _without(document.schemas, schema, thing, hidden) if hidden else thing


def _tree(kind: ResourceKind, words: Iterable[str]) -> Tree:
    tree: Tree = {}
    for word in words:
        names, level = _path(kind, word), tree
        for place, name in enumerate(names):
            is_known, is_last = name in level, place == len(names) - 1
            if is_last or (is_known and not level[name]):  # all of it
                level[name] = {}
                break
            level = level.setdefault(name, {})
    return tree


def _path(kind: ResourceKind, word: str) -> list[str]:
    """Plain names on the way to a field: `owner.city`, `owner/city`, or of SCIM `urn:…:User:userName`."""
    if not word.lower().startswith("urn:"):
        return [plain_name(name) for name in word.replace("/", ".").split(".")]
    if plain_name(word) in kind.names:
        return [plain_name(word)]
    extension = next((one for one in kind.fields if word.lower().startswith(f"{one.lower()}:")), "")
    inner = word[len(extension) + 1 :] if extension else word.rpartition(":")[2]
    return [*([plain_name(extension)] if extension else []), *map(plain_name, inner.split("."))]


def _left(schemas: Schemas, schema: Any, thing: Obj, tree: Tree) -> Obj:
    """What a tree names of an object, and what must be there."""
    level = schemas.plain(schema) if schema is not None else {}
    after: Obj = {}
    for name, value in thing.items():
        inner = tree.get(plain_name(name))
        if inner is None and name not in level.get("required", ()):
            continue
        after[name] = _inside(schemas, level, name, value, inner, _left) if inner else value
    return after


def _without(schemas: Schemas, schema: Any, thing: Obj, tree: Tree) -> Obj:
    """An object without what a tree names, but for what must be there."""
    level = schemas.plain(schema) if schema is not None else {}
    after: Obj = {}
    for name, value in thing.items():
        inner = tree.get(plain_name(name))
        if inner == {} and name not in level.get("required", ()):
            continue
        after[name] = _inside(schemas, level, name, value, inner, _without) if inner else value
    return after


def _inside(schemas: Schemas, level: Mapping[str, Any], name: str, value: Any, tree: Tree, cut: Any) -> Any:
    """A part, or each entry of a list, cut to a tree."""
    node = level.get("properties", {}).get(name)
    if isinstance(value, list):
        node = schemas.plain(node).get("items") if node is not None else None
        return [cut(schemas, node, one, tree) if isinstance(one, dict) else one for one in value]
    return cut(schemas, node, value, tree) if isinstance(value, dict) else value


def _properties(document: Document, schema: Any) -> Mapping[str, Any]:
    if schema is None:
        return {}
    properties: Mapping[str, Any] = document.schemas.plain(chosen(document, schema)).get("properties", {})
    return properties
