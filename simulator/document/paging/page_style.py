"""Page styles: how a list names its next page, how many objects a page has, and what stands beside the list.

Declared in the vendor file, or recognised from the names of the query's parameters and of the answer's fields.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from tidegate.openapi.document import Document
from tidegate.openapi.schema_types import Level, types_of
from tidegate.simulator.document.documented_answer import chosen
from tidegate.simulator.document.list_parameters import query_names
from tidegate.simulator.document.paging.page_words import ADDRESSES, LINKS, MEANS, may_mean, meaning
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
    ("page", frozenset({"page", "pagenumber", "pageno", "pageindex", "currentpage", "pagenum", "pageidx", "curpage"})),
)  # fmt: skip
_GROUPS = frozenset({"pagination", "paging", "page", "pageinfo", "links", "cursor", "cursors"})
"""Plain names of parts that tell of a page inside a part that does."""

ALL = 1_000
"""The objects of a list that nobody can page through."""

GROUPS_MAX = 3
"""Parts that tell of a page stand in each other so deep."""

_RANGES = (("from", frozenset({"to", "until"})), ("start", frozenset({"end", "stop"})))
"""Words that begin a range, and no page, beside one that ends it."""
_REPEATED: Mapping[str, str] = {"offset": "begin", "page": "page"}
"""What an answer's field says that has the name of the parameter by which a page is asked for."""
_TOTAL = "totalresults"
"""The plain name of the total beside which `startIndex` is that of SCIM and OpenSearch."""
_BACK = frozenset({"endingbefore", "before", "beforeid", "pagebefore"})
_LIMIT = frozenset({
    "limit", "perpage", "pagesize", "count", "maxresults", "maxitems", "top", "first", "take", "size", "pagelimit",
    "rows", "num", "maxrecords", "itemsperpage", "resultsperpage", "sysparmlimit", "hitsperpage", "recordsperpage",
    "maxpagesize", "maxkeys", "items", "pageitems",
})  # fmt: skip
_NUMBER = frozenset({"page", "pagenumber", "pagenum"})
_FROM_ZERO = re.compile(
    r"\b(zero|0)[- ]?(based|indexed)|\b(start|begin)s?(ing)? (at|from|with) (0|zero)\b", re.IGNORECASE
)
_FROM_ONE = re.compile(r"\b(one|1)[- ]?(based|indexed)|\b(start|begin)s?(ing)? (at|from|with) (1|one)\b", re.IGNORECASE)
_TOKEN = re.compile(r"\b(cursor|token|opaque)\b", re.IGNORECASE)
_NUMBERED = re.compile(r"\bnumber\b", re.IGNORECASE)
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
    limits: tuple[str, ...] = ()
    """All names for the size of a page, where there are several."""
    first: int = 1
    """The number of the first page."""
    base: int = 0
    """The number of the first object, where a page begins at one."""
    size: int = 10
    """The objects of a page where the request does not say."""
    least: int = 1
    """The fewest that a request may ask for: 0 where it may want the total alone."""

    @property
    def names(self) -> frozenset[str]:
        """The parameters by which pages are asked for: they narrow nothing, though a field may have such a name."""
        named = {self.parameter, self.back, self.limit, self.number, *self.limits}
        return frozenset(named if self.by is not None else ())

    @property
    def rises(self) -> bool:
        """True where a page has what came after an object, so that the oldest is first."""
        return plain_name(self.parameter) == "sinceid"


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
            told = {one["name"]: str(one.get("description", "")) for one in self._document.parameters(documented)}
            levels = dict(query_names(self._document, documented))
            self._styles[operation.id] = self._recognised(operation, levels, told)
        return self._styles[operation.id]

    def _recognised(
        self, operation: ResourceOperation, levels: Mapping[str, Level], told: Mapping[str, str]
    ) -> PageStyle:
        facts, plain = self._facts, {_bare_name(name): name for name, level in levels.items() if _may_page(level)}
        by, parameter = self._way(plain)
        limits = [plain[name] for name in plain if name in _LIMIT]
        limit = facts.limit or next(iter(limits), "")
        repeated = {plain_name(limit): "limit", plain_name(parameter): _REPEATED.get(by or "", "")}
        tells = self._tells(operation, repeated)
        is_from_one = plain_name(parameter) == "startindex" and _TOTAL in {plain_name(at[-1]) for at, _ in tells}
        if by == "page" and _is_opaque(levels.get(parameter, {}), told.get(parameter, "")):
            by, following = "token", f"next{plain_name(parameter)}"
            tells = [(at, "token" if plain_name(at[-1]) == following else means) for at, means in tells]
        counted, words = levels.get(parameter, {}), told.get(parameter, "")
        return PageStyle(
            by=by,
            parameter=parameter,
            back=facts.back or next((plain[name] for name in plain if name in _BACK), ""),
            limit=limit,
            limits=(*limits,) if len(limits) > 1 else (),
            number=next((plain[name] for name in plain if name in _NUMBER), ""),
            tells=tuple(tells),
            at=operation.at,
            first=self._facts.first if by == "offset" else self._first(counted, words, tells),
            base=self._base(counted, words, is_from_one=is_from_one) if by == "offset" else 0,
            size=self._size(levels.get(limit, {})) if by or limit or "default" in facts.model_fields_set else ALL,
            least=0 if is_from_one or limit == "$top" or levels.get(limit, {}).get("minimum") == 0 else 1,
        )

    def _way(self, plain: Mapping[str, str]) -> tuple[By | None, str]:
        """The way of paging and its parameter, as declared, else by the names that are usual."""
        by, parameter = self._facts.by, self._facts.parameter or ""
        ranges = {name for name, end in _RANGES if not end.isdisjoint(plain)}
        for way, known in _BY:
            hit = next((plain[name] for name in plain if name in known - ranges), "")
            if hit and by in (None, way) and not (parameter and by):
                by, parameter = way, parameter or hit
        return (by if parameter else None), parameter

    def _first(self, level: Level, told: str, tells: Sequence[tuple[tuple[str, ...], str]]) -> int:
        """The number of the first page: as declared, as the parameter says, else 0 for Spring and 1 for others."""
        if "first" in self._facts.model_fields_set:
            return self._facts.first
        named = {plain_name(at[-1]) for at, _ in tells}
        usual = 0 if {"totalelements", "number"} <= named else self._facts.first
        from_ = _counted_from(level, told)
        return usual if from_ is None else from_

    @staticmethod
    def _base(level: Level, told: str, *, is_from_one: bool) -> int:
        """The number of the first object: as the parameter says, else 1 for SCIM and OpenSearch and 0 for others."""
        from_ = _counted_from(level, told)
        return int(is_from_one) if from_ is None else from_

    def _size(self, level: Level) -> int:
        """The objects of a page by default: as declared, as the parameter says, and no more than it takes."""
        size = level.get("default")
        if "default" in self._facts.model_fields_set or not isinstance(size, int) or size < 1:
            size = self._facts.default
        most = level.get("maximum")
        return min(size, most) if isinstance(most, int) and most >= 1 else size

    def _tells(self, operation: ResourceOperation, repeated: Mapping[str, str]) -> list[tuple[tuple[str, ...], str]]:
        """The places beside the list, and what each says; `repeated` are the request's own words for the page."""
        if not operation.at:
            return []
        plain = self._document.schemas.plain
        places: list[tuple[tuple[str, ...], str]] = []
        holder = operation.answer
        for depth, step in enumerate(operation.at):
            fields = plain(chosen(self._document, holder)).get("properties", {})
            for name, node in fields.items():
                if name != step:
                    places += self._told((*operation.at[:depth], name), node, plain_name(operation.at[-1]), repeated)
            holder = fields.get(step, {})
        totals = {at[:-1] for at, means in places if means == "count" and plain_name(at[-1]) != "count"}
        return [
            (at, "shown" if plain_name(at[-1]) == "count" and means == "count" and at[:-1] in totals else means)
            for at, means in places
        ]

    def _told(
        self, at: tuple[str, ...], node: Any, word: str, repeated: Mapping[str, str]
    ) -> list[tuple[tuple[str, ...], str]]:
        """A field beside the list, or the fields of an object beside it, that say something of the page."""
        plain = self._document.schemas.plain
        inner = plain(node).get("properties")
        name = plain_name(at[-1])
        if not inner:
            counts = {f"{word}count", f"total{word}", f"{word}total", f"numberof{word}"}
            means = meaning(name, plain(node))
            other = "count" if name in counts else repeated.get(name, "")
            means = means or (other if may_mean(other, plain(node)) else "")
            return [(at, means)] if means else []
        if name == "sort":
            return []
        links: list[tuple[tuple[str, ...], str]] = []
        for field, below in inner.items():
            level = plain(below)
            parts = level.get("properties", {})
            means = MEANS.get(plain_name(field), "") if parts else meaning(plain_name(field), level)
            other = "" if means or parts else repeated.get(plain_name(field), "")
            means = means or (other if may_mean(other, level) else "")
            if not means and "links" in name and ("href" in parts or "string" in types_of(level)):
                means = LINKS.get(plain_name(field), "")
            if parts and plain_name(field) in _GROUPS and len(at) < GROUPS_MAX:  # Strapi, Fractal: `meta.pagination`
                links += self._told((*at, field), below, word, repeated)
            elif means in ADDRESSES and "href" in parts:  # HAL, JSON:API: `_links.next.href`
                links.append(((*at, field, "href"), means))
            elif means == "next" and (cursor := _CURSORS & parts.keys()):  # HubSpot: `paging.next.after`
                links.append(((*at, field, min(cursor)), "cursor"))
            elif means and not parts:
                links.append(((*at, field), means))
        return links


def _is_opaque(level: Level, told: str) -> bool:
    """Whether a parameter that is called like a page's number is a text of the vendor's making (Stripe's searches)."""
    told = f"{told} {level.get('description', '')}"
    return types_of(level) == ["string"] and _TOKEN.search(told) is not None and _NUMBERED.search(told) is None


def _counted_from(level: Level, told: str) -> int | None:
    """The number that a parameter counts from, as its description, its default or its bound says; else None."""
    told = f"{told} {level.get('description', '')}"
    if (is_one := _FROM_ONE.search(told)) or _FROM_ZERO.search(told):
        return 1 if is_one else 0
    least = level.get("minimum") if level.get("exclusiveMinimum") is not True else None
    return next((number for number in (level.get("default"), least) if number in (0, 1)), None)


def _bare_name(name: str) -> str:
    """The plain name of a parameter; of one in a group that is about the page, like `pagination[page]`, the last."""
    group, _, inner = name.partition("[")
    return plain_name(inner if inner and plain_name(group) in ("pagination", "paging") else name)


def _may_page(level: Level) -> bool:
    """True where a parameter can be a cursor or a count: no moment, no switch, and no choice of a few words."""
    types = types_of(level)
    if level.get("format") in ("date", "date-time", "time") or ("enum" in level and "integer" not in types):
        return False
    return not {"boolean", "array", "object"} & {*types}
