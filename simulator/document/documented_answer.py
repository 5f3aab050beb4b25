"""The answer of an operation as the document has it: status, media type, schema, example, and where its objects are.

It reads one answer at a time and knows no kind of object.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tidegate.openapi.document import Document, Operation, is_status
from tidegate.simulator.answer.media_types import JSON, concrete, is_json
from tidegate.simulator.document.path_template import singular
from tidegate.simulator.values.json_value import NOTHING
from tidegate.simulator.values.string_values import plain_name
from tidegate.simulator.values.value_generator import example_of

CHOICES_MAX = 1_000
"""So many alternatives of an answer are looked into."""

At = tuple[str, ...]
"""The names of properties that lead to a place in an answer."""

_EVENTS = "text/event-stream"

_LISTS = ("data", "items", "results", "entries", "values", "records", "objects", "list", "resources")
_PAGING = frozenset({
    "hasmore", "totalcount", "total", "count", "nextcursor", "nextpageuri", "nextpage", "next", "cursor", "url", "meta",
    "responsemetadata", "nextpagetoken", "links", "paging", "pagination", "page", "offset", "firstid", "lastid",
})  # fmt: skip
"""Plain names of what stands beside a list."""
_ENVELOPE = frozenset({"ok", "success", "status", "object", "meta", "message", "requestid", "warning", "error"})
"""Plain names of what stands beside a single object that is wrapped."""


@dataclass(frozen=True, slots=True)
class DocumentedAnswer:
    """One operation's answer of success. `media` is empty where it has no body, `schema` None where it says nothing."""

    status: int
    media: str
    schema: Any
    example: Any
    streams: bool
    headers: Mapping[str, Any]
    others: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)
    """Other media types that it has, each with its schema and example: a client may ask for them."""

    @property
    def is_json(self) -> bool:
        """True where it is JSON."""
        return is_json(self.media)


def answer_of(document: Document, operation: Operation) -> DocumentedAnswer:
    """The first status of success that the document lists, else of redirection, and what comes with it.

    Beside statuses of failure, `default` is one more failure.
    """
    listed = operation.node.get("responses")
    codes = [str(code) for code in listed if is_status(str(code))] if isinstance(listed, dict) else []
    successes = sorted(code for code in codes if code[:1] == "2") or sorted(code for code in codes if code[:1] == "3")
    if not successes and codes != ["default"]:
        return DocumentedAnswer(200, "", None, NOTHING, False, {})
    successes = successes or ["2XX"]  # `default` alone is what is said of every status
    status = int(successes[0]) if successes[0].isdecimal() else 200
    response = document.response(operation, status) or {}
    headers = response.get("headers")
    headers = headers if isinstance(headers, dict) else {}
    media = _swagger_media(document, operation, response) if document.swagger2 else _media(document, response)
    kind = next(filter(is_json, media), next((kind for kind in media if kind != _EVENTS), ""))
    schema, example = media.get(kind, (None, NOTHING))
    others = {other: content for other, content in media.items() if other not in (kind, _EVENTS)}
    return DocumentedAnswer(status, kind, schema, example, _EVENTS in media, headers, others)


def _media(document: Document, response: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """The media types of a response, ranges made concrete, each with its schema and example."""
    content = response.get("content")
    listed = content.items() if isinstance(content, dict) else ()
    return {
        concrete(kind, document.schemas.plain(media.get("schema", {}))): (media.get("schema"), example_of(media))
        for kind, media in listed
        if isinstance(media, dict)
    }


def _swagger_media(document: Document, operation: Operation, response: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """The same of Swagger 2.0: what the operation, or the document, `produces`, in the one schema of the response."""
    schema, examples = response.get("schema"), response.get("examples")
    if schema is None:
        return {}
    examples = examples if isinstance(examples, dict) else {}
    produced = operation.node.get("produces", document.root.get("produces"))
    kinds = [kind for kind in produced if isinstance(kind, str)] if isinstance(produced, list) else []
    level = document.schemas.plain(schema)
    media = {concrete(kind, level): (schema, examples.get(kind, NOTHING)) for kind in kinds or examples or [JSON]}
    if len(media) == 1 and len(examples) == 1:
        return {kind: (schema, next(iter(examples.values()))) for kind in media}
    return media


def list_at(document: Document, schema: Any, word: str, *, surely: bool = False) -> At | None:
    """The place of the list in a page; None where this is no page. `surely` where it is known to be one."""
    plain = document.schemas.plain
    level = plain(schema)
    if _is(level, "array"):
        return ()
    if surely and "properties" not in level:
        level = plain(chosen(document, schema))
    arrays = [name for name, node in level.get("properties", {}).items() if _is(plain(node), "array")]
    wanted = plain_name(word)
    for name in arrays:
        if plain_name(name) == wanted:
            return (name,)
    for name in arrays:
        if name in _LISTS or (len(wanted) > 3 and plain_name(name).endswith(wanted)):
            return (name,)
    others = {plain_name(name) for name in level.get("properties", {})} - {plain_name(name) for name in arrays}
    if len(arrays) == 1 and (surely or others & _PAGING):
        return (arrays[0],)
    return None


def object_at(document: Document, schema: Any, word: str) -> tuple[At, Any]:
    """The place of a single object, and its schema: of alternatives the first that is an object with fields.

    An object in an envelope has the name of its collection there, in the singular.
    """
    node = chosen(document, schema)
    properties = document.schemas.plain(node).get("properties", {})
    if "id" in properties or "sid" in properties:
        return (), schema if "discriminator" in document.schemas.plain(schema) else node
    names = {plain_name(word), plain_name(singular(word.lower()))}
    inner = [name for name, schema in properties.items() if _is(document.schemas.plain(schema), "object")]
    for name in inner:
        if plain_name(name) in names:
            return (name,), chosen(document, properties[name])
    rest = {plain_name(name) for name in properties} - {plain_name(name) for name in inner}
    if len(inner) == 1 and rest <= _ENVELOPE and rest & {"ok", "success"}:
        return (inner[0],), chosen(document, properties[inner[0]])
    return (), node


def chosen(document: Document, schema: Any) -> Any:
    """The schema itself, or the first of its alternatives, and of theirs, that has fields."""
    todo: list[Any] = [schema]
    met: set[int] = set()
    while todo and len(met) < CHOICES_MAX:
        node = todo.pop()
        level = document.schemas.plain(node)
        if level.get("properties"):
            return document.follow(node)
        if id(level) not in met:
            met.add(id(level))
            todo += [choice for union in ("oneOf", "anyOf") for choice in reversed(level.get(union) or ())]
    return document.follow(schema)


def inside(document: Document, schema: Any, at: At) -> Any:
    """The schema at a place of an answer."""
    for name in at:
        schema = document.schemas.plain(chosen(document, schema)).get("properties", {}).get(name, {})
    return schema


def _is(level: Mapping[str, Any], kind: str) -> bool:
    types = level.get("type")
    if types is None:
        return ("items" if kind == "array" else "properties") in level
    return kind in types if isinstance(types, list) else types == kind
