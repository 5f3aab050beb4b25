"""Pagination: the objects on one page of a list, the vendor's name for the next page, and what stands beside the list.

The style is declared in the vendor file, or recognised from the names of the query's parameters and of the answer's
fields. It knows no vendor by name.
"""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

from tidegate.openapi.document import Document
from tidegate.simulator.answer import errors
from tidegate.simulator.document.page_style import PageStyle, PageStyles
from tidegate.simulator.document.resource_kind import ResourceKind
from tidegate.simulator.document.resource_operation import ResourceOperation
from tidegate.simulator.storage.resources import SCOPE, ListQuery, Resources, UnknownCursorError
from tidegate.simulator.values.json_value import Obj
from tidegate.vendor.resource_facts import Pages

LIMIT_MAX = 1000
"""A page has at most so many objects, whatever the request says."""

SKIP_MAX = 2**31 - 1
"""The most objects, or pages, that are skipped: more than there ever are, and times LIMIT_MAX still 64 bits."""


@dataclass(frozen=True, slots=True)
class ListPage:
    """One page, and how its neighbours are found. `query` leads to the next, None where this is the last."""

    things: list[tuple[str, Obj]]
    next: dict[str, str] | None
    previous: dict[str, str] | None
    token: str
    number: int
    begin: int
    limit: int


class Pagination:
    """Pages of what there is. `facts` is what the vendor file declares."""

    def __init__(self, document: Document, facts: Pages, resources: Resources) -> None:
        self._facts = facts
        self._resources = resources
        self._document = document
        self._styles = PageStyles(document, facts)

    def page(
        self,
        kind: ResourceKind,
        operation: ResourceOperation,
        scope: str,
        filters: Mapping[str, str],
        values: Mapping[str, Any],
    ) -> ListPage:
        """One page. Raises errors.VendorError where a cursor names nothing."""
        style = self._styles.of(operation)
        limit = _count(values.get(style.limit), self._facts.default, most=LIMIT_MAX)
        query, begin, number = self._query(kind, operation, style, scope, filters, values, limit)
        try:
            things, more = self._resources.page(kind.name, query)
        except UnknownCursorError as error:
            param = style.parameter if error.param == "after" else style.back
            raise errors.no_such(kind.name, error.identifier.rpartition("/")[2], param, status=400) from None
        token = urlsafe_b64encode(things[-1][0].encode()).decode() if more and things and style.by == "token" else ""
        return ListPage(
            things=things,
            next=self._next(style, things, token, begin, limit, number) if more and style.by else None,
            previous=self._previous(style, begin, limit, number) if begin else None,
            token=token,
            number=number,
            begin=begin,
            limit=limit,
        )

    def beside(
        self, operation: ResourceOperation, page: ListPage, count: Callable[[], int], path: str, *, back: bool
    ) -> dict[tuple[str, ...], Any]:
        """The values beside the list, by their places. `back` marks a page that was asked for from its end."""
        style = self._styles.of(operation)
        bare, _, query = path.partition("?")
        sent = dict(parse_qsl(query))
        ids = [key.rpartition("/")[2] for key, _ in page.things]
        own = not any(what == "next" for _, what in style.tells)
        values: dict[str, Callable[[], Any]] = {
            "more": lambda: page.next is not None or back,
            "first": lambda: ids[0] if ids else None,
            "last": lambda: ids[-1] if ids else None,
            "token": lambda: page.token,
            "next": lambda: _with(bare, sent, page.next),
            "previous": lambda: _with(bare, sent, page.previous),
            "start_uri": lambda: _with(bare, sent, {style.number: "0"} if style.number else {}),
            "this": lambda: bare if own else path,
            "page": lambda: page.number,
            "limit": lambda: page.limit,
            "begin": lambda: page.begin,
            "end": lambda: max(page.begin + len(page.things) - 1, 0),
            "count": count,
            "key": lambda: operation.at[-1] if operation.at else "data",
        }
        return {place: values[what]() for place, what in style.tells}

    def link(self, operation: ResourceOperation, page: ListPage, path: str, count: Callable[[], int]) -> str:
        """The Link header (RFC 8288). `path` is the whole address that was asked for. May be empty."""
        style, (bare, _, query) = self._styles.of(operation), path.partition("?")
        if not (self._facts.link or (style.by == "page" and not style.tells)):
            return ""
        sent = dict(parse_qsl(query))
        links = [("prev", page.previous), ("next", page.next)]
        if page.previous is not None and style.by == "page":
            links.append(("first", {style.parameter: str(self._facts.first)}))
        if page.next is not None and style.by == "page":
            last = -(-count() // page.limit) - 1 + self._facts.first
            links.append(("last", {**page.next, style.parameter: str(last)}))
        return ", ".join(f'<{_with(bare, sent, to)}>; rel="{rel}"' for rel, to in links if to is not None)

    def is_backward(self, operation: ResourceOperation, values: Mapping[str, Any]) -> bool:
        """True where the page was asked for from its end."""
        return bool(values.get(self._styles.of(operation).back))

    @staticmethod
    def filtered(scope: str, narrowed: Mapping[str, str]) -> ListQuery:
        """Everything in a place, whatever page it is on."""
        wanted: dict[str, Sequence[str]] = {name: [value] for name, value in narrowed.items()}
        return ListQuery(filters={**wanted, SCOPE: [scope]} if scope else wanted)

    # --- which objects -------------------------------------------------------------------------------------------

    def _query(
        self,
        kind: ResourceKind,
        operation: ResourceOperation,
        style: PageStyle,
        scope: str,
        filters: Mapping[str, str],
        values: Mapping[str, Any],
        limit: int,
    ) -> tuple[ListQuery, int, int]:
        """The query, how many objects are before the page, and the page's number."""
        since, before = _created(values.get("created")) if "created" in kind.fields else (None, None)
        given, back, first = values.get(style.parameter), values.get(style.back), self._facts.first
        prefix = f"{scope}/" if scope else ""
        after, skip = None, 0
        # A cursor and a token name the last object of the page before; an offset and a page number count objects.
        if given not in (None, ""):
            if style.by == "cursor":
                after = prefix + key_part(given)
            elif style.by == "token":
                after = _key(style.parameter, given)
            else:
                skip = _count(given, 0) if style.by == "offset" else (_count(given, first) - first) * limit
        if after and back:
            raise errors.refused(f"Give {style.parameter} or {style.back}, not both.", param=style.back)
        # Some vendors send a page number beside a token: it is repeated to them, and finds nothing.
        number = _count(values.get(style.number), first) if style.number else skip // limit + first
        query = ListQuery(
            limit=limit,
            after=after,
            ending=prefix + key_part(back) if back else None,
            filters=self._wanted(kind, operation, scope, filters, values),
            since=since,
            before=before,
            skip=max(skip, 0),
            newest_first=self._newest_first(values),
        )
        begin = skip if style.by in ("offset", "page") else (number - first) * limit
        return query, max(begin, 0), number

    def _wanted(
        self,
        kind: ResourceKind,
        operation: ResourceOperation,
        scope: str,
        filters: Mapping[str, str],
        values: Mapping[str, Any],
    ) -> dict[str, Sequence[str]]:
        """The values that each field may have."""
        wanted: dict[str, Sequence[str]] = {name: [value] for name, value in filters.items()}
        if scope:
            wanted[SCOPE] = [scope]
        for param, name in operation.filters.items():
            if param in values:
                listed = values[param] if isinstance(values[param], list) else [values[param]]
                known = self._document.schemas.plain(kind.fields.get(name, {})).get("enum")
                if listed == ["all"] or (known and not any(value in known for value in listed)):
                    continue  # a word for all of them, like `state=all`
                wanted[name] = [match for value in listed for match in self._matches(kind.name, name, value)]
        return wanted

    def _newest_first(self, values: Mapping[str, Any]) -> bool:
        direction = values.get("order") or values.get("direction")
        return direction == "desc" if direction in ("asc", "desc") else self._facts.order == "newest"

    def _matches(self, kind: str, name: str, value: Any) -> list[str]:
        """The values that a filter lets through: itself, or for a type like `payment_intent.*` all that begin so."""
        if name != "type" or not str(value).endswith("*") or not self._resources.is_indexed(kind, name):
            return [value]
        return [known for known in self._resources.values(kind, name) if known.startswith(value[:-1])]

    def _next(
        self, style: PageStyle, things: Sequence[tuple[str, Obj]], token: str, begin: int, limit: int, number: int
    ) -> dict[str, str]:
        named: dict[str, str] = {style.limit: str(limit)} if style.limit else {}
        if style.by == "cursor":
            return {**named, style.parameter: things[-1][0].rpartition("/")[2]}
        if style.by == "token":
            return {**named, **({style.number: str(number + 1)} if style.number else {}), style.parameter: token}
        return {**named, style.parameter: str(begin + limit if style.by == "offset" else number + 1)}

    @staticmethod
    def _previous(style: PageStyle, begin: int, limit: int, number: int) -> dict[str, str] | None:
        if style.by == "offset":
            return {style.parameter: str(max(begin - limit, 0))}
        return {style.parameter: str(number - 1)} if style.by == "page" else None


_MOMENT = re.compile(r"\d{1,15}\.\d{6}", re.ASCII)


def key_part(identifier: object) -> str:
    """An id as it stands in a key: a slash in it is written otherwise, and a moment to the microsecond as its number.

    Slack's ids are such moments: texts whose document has them sent as numbers, which have no leading zeros.
    """
    if isinstance(identifier, float):
        return f"{identifier:.6f}"
    text = str(identifier)
    if _MOMENT.fullmatch(text):
        return f"{float(text):.6f}"
    return text.replace("%", "%25").replace("/", "%2F") if "/" in text or "%" in text else text


def _key(param: str, token: Any) -> str:
    try:
        return urlsafe_b64decode(str(token).encode()).decode()
    except ValueError:
        raise errors.malformed(param, "cursor", token) from None


def _with(path: str, sent: Mapping[str, str], named: Mapping[str, str] | None) -> str | None:
    """The path with the query as it was sent, but for these parameters."""
    if named is None:
        return None
    query = urlencode({**sent, **named}, quote_via=quote)
    return f"{path}?{query}" if query else path


def _count(given: Any, otherwise: int, most: int | None = None) -> int:
    try:
        count = int(given) if given not in (None, "") else otherwise
    except (TypeError, ValueError):
        return otherwise
    return min(max(count, 0), most) or otherwise if most is not None else min(count, SKIP_MAX)


def _created(given: object) -> tuple[float | None, float | None]:
    """The bounds of `created` in whole seconds: included below, excluded above."""
    if isinstance(given, int):
        return given, given + 1
    if not isinstance(given, Mapping):
        return None, None
    lows = [bound for bound in (given.get("gte"), _second_after(given.get("gt"))) if bound is not None]
    highs = [bound for bound in (given.get("lt"), _second_after(given.get("lte"))) if bound is not None]
    return (max(lows) if lows else None), (min(highs) if highs else None)


def _second_after(second: int | None) -> int | None:
    return None if second is None else second + 1
