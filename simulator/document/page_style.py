"""Page styles: how a list names its next page, how many objects a page has, and what stands beside the list.

Declared in the vendor file, or recognised from the names of the query's parameters and of the answer's fields.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from tidegate.openapi.document import Document
from tidegate.simulator.document.documented_answer import chosen
from tidegate.simulator.document.resource_operation import ResourceOperation
from tidegate.simulator.values.string_values import plain_name
from tidegate.vendor.resource_facts import Pages

By = Literal["cursor", "token", "offset", "page"]

_BY: Sequence[tuple[By, frozenset[str]]] = (
    ("cursor", frozenset({"startingafter", "after", "afterid"})),
    ("token", frozenset({"pagetoken", "cursor", "nexttoken", "paginationtoken", "continuationtoken", "nextpagetoken"})),
    ("offset", frozenset({"offset", "skip", "startindex"})),
    ("page", frozenset({"page", "pagenumber"})),
)
_BACK = frozenset({"endingbefore", "before", "beforeid"})
_LIMIT = frozenset({"limit", "perpage", "pagesize", "count", "maxresults", "maxitems"})
_NUMBER = frozenset({"page", "pagenumber"})
_MEANS: Mapping[str, str] = {
    "hasmore": "more", "more": "more", "hasnextpage": "more", "firstid": "first", "lastid": "last",
    "nextcursor": "token", "nextpagetoken": "token", "nexttoken": "token", "next": "next", "nextpage": "next",
    "nextpageuri": "next", "nextpageurl": "next", "previouspageuri": "previous", "previouspageurl": "previous",
    "previous": "previous", "firstpageuri": "start_uri", "firstpageurl": "start_uri", "uri": "this", "url": "this",
    "page": "page", "pagesize": "limit", "perpage": "limit", "start": "begin", "end": "end", "total": "count",
    "totalcount": "count", "totalresults": "count", "key": "key",
}  # fmt: skip
"""The meaning of a field beside a list, by its plain name."""


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
            names = [
                parameter["name"]
                for parameter in self._document.parameters(documented)
                if parameter.get("in") == "query"
            ]
            self._styles[operation.id] = self._recognised(operation, names)
        return self._styles[operation.id]

    def _recognised(self, operation: ResourceOperation, names: Sequence[str]) -> PageStyle:
        facts, by, parameter = self._facts, self._facts.by, self._facts.parameter or ""
        plain = {plain_name(name): name for name in names}
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
        for name, node in plain(chosen(self._document, operation.answer)).get("properties", {}).items():
            if (name,) == operation.at[:1]:
                continue
            inner = plain(node).get("properties")
            if plain_name(name) in _MEANS and not inner:
                places.append(((name,), _MEANS[plain_name(name)]))
            below = [inner_name for inner_name in inner or () if plain_name(inner_name) in _MEANS]
            flat = [inner_name for inner_name in below if inner and not plain(inner[inner_name]).get("properties")]
            places += [((name, inner_name), _MEANS[plain_name(inner_name)]) for inner_name in flat]
        return places
