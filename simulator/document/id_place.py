"""The place of an object's id among its fields: named by the path's last parameter, or as ids usually are.

It may stand inside a part of the object that is about the object: Kubernetes has `metadata.name`, Contentful `sys.id`.
"""

import re
from collections.abc import Callable, Container, Mapping
from typing import Any, Literal

from tidegate.openapi.document import Document, Operation
from tidegate.openapi.schema_types import Level, types_of
from tidegate.simulator.document.documented_answer import At, DocumentedAnswer, chosen, is_untyped
from tidegate.simulator.document.path_template import TemplateKey, singular
from tidegate.values.string_values import plain_name

_WORDS = re.compile(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])")
_IDS = ("id", "sid", "uuid", "gid", "number", "slug", "login", "name", "key", "code")
_NAMES = ("login", "slug", "key", "name")
ABOUT = frozenset({"metadata", "meta", "sys", "system", "identity", "identifier", "identifiers", "header", "info"})
"""Plain names of parts in which an object tells about itself."""


def id_at(
    document: Document,
    operation: Operation,
    fields: Mapping[str, Any],
    param: str,
    key: TemplateKey,
    *,
    marked: bool,
    is_open: bool = False,
    told: Callable[[], Container[str]] = frozenset,
) -> At:
    """The place of the id: of the parameter's name, or of the usual ones; of its type. Empty where there is none.

    `marked` objects have a name of the vendor's own for their kind: their id is `id`. Those whose schema `is_open` and
    names no field have it where the parameter says. Of the usual names those come first that a new one's answer has.
    """
    names = {plain_name(name): name for name in fields}
    if is_open and not fields and param:
        return ((wished_ids(param) or [param])[-1],)
    if "id" in names and marked:
        return (names["id"],)
    wished = wished_ids(param)
    itself = len(key) > 1 and plain_name(param) == plain_name(singular(key[-2].lower()))
    numbered = "integer" in types_of(document.schemas.plain(fields.get("id", {})))
    if plain_name(param).endswith(("user", "username")):
        wished.append("login")
    if itself and (numbered or "id" not in names):
        wished += _NAMES
    entry = next((entry for entry in document.parameters(operation) if entry["name"] == param), {})
    asked = document.schemas.plain(entry.get("schema", entry))
    for name in wished:
        if name in names and _may_name(document, fields[names[name]], asked):
            return (names[name],)
    if param and (inner := _inside(document, fields, wished, asked)):
        return inner
    usual = [names[name] for name in _IDS if name in names and _may_name(document, fields[names[name]], asked)]
    if len(usual) > 1 and usual[0] != names.get("id"):
        first = told()
        usual.sort(key=lambda name: name not in first)
    return (*usual[:1],)


Telling = Literal["told", "sent", ""]
"""Who makes an object is always told its id, has it where the request names it, or never learns it."""


def id_telling(document: Document, at: At, post: Operation, making: DocumentedAnswer, shown: Any) -> Telling:
    """Whether whoever makes an object learns its id: from the request, from the answer, or from where that leads.

    `shown` is the schema of the object in the answer, `at` the place of the id; where it has none, nobody does.
    """
    plain = document.schemas.plain
    answered = plain(chosen(document, shown)).get("properties", {}) if shown is not None else {}
    leads = any(
        plain_name(name) == "links" and "self" in plain(answered[name]).get("properties", {}) for name in answered
    )
    if not at or any(header.lower() == "location" for header in making.headers):
        return "told" if at or leads or making.headers.keys() & {"Location", "location"} else ""
    is_told = at[0] in answered or (len(at) == 1 and plain_name(at[0]) in map(plain_name, answered))
    if is_told and (making.schema or is_untyped(document, making)):
        return "told"
    level = plain(next(iter(document.request_content(post).values()), {}))
    for one in (level, *map(plain, level.get("properties", {}).values())):
        if at[0] in one.get("properties", {}) and plain(one["properties"][at[0]]).get("readOnly") is not True:
            return "told" if at[0] in one.get("required", ()) else "sent"
    is_whole = not answered and bool(making.schema) and types_of(plain(making.schema)) != ["object"]
    return "told" if is_whole else ""


def sent_id(document: Document, post: Operation, param: str, fields: Container[str]) -> str:
    """The field in which a request must name what it puts below another object, as the path calls it; else empty.

    `user_id` where `/groups/{group_id}/users/{user_id}` reads what `POST /groups/{group_id}/users` adds. `fields` are
    plain names of the object's own: what it has a field for is no name of it.
    """
    wished = plain_name(param)
    if wished in fields or wished in _IDS:
        return ""
    levels = map(document.schemas.plain, document.request_content(post).values())
    required = (name for level in levels for name in level.get("required", ()) if name in level.get("properties", {}))
    return next((name for name in required if plain_name(name) == wished), "")


def param_level(document: Document, here: Mapping[str, Operation], param: str) -> Level:
    """The schema of a parameter of a path, empty where none of its operations has it."""
    entries = (entry for operation in here.values() for entry in document.parameters(operation))
    found = next((entry for entry in entries if entry["name"] == param and entry.get("in") == "path"), {})
    return document.schemas.plain(found.get("schema", found)) if found else {}


def wished_ids(param: str) -> list[str]:
    """Plain names that the field may have which a parameter names: `petId` → `petid`, `id`; `idOrSlug` → both."""
    return [name for words in _alternatives(param) for name in _endings(words)]


def other_id_names(param: str) -> frozenset[str]:
    """Plain names of the fields that name an object beside its id: those after the first `or` in a parameter."""
    return frozenset(name for words in _alternatives(param)[1:] for name in _endings(words))


def _alternatives(param: str) -> list[list[str]]:
    parts: list[list[str]] = [[]]
    for word in _WORDS.findall(param):
        if word.lower() == "or" and parts[-1]:
            parts.append([])
        else:
            parts[-1].append(word)
    return [words for words in parts if words]


def _endings(words: list[str]) -> list[str]:
    return [plain_name("".join(words[start:])) for start in range(len(words))]


def _inside(document: Document, fields: Mapping[str, Any], wished: list[str], asked: Mapping[str, Any]) -> At:
    for name, node in fields.items():
        if plain_name(name) not in ABOUT:
            continue
        inner = document.schemas.plain(chosen(document, node)).get("properties", {})
        names = {plain_name(field): field for field in inner}
        for wish in wished:
            if wish in names and _may_name(document, inner[names[wish]], asked):
                return (name, names[wish])
    return ()


def _may_name(document: Document, node: Any, asked: Mapping[str, Any]) -> bool:
    """True where a field can hold what the parameter names: of its type, and not one of a few words of its own."""
    level = document.schemas.plain(node)
    types = types_of(level)
    if ("enum" in level or "const" in level) and level.get("enum") != asked.get("enum"):
        return False
    if "object" in types or "array" in types or "properties" in level:
        return False
    return not ({"integer", "number"} & {*types_of(asked)} and "string" in types)
