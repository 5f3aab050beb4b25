"""Draws OpenAPI documents in which anything may stand anywhere, and requests to them."""

from collections.abc import Callable, Iterator
from random import Random
from typing import Any
from urllib.parse import quote

import orjson

from tidegate.openapi.document import Document

Json = Any

NAMES = ("id", "name", "status", "object", "data", "created_at", "items", "q", "a/b", "~", "", "ä", "x[y]")
NUMBERS = (0, 1, -1, 2, 0.5, 10.0, 1e-300, 1e308, -1e308, 10**9, 2**63, 2**64, -(2**63), 1e18, 3)
PATTERNS = (
    "^a+$", "^(a+)+$", "(x+x+)+y", "^((((a{100}){100}){100}){100})$", "^(?=.*a)b$", "(?<!a)b", r"^\p{L}{3}$", "[",
    "(",
    r"(a|aa)*\1$", "a{1000}{1000}", "^[a-z]{3,5}$", "(" * 200 + ")" * 200,
    "[\ufffd-\U0010ffff]", r"\u0041", r"\uzzzz",
    "|".join("abc" * 100), "^$", "^.{100000}$", "^[^a]$", "a" * 20_000, "(?:", "(?<n>a)(?<n>b)", r"^\d{4}$", "{,}",
)  # fmt: skip
FORMATS = ("date", "date-time", "uuid", "uri", "email", "int64", "byte", "binary", "regex", "ipv6", "hostname", "odd")
MEDIA = (
    "application/json", "application/x-www-form-urlencoded", "multipart/form-data", "text/plain", "*/*", "image/png",
    "text/event-stream", "application/json; charset=utf-8", "", "odd",
)  # fmt: skip
STATUSES = ("200", "201", "204", "2XX", "302", "400", "404", "422", "default", "abc", "99", "1e3", "2", "20000", "")
TEMPLATES = (
    "/things", "/things/{id}", "/things/{id}/parts", "/things/{id}/parts/{part}", "/t", "/t/{a}{b}{c}", "/t/{a}.json",
    "/things?x=1", "/{a}/{b}/{c}", "no-slash", "/{}", "//", "/", "/things/{id}/act", "/%7Bid%7D", "/a b/ü", "/{id}#x",
    "/things/{id", "/x}", "/t/{a}/{a}",
)  # fmt: skip
JUNK: tuple[Json, ...] = (
    None, True, False, 0, -1, 1e308, "", "text", [], {}, [[]], {"": {}}, ["a", 1, None], {"$ref": 1},
    {"$ref": "#/nowhere"}, {"$ref": "#"}, {"$ref": "../../x.json"}, {"$ref": "https://x.example/a"},
    {"$ref": "a\u0000b"}, {"type": "object"},
)  # fmt: skip
SCHEMAS = 6
"""A document has so many named schemas."""


def drawn(random: Random) -> dict[str, Json]:
    """One document: sound at first, then spoilt in a few places."""
    root = {
        "openapi": random.choice(("3.0.3", "3.0.3", "3.1.0", "9", 3)),
        "info": {"title": "drawn", "version": "1"},
        "servers": _some(
            random, lambda: {"url": random.choice(("https://a.example/v1", "/v2", "http://[", "{x}", ""))}
        ),
        "paths": {random.choice(TEMPLATES): _item(random) for _ in range(random.randint(1, 4))},
        "components": {"schemas": {f"S{number}": _schema(random, 3) for number in range(SCHEMAS)}},
    }
    if random.random() < 0.2:
        root = _swagger(random, root)
    if random.random() < 0.3:
        root["components" if "components" in root else "definitions"] = {"schemas": _fan(random)}
    for _ in range(random.choice((0, 0, 1, 2, 5))):
        _spoil(random, root)
    if not isinstance(root.get("paths"), dict):
        root["paths"] = {}
    return root


def _swagger(random: Random, root: dict[str, Json]) -> dict[str, Json]:
    listed = [
        {"name": random.choice(NAMES), "in": random.choice(("formData", "body", "query", "path")), "type": "string"}
        for _ in range(2)
    ]
    for item in root["paths"].values():
        for node in item.values() if isinstance(item, dict) else ():
            if isinstance(node, dict):
                node["parameters"] = listed
                node["responses"] = {"200": {"description": "", "schema": _schema(random, 2)}}
    return {**root, "swagger": "2.0", "host": random.choice(("a.example", 1)), "basePath": random.choice(("/v1", 1))}


def _item(random: Random) -> dict[str, Json]:
    methods = random.sample(("get", "post", "put", "patch", "delete", "head", "options"), random.randint(1, 3))
    return {method: _operation(random) for method in methods}


def _operation(random: Random) -> dict[str, Json]:
    node: dict[str, Json] = {
        "operationId": random.choice(("one", "two", "three", "", 7)),
        "parameters": _some(random, lambda: _parameter(random)),
        "responses": {random.choice(STATUSES): _response(random) for _ in range(random.randint(0, 3))},
    }
    if random.random() < 0.5:
        node["requestBody"] = {"required": random.random() < 0.5, "content": _content(random)}
    return node


def _response(random: Random) -> dict[str, Json]:
    headers = {"X-A": {"required": True, "schema": _schema(random, 1)}} if random.random() < 0.2 else {}
    return {"description": "", "content": _content(random), "headers": headers}


def _content(random: Random) -> dict[str, Json]:
    return {random.choice(MEDIA): _media(random) for _ in range(random.randint(0, 2))}


def _media(random: Random) -> dict[str, Json]:
    media: dict[str, Json] = {"schema": _schema(random, 3)}
    if random.random() < 0.3:
        media["example"] = _value(random, 4)
    if random.random() < 0.1:
        media["encoding"] = {random.choice(NAMES): random.choice(({"style": "deepObject"}, {"explode": False}, 1))}
    return media


def _parameter(random: Random) -> dict[str, Json]:
    return {
        "name": random.choice(NAMES),
        "in": random.choice(("query", "path", "header", "cookie", "odd")),
        "required": random.choice((True, False, "yes")),
        "style": random.choice(("form", "deepObject", "simple", "label", "matrix", "spaceDelimited", "odd", 1)),
        "explode": random.choice((True, False, 1)),
        "schema": _schema(random, 2),
    }


# --- schemas ---------------------------------------------------------------------------------------------------------


def _schema(random: Random, depth: int) -> Json:
    dice = random.random()
    if dice < 0.15 or (depth <= 0 and dice < 0.5):
        return {"$ref": f"#/components/schemas/S{random.randrange(SCHEMAS + 1)}"}
    if dice < 0.2:
        return random.choice(JUNK)
    if dice < 0.23:
        return _deep(random, random.choice((5, 60, 240)))
    kind = random.choice(
        ("object", "array", "string", "integer", "number", "boolean", "null", ["string", "null"], None)
    )
    schema: dict[str, Json] = {} if kind is None else {"type": kind}
    for _ in range(random.randint(0, 4)):
        key = random.choice(list(_KEYWORDS) if depth > 0 else _FLAT)
        schema[key] = _KEYWORDS[key](random, depth - 1)
    if kind == "object" and depth > 0 and random.random() < 0.8:
        schema["properties"] = {name: _schema(random, depth - 1) for name in random.sample(NAMES, 4)}
    return schema


def _number(random: Random, _depth: int) -> Json:
    return random.choice(NUMBERS)


def _inner(random: Random, depth: int) -> Json:
    return _schema(random, depth)


def _several(random: Random, depth: int) -> Json:
    return [_schema(random, depth) for _ in range(random.choice((1, 2, 2, 3, 20)))]


def _by_name(random: Random, depth: int) -> Json:
    return {random.choice(NAMES): _schema(random, depth) for _ in range(2)}


_KEYWORDS: dict[str, Callable[[Random, int], Json]] = {
    **dict.fromkeys((
        "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minLength", "maxLength",
        "minItems", "maxItems", "minProperties", "maxProperties", "minContains",
    ), _number),
    **dict.fromkeys(("items", "additionalProperties", "not", "contains", "if", "then", "else"), _inner),
    **dict.fromkeys(("allOf", "anyOf", "oneOf", "prefixItems"), _several),
    **dict.fromkeys(("properties", "dependentSchemas"), _by_name),
    "patternProperties": lambda random, depth: {random.choice(PATTERNS): _schema(random, depth)},
    "pattern": lambda random, _: random.choice(PATTERNS),
    "format": lambda random, _: random.choice(FORMATS),
    "enum": lambda random, _: random.choice((["a"], [None], [1, "a", {}], list(range(2000)), [], [[1]], [1e308])),
    "const": lambda random, _: random.choice(JUNK),
    "required": lambda random, _: random.choice((["id"], ["id", "id"], [f"r{at}" for at in range(300)], "id", [1])),
    "uniqueItems": lambda *_: True,
    "nullable": lambda *_: True,
    "example": lambda random, _: _value(random, 3),
    "default": lambda random, _: _value(random, 3),
    "readOnly": lambda *_: True,
    "discriminator": lambda random, _: random.choice((
        {"propertyName": "object"}, {"propertyName": "id", "mapping": {"a": "#/components/schemas/S1"}}, "id", {},
    )),
}  # fmt: skip


_FLAT = [
    *(name for name, make in _KEYWORDS.items() if make is _number),
    "pattern",
    "format",
    "enum",
    "const",
    "required",
]
"""Keywords that hold no schema."""


def _deep(random: Random, levels: int) -> Json:
    key = random.choice(("items", "not", "additionalProperties", "anyOf", "allOf", "properties"))
    node: Json = {"type": "string"}
    for _ in range(levels):
        node = {key: [node] if key.endswith("Of") else {"a": node} if key == "properties" else node}
    return node


def _fan(random: Random) -> dict[str, Json]:
    """Schemas of which each names the next ones several times, and the last perhaps the first."""
    levels, width = random.choice((3, 12, 40)), random.choice((1, 2, 3))
    schemas: dict[str, Json] = {}
    for level in range(levels):
        target = {"$ref": f"#/components/schemas/S{level + 1}"}
        key = random.choice(("allOf", "anyOf", "oneOf", "properties", "items", "not", "$ref"))
        schemas[f"S{level}"] = {
            "properties": {"properties": {f"p{at}": target for at in range(width)}, "required": ["p0"]},
            "items": {"type": "array", "items": target, "minItems": width},
            "not": {"not": target},
            "$ref": target,
        }.get(key, {key: [target] * width})
    schemas[f"S{levels}"] = random.choice(({"type": "string"}, {"$ref": "#/components/schemas/S0"}, {}))
    return schemas


# --- spoiling --------------------------------------------------------------------------------------------------------


def _spoil(random: Random, root: dict[str, Json]) -> None:
    """Put junk in one place."""
    places: list[tuple[Json, Json]] = []
    todo: list[Json] = [root]
    while todo:
        node = todo.pop()
        for key, inner in list(node.items()) if isinstance(node, dict) else list(enumerate(node)):
            places.append((node, key))
            if isinstance(inner, dict | list) and len(places) < 2_000:
                todo.append(inner)
    node, key = random.choice(places)
    node[key] = random.choice(JUNK)


def _some(random: Random, make: Callable[[], Json]) -> list[Json]:
    return [make() for _ in range(random.randint(0, 3))]


def _value(random: Random, depth: int) -> Json:
    dice = random.random()
    if depth <= 0 or dice < 0.5:
        return random.choice((None, True, 0, 1.5, 1e308, -1, "", "text", "1", "2024-01-01", [], {}))
    if dice < 0.75:
        return [_value(random, depth - 1) for _ in range(random.randint(0, 3))]
    return {random.choice(NAMES): _value(random, depth - 1) for _ in range(random.randint(0, 4))}


# --- requests --------------------------------------------------------------------------------------------------------

Request = tuple[str, str, dict[str, str], bytes]
"""Method, path with its query, headers, body."""


def requests(document: Document, random: Random) -> Iterator[Request]:
    """Some for each operation, right and wrong ones."""
    for operation in document.operations.values():
        path = "/".join(
            quote(_filled(random, step), safe="") if "{" in step else quote(step, safe="%?=#")
            for step in operation.template.partition("#")[0].split("/")
        )
        for _ in range(2):
            query = random.choice(
                ("", "?q=1", "?id=x&id=y", "?a[b]=1&a[c][d]=2", "?limit=1&name=%00", "?x[=1", "?=&&=")
            )
            media = random.choice(MEDIA[:4])
            headers = {"Content-Type": media, "Authorization": "Bearer x", "Cookie": "id=1; q=a"}
            body = b"" if operation.method in ("GET", "HEAD") else _body(random, media)
            yield operation.method, path + ("" if "?" in path else query), headers, body


def _filled(random: Random, step: str) -> str:
    return random.choice(("1", "abc", "x" * 2000, "-1", "1e400", "%2F", step))


def _body(random: Random, media: str) -> bytes:
    if media == "application/json":
        deep = b"[" * 300 + b"]" * 300
        return random.choice((b"", b"{", deep, orjson.dumps(_value(random, 5)), b'{"id": 1e308}', b"null"))
    if "form-urlencoded" in media:
        return random.choice(
            (b"", b"id=1", b"a[b][c]=1&a=2", b"name[]=1&name[]=2", b"id=%5B1%5D&q=%7B%7D", b"&" * 2000)
        )
    return random.choice((b"", b"x" * 5000))
