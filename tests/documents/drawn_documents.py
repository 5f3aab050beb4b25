"""Documents drawn by Hypothesis, from the kinds that real ones show: envelopes, references, security, media, nulls.

Each comes with what it means in plain words: the schema of one object without any reference, in JSON Schema's own
words, where the object stands in requests and answers, and what a request must carry. So who judges the simulator by a
drawn document needs no reader of documents at all.
"""

from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

Json = dict[str, Any]

IDS: dict[str, Json] = {
    "id": {"type": "string"},
    "uuid": {"type": "string", "format": "uuid"},
    "number": {"type": "integer", "minimum": 1},
}
"""Names of id fields, and their schemas."""
NOUNS = ("pet", "order", "invoice", "box", "user")
ENVELOPES = ("", "data", "result", "response", "item", "payload")
LISTS = ("data", "items", "results", "entries", "records")

TEXTS: tuple[Json, ...] = (
    {"type": "string"},
    {"type": "string", "maxLength": 12},
    {"type": "string", "enum": ["red", "green", "blue"]},
    {"type": "string", "format": "date"},
    {"type": "string", "format": "email"},
    {"type": "string", "pattern": "^[a-z]{2}-[0-9]{2}$"},
    {"type": "integer", "minimum": 2, "maximum": 9},
    {"type": "number"},
    {"type": "boolean"},
    {"type": "array", "items": {"type": "string"}},
    {"type": "object", "required": ["street"], "properties": {"street": {"type": "string"}}},
)
SENT: tuple[Any, ...] = (
    "Ada", "Ada", "green", "2026-03-05", "ada@example.com", "de-07", 4, 2.5, True, ["a"], {"street": "Main"},
)  # fmt: skip
"""A value for each of TEXTS."""
OTHER: tuple[Any, ...] = (
    "Bob", "Bob", "blue", "2026-04-06", "bob@example.com", "fr-21", 7, 9.25, False, ["b", "c"], {"street": "Side"},
)  # fmt: skip
"""Another one."""
MEDIA = (
    "application/json",
    "application/json",
    "*/*",
    "application/vnd.acme.v1+json",
    "application/json; charset=utf-8",
)
SECRET = "pin"
"""A field that is written and never shown."""
FIELDS = ("label", "colour", "born", "mail", "tag", "size", "price", "ready", "notes", "address", "title")


@dataclass(frozen=True)
class DrawnDocument:
    """A document, and what it means."""

    root: Json
    path: str
    noun: str
    id_name: str
    schema: Json
    """One object, without references, in 2020-12 words."""
    asked: Json
    """The fields that a request has."""
    changed: Json
    """Others, for a change."""
    envelope: str
    listed: str
    """The field that holds the list; empty where the answer is the list."""
    wrapped: bool
    """Whether requests have the object in a field of its noun."""
    headers: dict[str, str] = field(default_factory=dict)
    query: str = ""
    refused: bool = False
    """Whether a request without its credential is refused."""
    media: str = "application/json"
    """The media type of requests."""
    is_located: bool = False
    """Whether the answer to POST leads to what was made, in `Location`."""
    secret: Json = field(default_factory=dict)
    """What is sent and never comes back."""

    @property
    def sent(self) -> Json:
        """The body of a request that makes one."""
        whole = {**self.asked, **self.secret}
        return {self.noun: whole} if self.wrapped else whole

    @property
    def change(self) -> Json:
        """The body of a request that changes one."""
        return {self.noun: self.changed} if self.wrapped else self.changed

    def inside(self, body: Any) -> Any:
        """The object in an answer."""
        return body[self.envelope] if self.envelope else body

    def items(self, body: Any) -> list[Any]:
        """The objects in a list's answer."""
        listed: list[Any] = body[self.listed] if self.listed else body
        return listed


@dataclass(frozen=True)
class DrawnSecurity:
    """A way to say who asks, and what a request carries for it."""

    scheme: Json
    headers: dict[str, str]
    query: str = ""


SECURITY: tuple[DrawnSecurity, ...] = (
    DrawnSecurity({"type": "http", "scheme": "bearer"}, {"Authorization": "Bearer t"}),
    DrawnSecurity({"type": "http", "scheme": "basic"}, {"Authorization": "Basic YWRhOnB3"}),
    DrawnSecurity({"type": "http", "scheme": "digest"}, {"Authorization": 'Digest username="ada"'}),
    DrawnSecurity({"type": "apiKey", "in": "header", "name": "X-Key"}, {"X-Key": "k"}),
    DrawnSecurity({"type": "apiKey", "in": "query", "name": "api_key"}, {}, "api_key=k"),
    DrawnSecurity({"type": "apiKey", "in": "cookie", "name": "sid"}, {"Cookie": "sid=s"}),
    DrawnSecurity({"type": "oauth2", "flows": {"clientCredentials": {"tokenUrl": "/t", "scopes": {}}}},
                  {"Authorization": "Bearer t"}),
)  # fmt: skip


class _Drawing:
    """One document in the making. `pick` draws from a sequence."""

    def __init__(self, pick: Any, *, is_31: bool) -> None:
        self.pick = pick
        self._is_31 = is_31
        self.components: dict[str, Json] = {"schemas": {}, "responses": {}, "requestBodies": {}, "parameters": {}}

    def referred(self, kind: str, name: str, node: Json) -> Json:
        """The node itself, or a reference to it: by pointer, by way of another one, or (3.1) by its anchor."""
        way = self.pick(("here", "pointer", "twice", "anchor" if self._is_31 and kind == "schemas" else "pointer"))
        if way == "here":
            return node
        self.components[kind][name] = {**node, "$anchor": f"{name}-anchor"} if way == "anchor" else node
        if way == "anchor":
            return {"$ref": f"#{name}-anchor"}
        pointer = {"$ref": f"#/components/{kind}/{name}"}
        if way == "twice":
            self.components[kind][f"{name}-again"] = pointer
            return {"$ref": f"#/components/{kind}/{name}-again"}
        return pointer

    def nullable(self, node: Json) -> tuple[Json, Json]:
        """A schema that takes null, as the version writes it, and what it means."""
        meant = {**node, "type": [node["type"], "null"]}
        if "enum" in node:
            meant = {**meant, "enum": [*node["enum"], None]}
        if self._is_31:
            return meant, meant
        written = {**node, "nullable": True}
        return ({**written, "enum": [*node["enum"], None]} if "enum" in node else written), meant

    def fields(self) -> tuple[Json, Json, Json, Json, list[str]]:
        """Properties as written and as meant, a value for each, another one, and those that must be there."""
        written: Json = {}
        meant: Json = {}
        asked: Json = {}
        changed: Json = {}
        required: list[str] = []
        for name in self.pick(((0, 1), (0, 1, 2), (1, 2, 3, 4))):
            turn = self.pick(range(len(TEXTS)))
            key, node = FIELDS[(turn + name) % len(FIELDS)], TEXTS[turn]
            if key in written:
                continue
            is_null, must = self.pick((False, False, True)), self.pick((True, False))
            plain, means = self.nullable(node) if is_null else (node, node)
            written[key] = plain if is_null else self.referred("schemas", f"{key}{turn}", plain)
            meant[key] = means
            asked[key], changed[key] = SENT[turn], OTHER[turn]
            required += [key] if must else []
        return written, meant, asked, changed, required


def _composed(whole: Json, pick: Any) -> Json:
    """A schema of an object as it is, or as the parts that it is made of."""
    if pick((True, True, False)):
        return whole
    names = [*whole["properties"]]
    first = {name: whole["properties"][name] for name in names[:1]}
    rest = {name: whole["properties"][name] for name in names[1:]}
    return {"allOf": [{"type": "object", "properties": first}, {**whole, "properties": rest}]}


def _family(made: _Drawing, path: str, param: Json, schemas: Json, media: str, located: Json) -> Json:
    """The paths of the family, with what is the same in several places here, or referred to."""

    def said(of: str, **beside: Any) -> Json:
        return {"description": of, "content": {media: {"schema": schemas[of]}}, **beside}

    answer = made.referred("responses", "one", said("shown"))
    taken = made.referred("requestBodies", "one", said("body", required=True))
    return {
        path: {
            "post": {"requestBody": taken, "responses": {made.pick(("200", "201")): {**said("shown"), **located}}},
            "get": {"responses": {"200": said("page")}},
        },
        f"{path}/{{{param['name']}}}": {
            "parameters": [made.referred("parameters", "that", param)],
            "get": {"responses": {"200": answer}},
            made.pick(("patch", "put")): {"requestBody": taken, "responses": {"200": answer}},
            "delete": {"responses": {"204": {"description": "gone"}}},
        },
    }


@st.composite
def drawn_documents(draw: st.DrawFn) -> DrawnDocument:
    """A document with one family: POST and GET on a collection, GET, PUT or PATCH, and DELETE on one object."""
    pick: Any = lambda values: draw(st.sampled_from([*values]))  # noqa: E731 - it is given on
    is_31, noun, id_name = pick((True, False)), pick(NOUNS), pick(IDS)
    made = _Drawing(pick, is_31=is_31)
    written, meant, asked, changed, required = made.fields()
    identified = {id_name: {**IDS[id_name], "readOnly": True}, **written}
    secret = {SECRET: {"type": "string", "writeOnly": True}} if pick((True, False)) else {}
    whole = {"type": "object", "required": [id_name, *required], "properties": {**identified, **secret}}
    one = made.referred("schemas", noun, _composed(whole, pick))
    plain = {"type": "object", "required": [id_name, *required], "properties": {id_name: IDS[id_name], **meant}}
    envelope, listed, wrapped = pick(ENVELOPES), pick(("", *LISTS)), pick((False, False, True))
    shown = {"type": "object", "required": [envelope], "properties": {envelope: one}} if envelope else one
    several: Json = {"type": "array", "items": one}
    page = {"type": "object", "required": [listed], "properties": {listed: several}} if listed else several
    sent = _composed({"type": "object", "required": required, "properties": {**written, **secret}}, pick)
    media = pick(MEDIA)
    located = {"headers": {"Location": {"schema": {"type": "string"}}}} if pick((True, False)) else {}
    body: Json = {"type": "object", "required": [noun], "properties": {noun: sent}} if wrapped else sent
    path, param = f"/v1/{noun}s", {"name": f"{noun}_{id_name}", "in": "path", "required": True, "schema": IDS[id_name]}
    paths = _family(made, path, param, {"shown": shown, "page": page, "body": body}, media, located)
    root: Json = {"openapi": "3.1.0" if is_31 else "3.0.3", "info": {"title": "Drawn", "version": "1"}, "paths": paths}
    headers, query, refused = _secured(root, made.components, pick)
    root["components"] = made.components
    return DrawnDocument(
        root, path, noun, id_name, plain, asked, changed, envelope, listed, wrapped, headers, query, refused,
        "application/json" if "*" in media else media, bool(located), dict.fromkeys(secret, "1234"),
    )  # fmt: skip


def _secured(root: Json, components: dict[str, Json], pick: Any) -> tuple[dict[str, str], str, bool]:
    """Draw security requirements: none, one, one of two, or two together. What a request carries for them."""
    first, second = pick(SECURITY), pick(SECURITY)
    components["securitySchemes"] = {"first": first.scheme, "second": second.scheme}
    way = pick(("none", "one", "or", "and", "optional"))
    if way == "and" and (first.headers.keys() & second.headers.keys()):
        way = "one"
    root |= {
        "none": {},
        "one": {"security": [{"first": []}]},
        "or": {"security": [{"second": []}, {"first": []}]},
        "and": {"security": [{"first": [], "second": []}]},
        "optional": {"security": [{}, {"first": []}]},
    }[way]
    if way == "none":
        return {}, "", False
    if way == "and":
        query = "&".join(filter(None, {first.query: None, second.query: None}))
        return {**first.headers, **second.headers}, query, True
    return first.headers, first.query, way != "optional"
