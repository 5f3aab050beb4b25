"""Envelopes: where the object, or the list of objects, that an operation is about stands in its answer or its request.

Vendors wrap it by any name: `data`, `result`, `response`, the kind's own, `_embedded`. An envelope is told from an
object by the document's own schemas: by the id in it, by the fields that requests have for it, by being all there is.
It knows no kind of object.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from tidegate.openapi.document import Document
from tidegate.simulator.document.documented_answer import At, chosen
from tidegate.simulator.document.path_template import singular
from tidegate.values.string_values import plain_name

DEPTH_MAX = 4
"""Envelopes inside each other are opened so deep."""

PLACES_MAX = 200
"""So many places of one schema are looked at."""

Names = frozenset[str]
"""Names of properties."""

_LISTS = ("data", "items", "results", "entries", "values", "records", "objects", "list", "resources", "value")
_PAGING = frozenset({
    "hasmore", "totalcount", "total", "count", "nextcursor", "nextpageuri", "nextpage", "next", "cursor", "url", "meta",
    "responsemetadata", "nextpagetoken", "links", "paging", "pagination", "page", "offset", "firstid", "lastid",
})  # fmt: skip
"""Plain names of what stands beside a list."""
_WRAPPERS = frozenset({
    "data", "result", "results", "response", "item", "payload", "body", "d", "content", "embedded", "record", "object",
    "entity", "resource", "entry", "value", "output", "return",
})  # fmt: skip
"""Plain names by which an envelope is known where the schemas leave it open."""
_ENVELOPE = frozenset({
    "ok", "success", "status", "object", "meta", "message", "requestid", "warning", "error", "code", "type", "errors",
    "messages", "warnings", "timestamp", "apiversion", "version", "statuscode", "traceid", "correlationid", "kind",
    "context", "odatacontext", "links", "included", "jsonapi",
})  # fmt: skip
"""Plain names of what stands beside a single object that is wrapped."""
_BESIDE = _PAGING | frozenset({
    "metadata", "error", "errors", "messages", "warning", "warnings", "included", "jsonapi", "resultinfo", "context",
    "status", "debug", "notifications", "extensions",
})  # fmt: skip
"""Plain names of objects and lists that are not what an answer is about."""
_ASIDE = frozenset({"errors", "warnings", "included"})
"""Plain names of lists that no page is about."""
_IDS = frozenset({"id", "sid", "uuid", "gid", "uid", "guid"})


def list_at(
    document: Document, schema: Any, word: str, *, surely: bool = False, like: Names = frozenset()
) -> At | None:
    """The place of the list in a page; None where this is no page.

    `surely` where it is known to be one; `like` are the fields of the objects that the list has, where they are known.
    """
    plain = document.schemas.plain
    level = plain(schema)
    if is_of_type(level, "array"):
        return ()
    if (surely or like) and "properties" not in level:
        level = plain(chosen(document, schema))
    properties = level.get("properties", {})
    arrays = [name for name, node in properties.items() if is_of_type(plain(node), "array")]
    wanted = plain_name(word)
    for name in arrays:
        if plain_name(name) == wanted:
            return (name,)
    is_object = "id" in properties or "sid" in properties
    if like and (at := _alike_list(document, properties, wanted, like, deep=not is_object)) is not None:
        return at
    for name in arrays:
        if name in _LISTS or (len(wanted) > 3 and plain_name(name).endswith(wanted)):
            return (name,)
    others = {plain_name(name) for name in properties} - {plain_name(name) for name in arrays}
    is_page = not is_object and bool(others & _PAGING) and len(arrays) == 1 and plain_name(arrays[0]) not in _ASIDE
    if len(arrays) == 1 and (surely or is_page or _is_all(document, properties, arrays[0])):
        return (arrays[0],)
    return None if is_object else _deeper_list(document, properties, wanted)


def _is_all(document: Document, properties: Mapping[str, Any], name: str) -> bool:
    """True where a list of objects is all that there is."""
    item = document.schemas.plain(properties[name]).get("items", {})
    has_fields = bool(document.schemas.plain(chosen(document, item)).get("properties"))
    return len(properties) == 1 and has_fields and plain_name(name) not in _BESIDE


def _alike_list(
    document: Document, properties: Mapping[str, Any], wanted: str, like: Names, *, deep: bool
) -> At | None:
    """The list whose items have the most of the fields, of those that mostly have no others; by name between equals."""
    best: tuple[tuple[int, bool, bool, int], At] | None = None
    for at, level in below(document, properties, DEPTH_MAX if deep else 1, "array"):
        if plain_name(at[-1]) in _BESIDE and plain_name(at[-1]) != wanted:
            continue
        shared = _alike_fields(document, level.get("items", {}), like)
        if not shared:
            continue
        rank = (shared, plain_name(at[-1]) == wanted, at[-1] in _LISTS, -len(at))
        if best is None or rank > best[0]:
            best = rank, at
    return best[1] if best is not None else None


def _alike_fields(document: Document, item: Any, like: Names) -> int:
    """How many of the fields an item has, or a part of it that is its envelope; 0 where most of its own are others."""
    fields = document.schemas.plain(chosen(document, item)).get("properties", {})
    shared = len(like & fields.keys())
    if shared or not fields:
        return shared if shared * 2 >= len(fields) else 0
    parts = (document.schemas.plain(chosen(document, node)).get("properties", {}) for node in fields.values())
    return max((len(like & part.keys()) for part in parts if 0 < len(part) <= 2 * len(like & part.keys())), default=0)


def _deeper_list(document: Document, properties: Mapping[str, Any], wanted: str) -> At | None:
    """The list inside an envelope: named as the path says, or as lists are, or the only one there."""
    plain = document.schemas.plain
    for at, level in below(document, properties, DEPTH_MAX - 1, "object"):
        known = {plain_name(name) for name in at} <= _WRAPPERS | {wanted}
        arrays = [name for name, node in level.get("properties", {}).items() if is_of_type(plain(node), "array")]
        arrays = [name for name in arrays if plain_name(name) not in _BESIDE]
        named = [name for name in arrays if plain_name(name) == wanted] or [name for name in arrays if name in _LISTS]
        others = {plain_name(name) for name in level.get("properties", {})} - {plain_name(name) for name in arrays}
        if known and not _IDS & others and (named or (len(arrays) == 1 and others <= _BESIDE)):
            return (*at, (named or arrays)[0])
    return None


def object_at(
    document: Document, schema: Any, word: str, *, ids: Names = frozenset(), likes: Sequence[Names] = ()
) -> tuple[At, Any]:
    """The place of a single object, and its schema: of alternatives the first that is an object with fields.

    An object in an envelope has the name of its collection there, in the singular; or one of the plain names `ids`; or
    most of the fields of one of `likes`, which requests for it have; or it is all that the answer is about.
    """
    root = node = chosen(document, schema)
    at: At = ()
    others_have_id = False
    for _ in range(DEPTH_MAX):
        properties = document.schemas.plain(node).get("properties", {})
        name = _step(document, properties, word, ids, likes)
        if not name:
            break
        others_have_id |= _has_other_id(document, properties, name, ids)
        at, node = (*at, name), chosen(document, properties[name])
        if plain_name(name) in _words(word):
            return at, node
    if at and others_have_id and not _identified(document.schemas.plain(node).get("properties", {}), ids):
        at, node = (), root
    is_whole = not at and _identified(document.schemas.plain(root).get("properties", {}), frozenset())
    return at, schema if is_whole and "discriminator" in document.schemas.plain(schema) else node


def _step(document: Document, properties: Mapping[str, Any], word: str, ids: Names, likes: Sequence[Names]) -> str:
    """The property that is opened next; empty where this is the object."""
    if not properties or _identified(properties, ids):
        return _false_id(document, properties, likes) if likes and "id" in properties else ""
    inner = {
        name: document.schemas.plain(chosen(document, node)).get("properties", {})
        for name, node in properties.items()
        if _is_object(document, node)
    }
    words = _words(word)
    named = next((name for name in inner if plain_name(name) in words), "")
    if named:
        return named
    rest = {plain_name(name) for name in properties} - {plain_name(name) for name in inner}
    if len(inner) == 1 and rest <= _ENVELOPE and rest & {"ok", "success"}:
        return next(iter(inner))
    return _payload(properties, inner, rest, ids, likes)


def _payload(
    properties: Mapping[str, Any], inner: Mapping[str, Any], rest: set[str], ids: Names, likes: Sequence[Names]
) -> str:
    """Of the objects inside, the one that the answer is about. `rest` are the other fields' names."""
    payload = [name for name, fields in inner.items() if fields and plain_name(name) not in _BESIDE]
    if not payload:
        return ""
    best = max(payload, key=lambda name: _shared(inner[name].keys(), likes))
    own, below = _shared(properties.keys() - {best}, likes), _shared(inner[best].keys(), likes)
    if any(best in like and _shared(properties.keys() - {best}, (like,)) for like in likes):
        return ""  # requests have it, and what is beside it, as they are here
    if below > own or (plain_name(best) in _WRAPPERS and _identified(inner[best], ids)):
        return best
    if len(payload) > 1 or own:
        return ""
    is_bare = rest <= _ENVELOPE | _PAGING
    return best if is_bare and (plain_name(best) in _WRAPPERS or _identified(inner[best], ids)) else ""


def _false_id(document: Document, properties: Mapping[str, Any], likes: Sequence[Names]) -> str:
    """The wrapper beside an id that is the answer's own, as JSON-RPC has it: all that requests have is in there."""
    for name in properties.keys() & _WRAPPERS:
        fields = document.schemas.plain(chosen(document, properties[name])).get("properties", {})
        if "id" in fields and not _shared(properties.keys() - {name, "id"}, likes) and _shared(fields.keys(), likes):
            return name
    return ""


def may_be_wrapped(properties: Mapping[str, Any]) -> bool:
    """True where requests decide whether these are an object's own fields, or an envelope's."""
    return ("id" not in properties and "sid" not in properties) or bool(properties.keys() & _WRAPPERS)


def request_fields(document: Document, schema: Any) -> list[Names]:
    """The fields of a request, and those inside it where all of it stands in one envelope."""
    found: list[Names] = []
    for _ in range(DEPTH_MAX):
        properties = document.schemas.plain(chosen(document, schema)).get("properties", {})
        if not properties:
            break
        found.append(frozenset(name for name in properties if plain_name(name) not in _BESIDE or name == "metadata"))
        if len(found[-1]) != 1:
            break
        schema = properties[next(iter(found[-1]))]
    return found


def below(
    document: Document,
    properties: Mapping[str, Any],
    depth: int,
    kind: str,
    into: Callable[[str], bool] = lambda _name: True,
) -> Iterator[tuple[At, Mapping[str, Any]]]:
    """The places of lists, or of objects, inside each other's objects, the shallower first."""
    todo: list[tuple[At, Mapping[str, Any]]] = [((), properties)]
    left = PLACES_MAX
    while todo and left > 0:
        at, fields = todo.pop(0)
        for name, node in fields.items():
            left -= 1
            level = document.schemas.plain(chosen(document, node))
            is_object = is_of_type(level, "object")
            if is_of_type(level, kind):
                yield (*at, name), level
            if is_object and len(at) + 1 < depth and into(name):
                todo.append(((*at, name), level.get("properties", {})))


def _words(word: str) -> Names:
    return frozenset({plain_name(word), plain_name(singular(word.lower()))}) - {""}


def _identified(properties: Mapping[str, Any], ids: Names) -> bool:
    return "id" in properties or "sid" in properties or any(plain_name(name) in ids for name in properties)


def _has_other_id(document: Document, properties: Mapping[str, Any], name: str, ids: Names) -> bool:
    plain = document.schemas.plain
    inner = (plain(node).get("properties", {}) for other, node in properties.items() if other != name)
    return any(_identified(fields, ids | _IDS) for fields in inner)


def _shared(names: Any, likes: Sequence[Names]) -> int:
    return max((len(like & names) for like in likes), default=0)


def _is_object(document: Document, node: Any) -> bool:
    level = document.schemas.plain(node)
    return is_of_type(level, "object") or "properties" in document.schemas.plain(chosen(document, node))


def is_of_type(level: Mapping[str, Any], kind: str) -> bool:
    """True where a schema is for objects, or for lists."""
    types = level.get("type")
    if types is None:
        return ("items" if kind == "array" else "properties") in level
    return kind in types if isinstance(types, list) else types == kind
