"""The parameters of a list: which of them narrow it, by which field and how, which order it, and which nobody heeds.

A parameter narrows by a field of its name, maybe with a word for how: `status`, `filter[status]`, `price_min`,
`created_after`, `qty_gte`. What cannot be followed is named, so that a user is told.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tidegate.openapi.document import Document, Operation
from tidegate.openapi.schema_types import Level, types_of
from tidegate.simulator.document.documented_answer import chosen
from tidegate.simulator.document.resource_kind import ResourceKind
from tidegate.simulator.document.worded_fields import TESTS, Test, field_level, narrowed, part_field, worded_field
from tidegate.values.string_values import plain_name

_SORTS = frozenset({"sort", "sortby", "orderby", "order", "ordering", "sortfield", "sortkey", "sortcolumn", "sorting"})
_DIRECTIONS = frozenset(
    {"order", "direction", "sortorder", "sortdir", "sortdirection", "orderdirection", "dir", "sort"}
)
_CREATED = ("created", "createdat", "creationdate", "createdon", "datecreated", "createtime", "date", "timestamp")
_UPDATED = ("updatedat", "updated", "modifiedat", "lastmodified", "updatetime", "dateupdated", "modified")
_INCLUDED = re.compile(r"\b(on|at) or (after|before)\b|\binclusive\b|\bor equal\b", re.IGNORECASE)
_INCLUSIVE: Mapping[Test, Test] = {"gt": "gte", "lt": "lte"}
"""What a description says of the bound itself counts for more than the parameter's name."""
_ALL = frozenset({"all", "any", "*"})
"""Words for no choice, where the parameter has a choice of words or its field has."""
ANYWHERE = "*"
"""The field of a filter that looks through all texts of an object."""
_SEARCHES = frozenset({"q", "search", "keyword", "keywords", "searchterm", "searchtext", "query", "searchquery"})
_EXPRESSIONS = frozenset({"filter", "where", "filterexpression"})
_STRUCTURES = frozenset({"filter", "filters", "where", "query", "filtergroups", "conditions"})
_MESSAGE = "schemas"
"""What a message of SCIM's is, in its body (RFC 7644 §3.4.3)."""
_COUNTED = "$count"
"""OData's switch for the total of a list."""
STRICT = "$filter"
"""OData's: an expression that cannot be followed is refused. Of others nobody knows that it is one."""
NAMES = ("name", "username", "login", "id", "slug", "code", "key", "gid", "uuid", "guid", "sid", "uid", "_id", "value")
"""Fields by which an object inside another is named."""
_GROUPS = frozenset({"filter", "filters", "where"})
SHOWS = frozenset({"fields", "select", "attributes"})
"""Plain names of parameters that name the fields to show."""
HIDES = frozenset({"excludedattributes", "exclude", "excludes", "excludefields", "excludedfields", "omit"})
"""Those that name the fields to leave out."""
_OURS = SHOWS | HIDES | {"expand", "include", "embed", "prettyprint", "format"}
"""Plain names of parameters that choose what is shown, and narrow nothing."""


@dataclass(frozen=True, slots=True)
class ListFilter:
    """What a parameter narrows by: a field, with a dot where it is inside a part, and how it is compared.

    `everything` are words of the parameter that stand for no choice, like `state=all`.
    """

    field: str
    test: Test
    types: tuple[str, ...]
    everything: frozenset[str] = frozenset()
    default: Any = None
    """What is meant where the request does not say."""

    @property
    def is_plain(self) -> bool:
        """True where one value of the field is meant, as it was sent."""
        return self.test == "is" and not self.everything


@dataclass(frozen=True, slots=True)
class ListParameters:
    """Those of one list. `directions` has the direction that each means where it is not given, empty for none."""

    filters: Mapping[str, ListFilter] = field(default_factory=dict)
    sorts: tuple[str, ...] = ()
    directions: Mapping[str, str] = field(default_factory=dict)
    others: tuple[str, ...] = ()
    """What is left: parameters that do neither."""
    expressions: tuple[str, ...] = ()
    """Those that hold an expression, which is followed as far as it can be."""
    groups: tuple[str, ...] = ()
    """Those that hold conditions as an object or a list, which are followed as far as they can be."""
    selectors: Mapping[str, str] = field(default_factory=dict)
    """Those that hold a selector, each with the part that has the labels; empty where it selects by fields."""
    counts: bool = False
    """True where the total is told to those alone who ask for it with `$count=true` (OData 4.01, §11.2.6.5)."""


def list_parameters(document: Document, operation: Operation, kind: ResourceKind) -> ListParameters:
    """The parameters of a list of a kind."""
    filters: dict[str, ListFilter] = {}
    sorts: list[str] = []
    directions: dict[str, str] = {}
    left: dict[str, Level] = {}
    told = {entry["name"]: str(entry.get("description", "")) for entry in document.parameters(operation)}
    for name, level in query_names(document, operation):
        plain = plain_name(name)
        types = types_of(level)
        made = _filter(document, kind, name, level, told.get(name, ""))
        words = [str(word).lower() for word in level.get("enum", level.get("items", {}).get("enum", ()))]
        if plain in _DIRECTIONS and words and not any(worded_field(document, kind, word) for word in words):
            directions[name] = str(level.get("default", ""))
        elif plain in _SORTS and "object" not in types and (made is None or (plain != "order" and "string" in types)):
            sorts.append(name)
            if plain in _DIRECTIONS and not words:
                directions[name] = ""
        elif plain in _DIRECTIONS and made is None:
            directions[name] = str(level.get("default", ""))
        elif made is not None:
            filters[name] = made
        elif plain not in _OURS:
            left[name] = level
    selectors = {name: part for name in left if (part := _selects(document, kind, plain_name(name))) is not None}
    others = [name for name in left if name not in (STRICT, _COUNTED) and name not in selectors]
    expressions = [
        name for name, level in left.items() if plain_name(name) in _EXPRESSIONS and "string" in types_of(level)
    ]
    groups = (name for name, level in left.items() if plain_name(name) in _STRUCTURES and _is_structure(level))
    counts = _COUNTED in left and types_of(left[_COUNTED]) == ["boolean"]
    return ListParameters(filters, (*sorts,), directions, (*others,), (*expressions,), (*groups,), selectors, counts)


def _is_structure(level: Level) -> bool:
    return not types_of(level) or bool({"object", "array"} & {*types_of(level)})


def _selects(document: Document, kind: ResourceKind, plain: str) -> str | None:
    """The part that a selector of a plain name is about, empty for the object itself; None where it is no selector."""
    if plain.endswith("fieldselector"):
        return ""
    places = ("labels", "metadata.labels") if plain.endswith("labelselector") else ()
    return next((at for word in places if (at := worded_field(document, kind, word))), None)


def query_names(document: Document, operation: Operation) -> Iterator[tuple[str, Level]]:
    """The query's parameters with their schemas: those of a `deepObject` each by itself, `page[size]`."""
    for entry in document.parameters(operation):
        if entry.get("in") != "query":
            continue
        level = _alone(document, document.schemas.plain(entry.get("schema", entry)))
        properties = level.get("properties", {}) if entry.get("style") == "deepObject" else {}
        if not properties:
            yield entry["name"], level
        for name, node in properties.items():
            yield f"{entry['name']}[{name}]", document.schemas.plain(node)
    if operation.method in ("POST", "QUERY"):  # a search: its body says what a query would
        for body in document.request_content(operation).values():
            fields = document.schemas.plain(chosen(document, body)).get("properties", {})
            for name, node in ((name, node) for name, node in fields.items() if name != _MESSAGE):
                yield name, _alone(document, document.schemas.plain(node))


def _alone(document: Document, level: Level) -> Level:
    """The level itself; of a choice between null and one other, that, as FastAPI writes what may be left out."""
    choices = [*level.get("anyOf", ()), *level.get("oneOf", ())]
    others = [other for choice in choices if types_of(other := document.schemas.plain(choice)) != ["null"]]
    if len(others) != 1 or len(choices) != 2 or "type" in level:
        return level
    return {**others[0], **{word: value for word, value in level.items() if word not in ("anyOf", "oneOf")}}


def text_filters(document: Document, operation: Operation, kind: ResourceKind) -> dict[str, str]:
    """Query parameters of a list that are fields of text of its objects: by these it is indexed."""
    fields = {}
    for entry in document.parameters(operation):
        schema = document.schemas.plain(entry.get("schema", entry))
        names = (entry["name"], entry["name"].removesuffix("s") if schema.get("type") == "array" else "")
        target = next((kind.names[plain_name(name)] for name in names if plain_name(name) in kind.names), None)
        exactly = entry["name"][-1:] not in "<>"
        if entry.get("in") != "query" or not target or not exactly or schema.get("type") not in ("string", "array"):
            continue
        if {*types_of(document.schemas.plain(kind.fields[target]))} <= {"string", "null"}:
            fields[entry["name"]] = target
    return fields


def _filter(document: Document, kind: ResourceKind, name: str, level: Level, told: str) -> ListFilter | None:
    types = types_of(level)
    if ("object" in types and "properties" in level) or name[-1:] in "<>":
        return None
    if plain_name(name) in _SEARCHES and "string" in types and "enum" not in level:
        return ListFilter(ANYWHERE, "like", ())
    group, _, inner = name.partition("[")
    bare = plain_name(inner if plain_name(group) in _GROUPS and inner else name)
    is_list = "array" in types or (bare.endswith("ids") and "string" in types)
    inner = part_field(document, kind, name, is_open="[" in name and plain_name(group) not in SHOWS)
    target, test = (inner, TESTS["eq"]) if inner else narrowed(document, kind, bare, is_list=is_list)
    if not target and bare in TESTS and level.get("format") in ("date", "date-time"):
        stamps = _UPDATED if re.search("updat|modif|chang", told, re.IGNORECASE) else _CREATED
        target = next((kind.names[word] for word in stamps if word in kind.names), "")
        test = TESTS[bare]
    if not target:
        return None
    if _INCLUDED.search(told):
        test = _INCLUSIVE.get(test, test)
    own = field_level(document, kind, target)
    if ("properties" in own and not _named_by(document, own)) or ("object" in types_of(own) and "properties" in level):
        return None
    words = level.get("enum") or document.schemas.plain(level.get("items", {})).get("enum") or ()
    known = own.get("enum", ())
    others = {str(word) for word in words if word not in known} if known else set()
    everything = others | (_ALL if known else _ALL & {str(word) for word in words})
    return ListFilter(target, test, (*types_of(own),), frozenset(everything), level.get("default"))


def _named_by(document: Document, own: Level) -> bool:
    """True where what a field holds has a name or an id, by which a list may be narrowed."""
    return any("string" in types_of(document.schemas.plain(own["properties"].get(name, {}))) for name in NAMES)
