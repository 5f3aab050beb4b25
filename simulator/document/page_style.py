"""Page styles: how a list names its next page, how many objects a page has, and what stands beside the list.

Declared in the vendor file, or recognised from the names of the query's parameters and of the answer's fields.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from tidegate.openapi.document import Document
from tidegate.openapi.schema_types import Level, types_of
from tidegate.simulator.document.documented_answer import chosen
from tidegate.simulator.document.list_parameters import query_names
from tidegate.simulator.document.resource_operation import ResourceOperation
from tidegate.values.string_values import plain_name
from tidegate.vendor.resource_facts import Pages

By = Literal["cursor", "token", "offset", "page"]

_BY: Sequence[tuple[By, frozenset[str]]] = (
    ("cursor", frozenset({"startingafter", "after", "afterid", "sinceid", "pageafter"})),
    ("token", frozenset({
        "pagetoken", "cursor", "nexttoken", "paginationtoken", "continuationtoken", "nextpagetoken", "skiptoken",
        "continue", "pagecursor", "marker", "nextcursor", "startcursor",
    })),
    ("offset", frozenset({"offset", "skip", "startindex", "start", "pageoffset", "from", "startat"})),
    ("page", frozenset({"page", "pagenumber", "pageno", "pageindex", "currentpage"})),
)  # fmt: skip
_BACK = frozenset({"endingbefore", "before", "beforeid", "pagebefore"})
_LIMIT = frozenset({
    "limit", "perpage", "pagesize", "count", "maxresults", "maxitems", "top", "first", "take", "size", "pagelimit",
    "rows", "num", "maxrecords", "itemsperpage", "resultsperpage", "sysparmlimit", "hitsperpage", "recordsperpage",
    "maxpagesize", "maxkeys",
})  # fmt: skip
_NUMBER = frozenset({"page", "pagenumber"})
_MEANS: Mapping[str, str] = {
    "hasmore": "more", "more": "more", "hasnextpage": "more", "firstid": "first", "lastid": "last",
    "nextcursor": "token", "nextpagetoken": "token", "nexttoken": "token", "next": "next", "nextpage": "next",
    "nextpageuri": "next", "nextpageurl": "next", "previouspageuri": "previous", "previouspageurl": "previous",
    "previous": "previous", "firstpageuri": "start_uri", "firstpageurl": "start_uri", "uri": "this", "url": "this",
    "page": "page", "pagesize": "limit", "perpage": "limit", "start": "begin", "end": "end", "total": "count",
    "totalcount": "count", "totalresults": "count", "key": "key", "odatanextlink": "next", "nextlink": "next",
    "odatacount": "count", "totalelements": "count", "totalitems": "count", "totalrecords": "count", "nexturl": "next",
    "totalpages": "pages", "pagecount": "pages", "lastpage": "pages", "number": "page", "currentpage": "page",
    "size": "limit", "limit": "limit", "offset": "begin", "skip": "begin", "prev": "previous", "prevpage": "previous",
    "previouspage": "previous", "self": "this", "nexthref": "next", "continue": "token", "nextmarker": "token",
    "endcursor": "token", "nextoffset": "next_begin", "resultcount": "shown", "numberofelements": "shown",
    "count": "count",
}  # fmt: skip
"""The meaning of a field beside a list, by its plain name."""
_ADDRESSES = frozenset({"next", "previous", "start_uri", "this"})
_COUNTS = frozenset(
    {"page", "limit", "begin", "end", "count", "pages", "next_begin", "shown", "next_number", "previous_number"}
)
_CURSORS = frozenset({"after", "cursor", "token"})


@dataclass(frozen=True, slots=True)
class PageStyle:
    """The page style of one operation. `tells` holds the places beside the list, and what each says."""

    by: By | None
    parameter: str
    back: str
    limit: str
    number: str
    tells: tuple[tuple[tuple[str, ...], str], ...]
    at: tuple[str, ...]


class PageStyles:
    """The style of each operation of one document. `facts` is what the vendor file declares."""

    def __init__(self, document: Document, facts: Pages) -> None:
        self._document = document
        self._facts = facts
        self._styles: dict[str, PageStyle] = {}

    def of(self, operation: ResourceOperation) -> PageStyle:
        """The page style of this operation."""
        if operation.id not in self._styles:
            documented = self._document.operations[operation.id]
            self._styles[operation.id] = self._recognised(operation, dict(query_names(self._document, documented)))
        return self._styles[operation.id]

    def _recognised(self, operation: ResourceOperation, levels: Mapping[str, Level]) -> PageStyle:
        facts, by, parameter = self._facts, self._facts.by, self._facts.parameter or ""
        plain = {plain_name(name): name for name, level in levels.items() if _may_page(level)}
        for way, known in _BY:
            if parameter and by:
                break
            hit = next((plain[name] for name in plain if name in known), "")
            if hit and by in (None, way):
                by, parameter = way, parameter or hit
        return PageStyle(
            by=by if parameter else None,
            parameter=parameter,
            back=facts.back or next((plain[name] for name in plain if name in _BACK), ""),
            limit=facts.limit or next((plain[name] for name in plain if name in _LIMIT), ""),
            number=next((plain[name] for name in plain if name in _NUMBER), ""),
            tells=tuple(self._tells(operation)),
            at=operation.at,
        )

    def _tells(self, operation: ResourceOperation) -> list[tuple[tuple[str, ...], str]]:
        if not operation.at:
            return []
        plain = self._document.schemas.plain
        places: list[tuple[tuple[str, ...], str]] = []
        holder = operation.answer
        for depth, step in enumerate(operation.at):
            fields = plain(chosen(self._document, holder)).get("properties", {})
            for name, node in fields.items():
                if name != step:
                    places += self._told((*operation.at[:depth], name), node)
            holder = fields.get(step, {})
        return places

    def _told(self, at: tuple[str, ...], node: Any) -> list[tuple[tuple[str, ...], str]]:
        """A field beside the list, or the fields of an object beside it, that say something of the page."""
        plain = self._document.schemas.plain
        inner = plain(node).get("properties")
        name = plain_name(at[-1])
        if not inner:
            means = _meaning(name, plain(node))
            return [(at, means)] if means else []
        links: list[tuple[tuple[str, ...], str]] = []
        for field, below in inner.items():
            level = plain(below)
            parts = level.get("properties", {})
            means = _MEANS.get(plain_name(field), "") if parts else _meaning(plain_name(field), level)
            if means in _ADDRESSES and "href" in parts:  # HAL, JSON:API: `_links.next.href`
                links.append(((*at, field, "href"), means))
            elif means == "next" and (cursor := _CURSORS & parts.keys()):  # HubSpot: `paging.next.after`
                links.append(((*at, field, min(cursor)), "cursor"))
            elif means and not parts:
                links.append(((*at, field), means))
        return links


def _may_page(level: Level) -> bool:
    """True where a parameter can be a cursor or a count: no moment, no switch, and no choice of a few words."""
    types = types_of(level)
    if level.get("format") in ("date", "date-time", "time") or ("enum" in level and "integer" not in types):
        return False
    return not {"boolean", "array", "object"} & {*types}


def _meaning(name: str, level: Level) -> str:
    """The meaning of a field of a plain name, empty where it has none that its schema lets it have."""
    means = _MEANS.get(name, "")
    if not means and ("next" in name or "prev" in name):
        is_token = any(word in name for word in ("token", "cursor", "marker"))
        means = "previous" if "prev" in name else "token" if is_token else "next"
    if means in ("next", "previous") and "integer" in types_of(level):
        means += "_number"
    return means if means and _may_mean(means, level) else ""


def _may_mean(means: str, level: Level) -> bool:
    """True where a field can say this: a count is no text with a form of its own, an address no number."""
    types = {*types_of(level)} - {"null"}
    if not types:
        return True
    if means in _COUNTS:
        return bool({"integer", "number", "string"} & types)
    if means == "more":
        return "boolean" in types
    return "string" in types if means in _ADDRESSES else not {"object", "array", "boolean"} & types
