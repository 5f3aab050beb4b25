"""The request drawer: a valid request for any operation of a document, drawn from its own schemas.

The same seed, operation and tag give the same request. What must exist at the vendor for it, it does not know: names of
such things are given. It sends nothing.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tidegate.drawing.request_encoding import (
    MEDIA_PREFERRED,
    encoded_content,
    encoded_query,
    filled_path,
    json_text,
    nested_pairs,
    plain_text,
    query_pairs,
)
from tidegate.openapi.document import OWN_HEADERS, Document, Operation
from tidegate.openapi.routes import PARAMETER
from tidegate.scenario.load import GivenRequest
from tidegate.values.documented_example import documented_example
from tidegate.values.json_value import NOTHING
from tidegate.values.value_generator import REQUEST, ValueGenerator

TAG_NAME = "n"
"""In braces it stands for the call's own tag."""

_BRACED = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class DrawnRequest:
    """What to send. `target` has its query; `headers` name the content's type where there is a content."""

    operation: str
    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes = b""
    values: Mapping[str, Any] = field(default_factory=dict)
    """The fields of the content, as typed values; empty where it is no object."""


class RequestDrawer:
    """Draws requests for one document."""

    def __init__(self, document: Document, seed: int = 0) -> None:
        self._document = document
        self._generator = ValueGenerator(seed, document.schemas)

    def draw(
        self, operation: Operation, tag: str, names: Mapping[str, str] | None = None, given: GivenRequest | None = None
    ) -> DrawnRequest:
        """A request.

        `names` are values by the name of a path parameter or a field of the content; `given` wins over what is drawn.
        Raises DocumentError where the document is unsound there.
        """
        known = {**(names or {}), TAG_NAME: tag}
        parameters = [*self._document.parameters(operation)]
        target = filled_path(operation.template, self._path(operation, parameters, tag, known, given))
        query = encoded_query(self._query(parameters, tag, known, given))
        if query:
            target += ("&" if "?" in target else "?") + query
        headers = {one["name"]: self._text(one, tag) for one in parameters if one["in"] == "header" and _sent(one)}
        media, value = self._content(operation, tag, known, given)
        media, body = encoded_content(media, value)
        headers |= {"Content-Type": media} if media else {}
        wanted = given.headers.items() if given is not None else ()
        headers |= {name: filled(text, known) for name, text in wanted if name.lower() != "content-type"}
        return DrawnRequest(operation.id, operation.method, target, headers, body, _fields(value))

    def needed_fields(self, operation: Operation) -> tuple[str, ...]:
        """The names of the fields that its content must have at the top."""
        _, schema = self._media(operation)
        plain = self._document.schemas.plain(schema) if schema else {}
        required = plain.get("required", ())
        return tuple(name for name in required if isinstance(name, str)) if isinstance(required, list | tuple) else ()

    # --- the parts ---------------------------------------------------------------------------------------------------

    def _path(
        self,
        operation: Operation,
        parameters: Sequence[Mapping[str, Any]],
        tag: str,
        known: Mapping[str, str],
        given: GivenRequest | None,
    ) -> dict[str, str]:
        declared = {one["name"]: one for one in parameters if one["in"] == "path"}
        values: dict[str, str] = {}
        for name in path_names(operation):
            if given is not None and name in given.path:
                values[name] = plain_text(filled(given.path[name], known))
            elif name in known:
                values[name] = known[name]
            else:
                values[name] = self._text(declared.get(name, {"name": name, "schema": {"type": "string"}}), tag) or "x"
        return values

    def _query(
        self, parameters: Sequence[Mapping[str, Any]], tag: str, known: Mapping[str, str], given: GivenRequest | None
    ) -> Iterator[tuple[str, str]]:
        wanted = filled(given.query, known) if given is not None else {}
        for one in parameters:
            if one["in"] == "query" and (one["name"] in wanted or _required(one)):
                value = wanted.pop(one["name"]) if one["name"] in wanted else self._value(one, tag)
                yield from query_pairs(one, value, swagger2=self._document.swagger2)
        yield from nested_pairs("", wanted)

    def _content(
        self, operation: Operation, tag: str, known: Mapping[str, str], given: GivenRequest | None
    ) -> tuple[str, Any]:
        media, schema = self._media(operation)
        if given is not None and given.body is not None:
            written = filled(given.body, known)
            media = _media_given(given) or media or MEDIA_PREFERRED[0]
            if not given.draw:
                return media, written
            drawn = self._drawn(operation, media, schema, tag, known)
            both = isinstance(drawn, dict) and isinstance(written, dict)
            return media, {**drawn, **written} if both else written
        if not media:
            return "", None
        return media, self._drawn(operation, media, schema, tag, known)

    def _media(self, operation: Operation) -> tuple[str, Any]:
        """The media type that is sent, and its schema; both empty where the operation takes no content."""
        content = self._document.request_content(operation)
        if not content:
            return "", None
        media = next((one for one in MEDIA_PREFERRED if one in content), next(iter(content)))
        return media, content[media]

    def _drawn(self, operation: Operation, media: str, schema: Any, tag: str, known: Mapping[str, str]) -> Any:
        if not schema:
            return {}
        drawn = self._generator.value("", schema, tag, REQUEST, self._example(operation, media))
        if not isinstance(drawn, dict):
            return drawn
        check = self._document.schemas.validator(schema, of="request")
        for name in drawn:
            if name in known and isinstance(drawn[name], str):
                changed = {**drawn, name: known[name]}
                drawn = changed if check.is_valid(changed) else drawn
        return drawn

    def _value(self, parameter: Mapping[str, Any], tag: str) -> Any:
        example = documented_example(self._document, parameter)
        return self._generator.value(parameter["name"], _schema(parameter), tag, REQUEST, example)

    def _text(self, parameter: Mapping[str, Any], tag: str) -> str:
        value = self._value(parameter, tag)
        return json_text(value) if "content" in parameter else plain_text(value) or "x"

    def _example(self, operation: Operation, media: str) -> Any:
        content = self._document.body_content(operation)
        return documented_example(self._document, content[media]) if media in content else NOTHING


def path_names(operation: Operation) -> list[str]:
    """The names of the parameters in its path, in order."""
    return PARAMETER.findall(operation.template.partition("#")[0].partition("?")[0])


def operations_of(documents: Iterable[Document]) -> dict[str, frozenset[str]]:
    """The operations of several documents, each with the names in its path."""
    known: dict[str, frozenset[str]] = {}
    for document in documents:
        for name, operation in document.operations.items():
            known[name] = known.get(name, frozenset()).union(path_names(operation))
    return known


def filled(value: Any, names: Mapping[str, str]) -> Any:
    """A value with each known name in braces replaced, in every text of it; a text that has another stays as it is."""
    if isinstance(value, str):
        return _BRACED.sub(lambda found: names.get(found[1], found[0]), value)
    if isinstance(value, dict):
        return {key: filled(inner, names) for key, inner in value.items()}
    return [filled(inner, names) for inner in value] if isinstance(value, list) else value


def braced_names(value: Any) -> set[str]:
    """The names in braces in every text of a value, but for the tag's."""
    if isinstance(value, str):
        return set(_BRACED.findall(value)) - {TAG_NAME}
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return set[str]().union(*map(braced_names, inner))


def _media_given(given: GivenRequest) -> str:
    return next((value for name, value in given.headers.items() if name.lower() == "content-type"), "")


def _sent(header: Mapping[str, Any]) -> bool:
    return _required(header) and header["name"].lower() not in OWN_HEADERS


def _required(parameter: Mapping[str, Any]) -> bool:
    return parameter.get("required") is True


def _schema(parameter: Mapping[str, Any]) -> Any:
    if "schema" in parameter:
        return parameter["schema"]
    return parameter  # Swagger 2.0 has the schema's words in the parameter itself


def _fields(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
