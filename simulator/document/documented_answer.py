"""The answer of an operation as the document has it: status, media type, schema, example, and where its objects are.

It reads one answer at a time and knows no kind of object.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tidegate.openapi.document import Document, Operation, is_status
from tidegate.openapi.operations.sequential_media import EVENTS, is_framed, is_stream
from tidegate.simulator.answer.media_types import JSON, concrete, is_json, is_multipart, is_xml, preferred
from tidegate.values.documented_example import documented_example, meant
from tidegate.values.json_value import NOTHING, Obj

CHOICES_MAX = 1_000
"""So many alternatives of an answer are looked into."""

At = tuple[str, ...]
"""The names of properties that lead to a place in an answer."""

_ANNOTATIONS = frozenset({"title", "description", "externalDocs", "deprecated", "$comment"})


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
    event: tuple[Any, Any] = (None, NOTHING)
    """The schema and the example of one event, where it can come as a stream of them."""
    is_framed: bool = False
    """True where these are of the event with its name and its data, and not of its data alone."""
    has_406: bool = False
    """True where the document says what becomes of a client that takes none of its media types."""
    has_404: bool = True
    """False where the document lists its refusals, and none for what is not there."""

    @property
    def is_json(self) -> bool:
        """True where it is JSON."""
        return is_json(self.media)

    @property
    def has_fields(self) -> bool:
        """True where it is written in JSON, XML or parts: in what can say objects and lists."""
        if is_xml(self.media) or is_multipart(self.media):
            return not isinstance(self.example, str)
        return is_json(self.media)

    def streams_to(self, asked: object, accept: str) -> bool:
        """Whether it comes as a stream of events: it can, and is asked to, or no other form is liked as well."""
        return self.streams and (bool(asked) or not self.media or preferred(accept, (self.media, EVENTS)) == EVENTS)

    def takes(self, accept: str) -> bool:
        """True where a client that accepts this can be answered, or the document does not say that it cannot."""
        return not self.has_406 or not accept.strip() or preferred(accept, (self.media, *self.others)) is not None


def answer_of(document: Document, operation: Operation, wanted: int | None = None) -> DocumentedAnswer:
    """The first status of success with content that the document lists, or the first, else of redirection; or `wanted`.

    Beside statuses of failure, `default` is one more failure.
    """
    codes = [str(code) for code in document.responses(operation) if is_status(str(code))]
    successes = sorted(code for code in codes if code[:1] == "2") or sorted(code for code in codes if code[:1] == "3")
    if not successes and codes != ["default"]:
        return DocumentedAnswer(200, "", None, NOTHING, False, {})
    # `default` alone is what is said of every status
    statuses = [int(code) if code.isdecimal() else 200 for code in successes or ["2XX"]]
    if wanted is None:
        wanted = next((one for one in statuses if len(statuses) > 1 and _has_content(document, operation, one)), None)
    status = statuses[0] if wanted is None else wanted
    response = document.response(operation, status) or {}
    headers = response.get("headers")
    headers = headers if isinstance(headers, dict) else {}
    media = _swagger_media(document, operation, response) if document.swagger2 else _media(document, response)
    kind = JSON if JSON in media else next(filter(is_json, media), "")
    kind = kind or next((other for other in media if other != EVENTS), "")
    schema, example = media.get(kind, (None, NOTHING))
    others = {other: content for other, content in media.items() if other not in (kind, EVENTS)}
    event = media.get(EVENTS, (None, NOTHING))
    has_406 = "406" in codes and bool(kind) and EVENTS not in media
    refusals = {code for code in codes if code[:1] == "4"}
    has_404 = not refusals or bool({"404", "4XX", "4xx"} & refusals) or "default" in codes
    framed = not document.swagger2 and any(is_framed(*one) for one in document.content(response).items())
    return DocumentedAnswer(
        status, kind, schema, example, EVENTS in media, headers, others, event, framed, has_406, has_404
    )  # fmt: skip


def is_untyped(document: Document, answer: DocumentedAnswer) -> bool:
    """Whether an answer is JSON of which the document shows nothing."""
    words = document.schemas.plain(answer.schema or {}).keys() - _ANNOTATIONS
    return answer.is_json and answer.example is NOTHING and not words


def success_statuses(operation: Operation) -> frozenset[int]:
    """The statuses of success that the document lists by number."""
    listed = operation.node.get("responses")
    codes = (str(code) for code in listed) if isinstance(listed, dict) else ()
    return frozenset(int(code) for code in codes if code.isdecimal() and len(code) == 3 and code[0] == "2")


def _has_content(document: Document, operation: Operation, status: int) -> bool:
    response = document.response(operation, status) or {}
    return bool(response.get("content")) or (document.swagger2 and "schema" in response)


def _media(document: Document, response: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """The media types of a response, ranges made concrete, each with its schema and example."""
    return {
        EVENTS if is_stream(kind) else concrete(kind, document.schemas.plain(media.get("schema", {}))): (
            media.get("schema"),
            documented_example(document, media, of_bytes=not is_json(kind)),
        )
        for kind, media in document.content(response).items()
    }


def _swagger_media(document: Document, operation: Operation, response: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """The same of Swagger 2.0: what the operation, or the document, `produces`, in the one schema of the response."""
    schema, examples = response.get("schema"), response.get("examples")
    if schema is None:
        return {}
    written = examples if isinstance(examples, dict) else {}
    examples = {kind: meant(document, schema, example) for kind, example in written.items()}
    produced = operation.node.get("produces", document.root.get("produces"))
    kinds = [kind for kind in produced if isinstance(kind, str)] if isinstance(produced, list) else []
    level = document.schemas.plain(schema)
    media = {concrete(kind, level): (schema, examples.get(kind, NOTHING)) for kind in kinds or examples or [JSON]}
    if len(media) == 1 and len(examples) == 1:
        return {kind: (schema, next(iter(examples.values()))) for kind in media}
    return media


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


def with_part(thing: Any, at: At, part: Any) -> Obj:
    """The object with this at a place; what is no object on the way there becomes one."""
    held = thing if isinstance(thing, dict) else {}
    return {**held, at[0]: part if len(at) == 1 else with_part(held.get(at[0]), at[1:], part)}


def without_part(thing: Obj, at: At) -> Obj:
    """The object without what is at a place."""
    if len(at) == 1:
        return {name: value for name, value in thing.items() if name != at[0]}
    inner = thing.get(at[0])
    return {**thing, at[0]: without_part(inner, at[1:])} if isinstance(inner, dict) else thing
