"""The fields of an object that name the objects around it, as its path does: `/users/{uid}/orders` → `userId`.

A field of the parameter's name comes first, then those that the collection's word makes.
"""

from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from tidegate.openapi.document import Document
from tidegate.openapi.schema_types import types_of
from tidegate.simulator.document.documented_answer import chosen
from tidegate.simulator.document.id_place import ABOUT
from tidegate.simulator.document.path_template import SLOT, PathTemplate, TemplateKey, singular
from tidegate.simulator.document.resource_kind import ResourceKind
from tidegate.values.string_values import plain_name

_IDS = ("login", "id", "uuid", "gid", "sid", "key", "number", "slug", "name")


@dataclass(frozen=True, slots=True)
class ParentField:
    """A field that names an object around one: by its id alone, or as an object whose `inner` field is the id."""

    param: str
    field: str
    inner: str
    around: TemplateKey
    """The key of the path of the object around."""
    is_part: bool = False
    """True where the field is about the object itself, and no more than the id of the one around is in it."""
    several: bool = False
    """True where it holds a list of the objects around, as a task may have several labels."""

    def with_id(self, held: Any, identifier: Any) -> Any:
        """The field's value with this id in it."""
        one = {**(held if isinstance(held, dict) else {}), self.inner: identifier} if self.inner else identifier
        return [one] if self.several else one


def parent_fields(
    document: Document,
    path: PathTemplate,
    fields: Mapping[str, Any],
    own: str,
    id_field: str = "",
    ids: Callable[[TemplateKey], str] = lambda _key: "",
    texts: Container[str] = (),
) -> tuple[ParentField, ...]:
    """Those of an object with these fields; `own` is the parameter that names the object itself, in its `id_field`.

    `ids` tells the field of the id for the objects of a path, empty where it is not known. `texts` are the parameters
    that are texts: a field for a number holds none of them.
    """
    names = {plain_name(name): name for name in fields if plain_name(name) not in ("id", "") and name != id_field}
    found: list[ParentField] = []
    slots = [place for place, step in enumerate(path.key) if step == SLOT]
    if len(slots) != len(path.params):
        return ()
    for param, place in zip(path.params, slots, strict=True):
        if param == own or not place or path.key[place - 1] == SLOT:
            continue
        word, around = plain_name(singular(path.key[place - 1].lower())), path.key[: place + 1]
        wished = (plain_name(param), f"{word}id", f"{word}uuid", f"{word}gid", f"{word}sid", f"{word}key", word)
        told = (
            (names[name], id_inside(document, fields[names[name]], ids(around))) for name in wished if name in names
        )
        found += [
            ParentField(param, name, part, around)
            for name, part in told
            if part is not None and not (param in texts and _is_number(document, fields[name], part))
        ][:1] or _in_parts(document, param, fields, around, wished, ids(around))[:1]
    return tuple(found)


def _in_parts(
    document: Document, param: str, fields: Mapping[str, Any], around: TemplateKey, wished: Sequence[str], known: str
) -> list[ParentField]:
    """In a part that is about the object, or among several: `labels` for `/labels/{id}/tasks`."""
    inside = [ParentField(param, *place, around, is_part=True) for place in _inside(document, fields, wished)]
    for name in (name for name in fields if plain_name(name) == plain_name(around[-2])):
        level = document.schemas.plain(fields[name])
        part = id_inside(document, level.get("items", {}), known) if "array" in types_of(level) else None
        inside += [ParentField(param, name, part, around, several=True)] if part else []
    return inside


def _inside(document: Document, fields: Mapping[str, Any], wished: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The places of such a name in parts that are about the object, as Kubernetes has `metadata.namespace`."""
    for name, node in fields.items():
        if plain_name(name) in ABOUT:
            inner = document.schemas.plain(chosen(document, node)).get("properties", {})
            names = {plain_name(field): field for field in inner}
            yield from ((name, names[wish]) for wish in wished if wish in names and wish not in ("id", ""))


def id_inside(document: Document, node: Any, known: str = "") -> str | None:
    """The name of the id inside a field that is an object, empty where it is the id itself; None where it has none.

    It is the `known` one where there is such a field.
    """
    level = document.schemas.plain(node)
    parts = [level, *(document.schemas.plain(part) for word in ("anyOf", "oneOf") for part in level.get(word, ()))]
    if any({"string", "integer"} & {*types_of(part)} for part in parts):
        return ""
    inner = document.schemas.plain(chosen(document, node)).get("properties", {})
    if known in inner:
        return known
    names = {plain_name(name): name for name in inner}
    return next((names[name] for name in _IDS if name in names), None)


def _is_number(document: Document, node: Any, inner: str) -> bool:
    """True where a field, or the one inside it, holds a number and no text."""
    level = document.schemas.plain(node)
    if inner:
        level = document.schemas.plain(
            document.schemas.plain(chosen(document, node)).get("properties", {}).get(inner, {})
        )
    return {*types_of(level)} - {"null"} in ({"integer"}, {"number"})


class KindReferences:
    """Fields that hold another object's id: they have its kind's name, with or without `_id`."""

    def __init__(self, document: Document, kinds: Mapping[str, ResourceKind]) -> None:
        self._document = document
        self._kinds = kinds

    def of(self, kind: ResourceKind) -> dict[str, str]:
        """Those of a kind, and the kind that each names."""
        fields = {}
        for name in kind.fields:
            bare = plain_name(name)
            for stem in (bare, bare.removesuffix("id"), bare.removesuffix("sid")):
                target = self._short.get(stem)
                if target is not None and name != kind.id_field and not self._is_word(kind.fields[name]):
                    fields[name] = target
                    break
        return fields

    def of_field(self, name: str, node: Any) -> str:
        """The one kind whose objects have the schema of what a field holds, else that of the field's name."""
        schema = chosen(self._document, node)
        same = [one for one, kind in self._kinds.items() if kind.schema is schema and not (kind.single or kind.within)]
        return same[0] if len(same) == 1 else self._short.get(plain_name(singular(name.lower())), "")

    def _is_word(self, node: Any) -> bool:
        """True where a field has one of a few words, like `role`: that is nobody's id."""
        return "enum" in self._document.schemas.plain(node)

    @cached_property
    def _short(self) -> dict[str, str]:
        """Kinds by their plain names in the singular."""
        names: dict[str, str] = {}
        for name, kind in self._kinds.items():
            if not kind.single and not kind.within:
                names.setdefault(plain_name(singular(name.rsplit("/", 1)[-1].lower())), name)
        return names
