"""A request for an operation, made from the document and held to the oracle: path, query, headers, body, credential."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

import orjson

from tests.documents.drawn_values import DrawnValues
from tests.documents.oracle import Oracle, Unjudged
from tests.documents.raw_document import Json, RawDocument, RawOperation, Unreadable

BOUNDARY = "drawn"
FORM = "application/x-www-form-urlencoded"
_FRAMING = ("content-length", "transfer-encoding", "host", "connection")
"""Headers that the client writes."""
_UNWRITTEN = ("/xml", "+xml", "yaml", "/csv")
CREDENTIAL = "dXNlcjpwYXNz"
"""Good as a token, and as the user and password of basic authentication."""


class Undrawn(Exception):
    """No valid request was found."""


@dataclass(frozen=True)
class DrawnRequest:
    """What is sent. `sent` is the body as a value."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes = b""
    sent: Any = field(default=None, compare=False)


class DrawnRequests:
    """Requests to one vendor."""

    def __init__(self, document: RawDocument, oracle: Oracle, values: DrawnValues) -> None:
        self._document = document
        self._oracle = oracle
        self._values = values

    def of(self, operation: RawOperation, known: Mapping[str, str]) -> DrawnRequest:
        """A request; `known` are the path's parameters that name something that is there. Raises Undrawn."""
        try:
            return self._drawn(operation, known)
        except Unreadable as error:
            raise Undrawn(str(error)) from None

    def _drawn(self, operation: RawOperation, known: Mapping[str, str]) -> DrawnRequest:
        path = operation.template.partition("#")[0]
        pairs: list[tuple[str, str]] = []
        headers = {"Accept": "application/json, */*;q=0.5"}
        for entry in self._document.parameters(operation):
            name, place = str(entry.get("name")), entry.get("in")
            if place == "path":
                text = known.get(name) or self._text(entry) or "x"
                path = path.replace("{" + name + "}", quote(text, safe=""))
            elif entry.get("required") is True and place == "query":
                pairs += self._pairs(entry)
            elif entry.get("required") is True and place == "header" and name.lower() not in _FRAMING:
                is_condition = name.lower() == "if-match"  # whatever version is there (RFC 9110 §13.1.1)
                headers[name] = "*" if is_condition else self._text(entry)
        for name, text in known.items():
            path = path.replace("{" + name + "}", quote(text, safe=""))
        pairs += self._credential(operation, headers)
        media, sent, body = self._body(operation)
        if media:
            headers["Content-Type"] = media
        mark = "&" if "?" in path else "?"
        target = path + (mark + urlencode(pairs, quote_via=quote) if pairs else "")
        return DrawnRequest(operation.method.upper(), target, headers, body, sent)

    def _parameter(self, entry: Json) -> Any:
        schema, _ = self._document.parameter_schema(entry)
        if "example" in entry:
            schema = {"allOf": [schema], "example": entry["example"]} if schema else {"example": entry["example"]}
        return self._valid(schema)

    def _text(self, entry: Json) -> str:
        value, (_, is_json) = self._parameter(entry), self._document.parameter_schema(entry)
        return orjson.dumps(value).decode() if is_json else _plain(value)

    def _pairs(self, entry: Json) -> list[tuple[str, str]]:
        if "content" in entry:
            return [(str(entry.get("name")), self._text(entry))]
        return _pairs(entry, self._parameter(entry))

    def _valid(self, schema: Any) -> Any:
        for value in self._values.candidates(schema):
            try:
                if not self._oracle.flaw(schema, value, written=True):
                    return value
            except Unjudged as error:
                raise Undrawn(str(error)) from None
        raise Undrawn("no valid value was found")

    # --- body --------------------------------------------------------------------------------------------------------

    def _body(self, operation: RawOperation) -> tuple[str, Any, bytes]:
        holder = self._document.follow(operation.node.get("requestBody"))
        content = holder.get("content") if isinstance(holder, Mapping) else None
        if not isinstance(content, Mapping) or not content:
            return "", None, b""
        media = next((kind for kind in content if "json" in kind), next(iter(content)))
        described = content[media] if isinstance(content[media], Mapping) else {}
        schema = described.get("schema", {})
        if "example" in described and schema:
            schema = {"allOf": [schema], "example": described["example"]}
        if media.partition(";")[0].strip().lower().endswith(_UNWRITTEN):
            raise Undrawn(f"no {media} is written here")
        value = self._valid(schema) if schema else {}
        if "json" not in media and isinstance(value, dict):
            required = self._document.follow(schema).get("required", ())
            if any(value.get(name) in ([], {}) for name in required):
                raise Undrawn("a form does not say how an empty list is written")
        kind = "application/json" if "*" in media else media
        return _written(kind, value)

    # --- credential --------------------------------------------------------------------------------------------------

    def _credential(self, operation: RawOperation, headers: dict[str, str]) -> Iterator[tuple[str, str]]:
        """Put in what the first of the operation's security requirements asks for."""
        listed = operation.node.get("security", self._document.root.get("security"))
        required: Json = listed[0] if isinstance(listed, list) and listed else {}
        schemes = self._document.root.get("components", {}).get("securitySchemes", {})
        for name in required:
            scheme = self._document.follow(schemes.get(name, {}))
            kind, place = scheme.get("type"), scheme.get("in")
            if kind == "apiKey" and place == "query":
                yield str(scheme.get("name")), CREDENTIAL
            elif kind == "apiKey" and place == "header":
                is_bearer = str(scheme.get("name")).lower() == "authorization"
                headers[str(scheme.get("name"))] = f"Bearer {CREDENTIAL}" if is_bearer else CREDENTIAL
            elif kind == "apiKey":
                headers["Cookie"] = "; ".join(filter(None, (headers.get("Cookie"), f"{scheme.get('name')}=any")))
            else:
                form = "Basic" if str(scheme.get("scheme", "")).lower() == "basic" else "Bearer"
                headers["Authorization"] = f"{form} {CREDENTIAL}"


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ",".join(map(_plain, value))
    if isinstance(value, dict):
        return ",".join(f"{name},{_plain(inner)}" for name, inner in value.items())
    return "" if value is None else str(value)


def _pairs(entry: Json, value: Any) -> list[tuple[str, str]]:
    """The query's pairs in the parameter's style (OpenAPI 3.0, Parameter Object)."""
    name, style = str(entry.get("name")), entry.get("style", "form")
    explode = entry.get("explode", style == "form")
    if isinstance(value, list):
        if explode:
            return [(name, _plain(item)) for item in value]
        return [(name, {"spaceDelimited": " ", "pipeDelimited": "|"}.get(style, ",").join(map(_plain, value)))]
    if isinstance(value, dict):
        if any(isinstance(inner, dict | list) for inner in value.values()):
            raise Undrawn("OpenAPI does not say how an object in an object is written in a query")
        if style == "deepObject":
            return [(f"{name}[{key}]", _plain(inner)) for key, inner in value.items()]
        return [(key, _plain(inner)) for key, inner in value.items()] if explode else [(name, _plain(value))]
    return [(name, _plain(value))]


def _written(media: str, value: Any) -> tuple[str, Any, bytes]:
    bare = media.partition(";")[0].strip().lower()
    if "json" in bare:
        return media, value, orjson.dumps(value)
    if bare == FORM and not isinstance(value, str):
        return media, value, urlencode(list(_flat("", value))).encode()
    if bare.startswith("multipart/"):
        parts = "".join(
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{text}\r\n'
            for name, text in _flat("", value)
        )
        return f"{bare}; boundary={BOUNDARY}", value, f"{parts}--{BOUNDARY}--\r\n".encode()
    return media, value, value.encode() if isinstance(value, str) else orjson.dumps(value)


def _flat(name: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _flat(f"{name}[{key}]" if name else key, inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _flat(name, inner)
    else:
        yield name, _plain(value)
