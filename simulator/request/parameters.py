"""The parameters of a request, read from path, query, headers and cookies in the styles of OpenAPI and Swagger.

A parameter's style says how lists and objects are written as text (OpenAPI 3.1, Parameter Object, "Style Values";
Swagger 2.0, `collectionFormat`). What comes out is text, in lists and mappings: request.coercion makes values of it.
Whether they are right is not decided here.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from tidegate.openapi.document import OWN_HEADERS
from tidegate.openapi.schema_types import Level, choices_of, types_of
from tidegate.simulator.request.forms import FormError, pairs, plain, put
from tidegate.simulator.request.json_text import JsonError, parsed

_DEFAULT_STYLES = {"path": "simple", "header": "simple", "query": "form", "querystring": "form", "cookie": "form"}
SWAGGER_STYLES = {"csv": "simple", "ssv": "spaceDelimited", "tsv": "tabDelimited", "pipes": "pipeDelimited"}
"""Swagger 2.0's `collectionFormat`s that write a list in one text; `csv` is the default."""
SEPARATORS = {"spaceDelimited": " ", "pipeDelimited": "|", "tabDelimited": "\t"}
"""What is between the parts of a list in one text; in other styles it is a comma."""
PIECES_MAX = 10_000
"""A list, or an object, that is written as one text has so many parts at most."""

COOKIES_MAX = 16_384
"""The Cookie header has so many characters at most."""

_NOT_OURS = frozenset({"accept", "content-type", "authorization"}) | OWN_HEADERS
"""Header parameters of these names are ignored: the first three by OpenAPI 3.1, Parameter Object."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter, as the document declares it."""

    name: str
    place: str
    schema: Any
    shape: str
    """`list`, `object`, `text`, or `json` where it has a media type of its own."""
    style: str
    explode: bool
    required: bool
    fields: frozenset[str] = frozenset()
    """The properties of an object, by which it is found where each is written by itself."""
    may_be_empty: bool = False
    """It may be given without a value, whatever its schema (`allowEmptyValue`)."""
    lists: frozenset[str] = frozenset()
    """The properties of an object that are lists."""
    is_free: bool = False
    """True for an object that may have fields which its schema does not name."""
    is_of_text: bool = True
    """True for a list of texts that may hold whatever they like."""

    def read(self, text: str) -> Any:
        """Text, percent-encoded → text, list or mapping. Raises FormError."""
        if self.shape == "text":
            return plain(text)
        if self.shape == "json":
            return json_of(self.name, plain(text))
        pieces = self._pieces(text)
        if self.shape == "list":
            return pieces
        if self.explode and self.style in ("simple", "label", "matrix"):
            return dict(piece.partition("=")[::2] for piece in pieces)
        return dict(zip(pieces[::2], pieces[1::2], strict=False))

    def _pieces(self, text: str) -> list[str]:
        """The parts of a list, or of an object, split before they are decoded."""
        separator = SEPARATORS.get(self.style, ",")
        if self.style == "label":
            text, separator = text.removeprefix("."), "." if self.explode else ","
        elif self.style == "matrix":
            separator = ";" if self.explode else ","
            text = text.removeprefix(";")
            own = f"{self.name}="
            if self.shape == "list" and self.explode:
                return [plain(piece.removeprefix(own)) for piece in self._split(text, ";")]
            text = text.removeprefix(own) if not self.explode else text
        elif self.style in SEPARATORS:
            text = plain(text)
        if separator not in text and not self.is_of_text:
            text = plain(text)  # many clients encode what is between the parts too
        return [plain(piece) for piece in self._split(text, separator)] if text else []

    def _split(self, text: str, separator: str) -> list[str]:
        if text.count(separator) >= PIECES_MAX:
            raise FormError(self.name, f"{self.name!r} has at most {PIECES_MAX} parts")
        return text.split(separator)


def parameter(entry: Mapping[str, Any], level: Callable[[Any], Level]) -> Parameter | None:
    """A Parameter Object as it is read; None for one that is to be ignored. `level` gives a schema in plain words.

    It is as Document.parameters gives it: one with a media type, which is JSON, has the schema of that as its own.
    """
    name, place = entry["name"], entry["in"]
    if place == "header" and name.lower() in _NOT_OURS:
        return None
    required = entry.get("required") is True or place == "path"
    if "content" in entry:
        return Parameter(name, place, entry["schema"], "json", "form", explode=False, required=required)
    swagger = "schema" not in entry
    schema = {k: v for k, v in entry.items() if k not in ("name", "in", "required")} if swagger else entry["schema"]
    resolved = level(schema)
    style = str(entry.get("style") or _DEFAULT_STYLES[place])
    if swagger and "type" in entry:
        explode = entry.get("collectionFormat") == "multi"
        style = style if explode else SWAGGER_STYLES.get(entry.get("collectionFormat", "csv"), style)
    else:
        explode = is_exploded(entry, style)
    fields = frozenset(resolved.get("properties", ()))
    may_be_empty = entry.get("allowEmptyValue") is True and place == "query"
    return Parameter(
        name, place, schema, _shape(resolved, level), style, explode, required, fields, may_be_empty,
        lists=frozenset(key for key in fields if _shape(level(resolved["properties"][key]), level) == "list"),
        is_free=resolved.get("additionalProperties", not fields) is not False, is_of_text=_is_of_text(resolved, level),
    )  # fmt: skip


def is_exploded(entry: Mapping[str, Any], style: str) -> bool:
    """True where the parts of a list, or of an object, are written each by itself."""
    said = entry.get("explode")
    return said if isinstance(said, bool) else style in ("form", "deepObject", "cookie")


def _is_of_text(level: Level, plain_of: Callable[[Any], Level]) -> bool:
    lists = (level, *map(plain_of, choices_of(level)))
    items = [plain_of(one["items"]) for one in lists if "items" in one]
    return any("string" in types_of(one) and not {"enum", "pattern", "format"} & one.keys() for one in items)


def _shape(level: Level, plain_of: Callable[[Any], Level]) -> str:
    types = {name for one in (level, *map(plain_of, choices_of(level))) for name in types_of(one)}
    if "array" in types and "string" not in types:
        return "list"
    if "object" in types or "properties" in level:
        return "object"
    return "list" if "array" in types else "text"


# --- places ----------------------------------------------------------------------------------------------------------


class QueryParameters:
    """The parameters of an operation's query."""

    def __init__(self, parameters: Iterable[Parameter]) -> None:
        self._known = {parameter.name: parameter for parameter in parameters}
        exploded = [
            parameter
            for parameter in self._known.values()
            if parameter.shape == "object" and parameter.style == "form" and parameter.explode
        ]
        self._spread = {
            name: parameter for parameter in exploded for name in parameter.fields if name not in self._known
        }
        self._deep = [one for one in self._known.values() if one.style == "deepObject" and one.lists]
        self._free = next((parameter.name for parameter in exploded if parameter.is_free), "")

    def read(self, text: str) -> tuple[dict[str, Any], dict[str, str]]:
        """The declared parameters, and the rest as text. Raises FormError."""
        values: dict[str, Any] = {}
        rest: dict[str, str] = {}
        for name, value in pairs(text):
            known = self._known.get(name)
            if known is not None:
                self._declared(values, known, value)
            elif name in self._spread:
                values.setdefault(self._spread[name].name, {})[name] = plain(value)
            elif "[" in name and self._grouped(name):
                put(values, name, plain(value))
            elif self._free and isinstance(free := values.setdefault(self._free, {}), dict):
                free[name] = plain(value)
            else:
                rest[name] = plain(value)
        for known in self._deep:
            if isinstance(
                group := values.get(known.name), dict
            ):  # a list of one entry, in brackets that are not its own
                group |= {key: [entry] for key, entry in group.items() if key in known.lists and isinstance(entry, str)}
        return values, rest

    def _grouped(self, name: str) -> bool:
        """True where brackets after a name that is declared mean a part of it: `created[gte]`, `expand[]`."""
        known = self._known.get(name.partition("[")[0])
        return known is not None and known.shape in ("list", "object")

    @staticmethod
    def _declared(values: dict[str, Any], known: Parameter, value: str) -> None:
        if known.style == "deepObject":
            values[known.name] = plain(value)  # without brackets it is no list and no object: the schema says so
        elif known.shape == "list" and known.explode:
            entry = plain(value)
            if isinstance(listed := values.setdefault(known.name, []), list):
                listed += [entry] if entry else []
            else:
                raise FormError(known.name, f"{known.name!r} is given as a value and as a group of values")
        elif known.shape == "object" and known.explode:
            values[known.name] = json_of(known.name, plain(value))
        else:
            values[known.name] = known.read(value)


def json_of(name: str, text: str) -> Any:
    """A field that is written as JSON. Raises FormError."""
    try:
        return parsed(text)
    except JsonError as error:
        raise FormError(name, f"{name!r} {error}") from None


def read_path(parameters: Iterable[Parameter], given: Mapping[str, str]) -> dict[str, Any]:
    """The parameters of the path, out of its segments, which are decoded already. Raises FormError."""
    values: dict[str, Any] = {}
    for parameter in parameters:
        if parameter.name in given:
            text = given[parameter.name]
            if parameter.shape == "text":
                values[parameter.name] = _bare(parameter, text)
            else:
                values[parameter.name] = parameter.read(text.replace("%", "%25").replace("+", "%2B"))
    return values


def _bare(parameter: Parameter, text: str) -> str:
    if parameter.style == "label":
        return text.removeprefix(".")
    return text.removeprefix(f";{parameter.name}=") if parameter.style == "matrix" else text


def read_headers(parameters: Iterable[Parameter], given: Mapping[str, str]) -> dict[str, Any]:
    """The parameters of the header. `given` finds names whatever their case. Raises FormError."""
    values: dict[str, Any] = {}
    for parameter in parameters:
        text = given.get(parameter.name)
        if text is not None:
            pieces = parameter.shape in ("list", "object")
            written = ",".join(piece.strip() for piece in text.split(",")) if pieces else text
            values[parameter.name] = parameter.read(written.replace("%", "%25").replace("+", "%2B"))
    return values


def read_cookies(parameters: Iterable[Parameter], header: str) -> dict[str, Any]:
    """The parameters among the cookies. Raises FormError."""
    given = _cookies(header)
    values: dict[str, Any] = {}
    for one in parameters:
        if one.shape == "object" and one.explode:
            if fields := {name: _of_cookie(one, given[name][-1]) for name in one.fields if name in given}:
                values[one.name] = fields
        elif one.name not in given:
            continue
        elif one.shape == "list" and one.explode and one.style == "cookie":
            values[one.name] = given[one.name]
        elif one.shape == "text":
            values[one.name] = _of_cookie(one, given[one.name][-1])
        else:
            values[one.name] = one.read(given[one.name][-1].replace("+", "%2B"))
    return values


def _of_cookie(known: Parameter, text: str) -> str:
    """The text as it stands in the style that is the cookies' own (OpenAPI 3.2), else percent-decoded."""
    return text if known.style == "cookie" else plain(text.replace("+", "%2B"))


def cookies_of(header: str) -> dict[str, str]:
    """The cookies of a Cookie header, as they stand; of those of one name the last. Raises FormError."""
    return {name: values[-1] for name, values in _cookies(header).items()}


def _cookies(header: str) -> dict[str, list[str]]:
    """The values of each cookie (RFC 6265 §4.2.1). Within quotes Python's clients write marks with a backslash."""
    if len(header) > COOKIES_MAX:
        raise FormError("Cookie", f"The cookies have at most {COOKIES_MAX} characters")
    found: dict[str, list[str]] = {}
    for piece in header.split(";"):
        name, mark, value = piece.strip(" \t").partition("=")
        if mark:
            quoted = len(value) > 1 and value[0] == value[-1] == '"'
            found.setdefault(name, []).append(_ESCAPED.sub(_unescaped, value[1:-1]) if quoted else value)
    return found


_ESCAPED = re.compile(r"\\(?:([0-3][0-7]{2})|(.))")


def _unescaped(match: re.Match[str]) -> str:
    return chr(int(match[1], 8)) if match[1] else match[2]
