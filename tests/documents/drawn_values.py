"""A plain value for a schema of a document, for requests: examples first, then the smallest thing that may be sent.

It is made without the product's generator, and held to the oracle before it is sent: what it cannot make is not asked.
"""

import random
import re
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from tests.documents.raw_document import RawDocument

DEPTH_MAX = 8
TRIES_MAX = 6
OPTIONAL_MAX = 4
"""So many properties that need not be there are sent."""

_FORMATS: Mapping[str, str] = {
    "date": "2026-03-05", "date-time": "2026-03-05T10:20:30Z", "time": "10:20:30Z", "uuid":
    "3fa85f64-5717-4562-b3fc-2c963f66afa6", "email": "ada@example.com", "uri": "https://example.com/a", "url":
    "https://example.com/a", "uri-reference": "/a", "hostname": "example.com", "ipv4": "192.0.2.7", "ipv6":
    "2001:db8::7", "byte": "YWRh", "binary": "ada", "guid": "3fa85f64-5717-4562-b3fc-2c963f66afa6",
    "password": "s3cret-Pass", "duration": "P1D",
}  # fmt: skip
_TEXTS = ("ada", "A1", "1", "12", "Ada Lovelace", "a@b.example", "2026-03-05", "EUR", "DE", "en-US", "a-b", "ada_1",
          "10.20", "+4915112345678", "0123456789abcdef0123456789abcdef", "3fa85f64-5717-4562-b3fc-2c963f66afa6",
          "https://example.com/a", "arn:aws:iam::123456789012:role/a", "#aabbcc", "10:20", "true")  # fmt: skip

Schema = Mapping[str, Any]


class DrawnValues:
    """Values for one document."""

    def __init__(self, document: RawDocument, rng: random.Random) -> None:
        self._document = document
        self._rng = rng

    def candidates(self, node: Any) -> Iterator[Any]:
        """Some values, the fullest first; the last ones have no more than they must."""
        if isinstance(node, Mapping):
            yield from islice(_examples(node), 1)
        yield self.value(node, 0, optional=OPTIONAL_MAX)
        yield self.value(node, 0, optional=0)
        for place in range(1, TRIES_MAX):
            yield self.value(node, 0, optional=0, choice=place)

    def value(self, node: Any, depth: int, *, optional: int, choice: int = 0) -> Any:
        """A value. `choice` is the place of the alternative that is taken."""
        schema = self._level(node, 0)
        for example in islice(_examples(schema), 1):
            return example
        if schema.get("enum"):
            values = [value for value in schema["enum"] if value is not None] or [None]
            return values[choice % len(values)]
        if "const" in schema:
            return schema["const"]
        for union in ("oneOf", "anyOf"):
            if schema.get(union) and "properties" not in schema:
                branches = schema[union]
                branch = branches[choice % len(branches)]
                rest = {key: value for key, value in schema.items() if key != union}
                return self.value({"allOf": [rest, branch]} if rest else branch, depth, optional=optional)
        kind = schema.get("type")
        kind = next((one for one in kind if one != "null"), "null") if isinstance(kind, list) else kind
        if kind == "object" or (kind is None and "properties" in schema):
            return self._object(schema, depth, optional)
        if kind == "array":
            return self._array(schema, depth, optional)
        return self._scalar(kind, schema)

    def _level(self, node: Any, depth: int) -> dict[str, Any]:
        """One level, `allOf` joined as far as a request needs it."""
        schema = self._document.follow(node)
        if not isinstance(schema, Mapping) or depth > DEPTH_MAX:
            return {}
        level = {key: value for key, value in schema.items() if key != "allOf"}
        for part in schema.get("allOf", ()):
            for key, value in self._level(part, depth + 1).items():
                if key == "properties":
                    level[key] = {**value, **level.get(key, {})}
                elif key == "required" and isinstance(value, list):
                    level[key] = [*level.get(key, ()), *value]
                elif key not in ("example", "examples", "default"):
                    level.setdefault(key, value)
        return level

    def _object(self, schema: Schema, depth: int, optional: int) -> Any:
        required = [name for name in schema.get("required", ()) if isinstance(name, str)]
        properties = schema.get("properties") or {}
        made: dict[str, Any] = {}
        for name, inner in properties.items():
            level = self._level(inner, 0)
            if level.get("readOnly") is True:
                continue
            is_scalar = level.get("type") in ("string", "integer", "number", "boolean")
            if name in required or (depth == 0 and is_scalar and len(made) < optional):
                made[name] = self.value(inner, depth + 1, optional=0) if depth < DEPTH_MAX else {}
        made |= {name: "ada" for name in required if name not in properties}
        return made

    def _array(self, schema: Schema, depth: int, optional: int) -> Any:
        count = schema.get("minItems", 0) if depth else max(schema.get("minItems", 1), 1)
        if depth > DEPTH_MAX:
            return []
        return [self.value(schema.get("items", {}), depth + 1, optional=optional) for _ in range(min(count, 50))]

    def _scalar(self, kind: Any, schema: Schema) -> Any:
        if kind == "boolean":
            return True
        if kind == "integer":
            return int(_number(schema, 1))
        if kind == "number":
            return _number(schema, 0)
        return None if kind == "null" else self._text(schema)

    def _text(self, schema: Schema) -> str:
        least, most = schema.get("minLength", 0), schema.get("maxLength", 1 << 20)
        pattern = schema.get("pattern")
        first = _FORMATS.get(str(schema.get("format")), "")
        for text in filter(None, (first, *_TEXTS)):
            fit = text if len(text) >= least else text + "a" * (least - len(text))
            fit = fit[:most]
            if pattern is None or _matches(pattern, fit):
                return fit
        return "ada"


def _examples(schema: Schema) -> Iterator[Any]:
    if "example" in schema:
        yield schema["example"]
    listed = schema.get("examples")
    if isinstance(listed, list):
        yield from listed
    if "default" in schema:
        yield schema["default"]


def _number(schema: Schema, step: int) -> Any:
    least, most = schema.get("minimum"), schema.get("maximum")
    strict = schema.get("exclusiveMinimum")
    if isinstance(strict, int | float) and not isinstance(strict, bool):
        least, strict = strict, True
    value = least if least is not None else min(3, most) if most is not None else 3
    value = value + (step or 0.5) if strict is True and least is not None else value
    unit = schema.get("multipleOf")
    if unit and value % unit:
        value = value + unit - value % unit
    return value


def _matches(pattern: str, text: str) -> bool:
    try:
        return re.search(pattern, text) is not None
    except re.error:
        return True
