"""Pagination: the objects on one page of a list, the vendor's name for the next page, and what stands beside the list.

The style is declared in the vendor file, or recognised from the names of the query's parameters and of the answer's
fields. It knows no vendor by name.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

from tidegate.openapi.document import Document
from tidegate.simulator.answer import errors
from tidegate.simulator.document.list_parameters import ANYWHERE, STRICT
from tidegate.simulator.document.paging.page_style import PageStyle, PageStyles
from tidegate.simulator.document.resource_kind import ResourceKind
from tidegate.simulator.document.resource_operation import ResourceOperation
from tidegate.simulator.storage import list_conditions
from tidegate.simulator.storage.filters.filter_expressions import SIGNS, expressed
from tidegate.simulator.storage.filters.selectors import selected
from tidegate.simulator.storage.filters.structured_filters import structured
from tidegate.simulator.storage.list_conditions import ObjectCondition
from tidegate.simulator.storage.object_keys import key_part
from tidegate.simulator.storage.page_links import ListPage, PageLinks
from tidegate.simulator.storage.resources import SCOPE, ListQuery, Resources, UnknownCursorError
from tidegate.values.json_value import Obj
from tidegate.values.string_values import plain_name
from tidegate.vendor.resource_facts import Pages

LIMIT_MAX = 1000
"""A page has at most so many objects, whatever the request says."""

DIGITS_MAX = 20
"""A number in a path that is longer names nobody."""

SKIP_MAX = 2**31 - 1
"""The most objects, or pages, that are skipped: more than there ever are, and times LIMIT_MAX still 64 bits."""


_LEADS_ON = frozenset({"more", "token", "next", "cursor", "next_number", "next_begin"})
"""What leads from a page to the next."""


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
        keys: frozenset[str] | None = None,
    ) -> ListPage:
        """One page. Raises errors.VendorError where a cursor names nothing."""
        style, values = self._styles.of(operation), flat(values)
        asked = next((values[name] for name in style.limits if name in values), values.get(style.limit))
        limit = _count(asked, style.size, most=LIMIT_MAX, least=style.least)
        query, begin, number = self._query(kind, operation, style, scope, filters, values, limit)
        query = query if keys is None else replace(query, keys=keys)
        try:
            things, more = self._resources.page(kind.name, query)
        except UnknownCursorError as error:
            param = style.parameter if error.param == "after" else style.back
            raise errors.no_such(kind.name, error.identifier.rpartition("/")[2], param, status=400) from None
        more = more and limit > 0
        token = ""
        if more and things and style.by == "token":
            begin = query.places[1] if query.places is not None else 0
            token = self._token(kind, things[-1][0], begin + len(things))
        return ListPage(
            things=things,
            next=self._next(style, things, token, begin, limit, number) if more and style.by else None,
            previous=self._previous(style, begin, limit, number) if begin else None,
            token=token,
            number=number,
            begin=begin,
            limit=limit,
            query=query,
        )

    def links(self, kind: ResourceKind, operation: ResourceOperation, page: ListPage, path: str) -> PageLinks:
        """The ways from a page to its neighbours. `path` is what was asked for."""
        count = cache(lambda: self.count(kind, page))  # an answer says it in several places, and it may be long to find
        return PageLinks(self._styles.of(operation), self._facts, page, path, count)

    def count(self, kind: ResourceKind, page: ListPage) -> int:
        """The number of objects on all the pages of this list together."""
        return self._resources.count(kind.name, page.query)

    def is_backward(self, operation: ResourceOperation, values: Mapping[str, Any]) -> bool:
        """True where the page was asked for from its end."""
        return bool(values.get(self._styles.of(operation).back))

    def behind_sample(
        self, operation: ResourceOperation, values: Mapping[str, Any]
    ) -> dict[tuple[str, ...], Any] | None:
        """What stands beside an empty page, where one behind the first is asked for; else None."""
        style, values = self._styles.of(operation), flat(values)
        given = values.get(style.parameter)
        if style.by is None or given in (None, ""):
            return None
        if style.by in ("page", "offset"):
            least = style.first if style.by == "page" else style.base
            if _count(given, least) <= least:
                return None
        return {place: False if means == "more" else None for place, means in style.tells if means in _LEADS_ON}

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
        since, before = (
            list_conditions.created_within(values.get("created")) if "created" in kind.fields else (None, None)
        )
        given, back, first = values.get(style.parameter), values.get(style.back), style.first
        prefix = f"{scope}/" if scope else ""
        after, places, skip = self._begin(style, given, prefix, limit)
        # Some vendors send a page number beside a token: it is repeated to them, and finds nothing.
        number = _count(values[style.number], first) if style.number in values else skip // max(limit, 1) + first
        wanted, conditions = self._wanted(kind, operation, scope, filters, values)
        if style.by == "offset" and given in (None, "") and style.number:  # it takes a page's number as well
            skip = (number - first) * limit
        descends = list_conditions.descends(operation.parameters, values)
        query = ListQuery(
            limit=limit,
            after=after,
            ending=prefix + key_part(back) if back else None,
            filters=wanted,
            since=since,
            before=before,
            skip=max(skip, 0),
            newest_first=self._facts.order == "newest" and not style.rises if descends is None else descends,
            conditions=conditions,
            order=list_conditions.order(self._document, kind, operation.parameters, values),
            places=places,
        )
        begin = skip if style.by in ("offset", "page") else (number - first) * limit
        return query, max(begin, 0), number

    def _begin(
        self, style: PageStyle, given: Any, prefix: str, limit: int
    ) -> tuple[str | None, tuple[int, int] | None, int]:
        """Where a page begins: after which key, with its number and place, or after how many objects."""
        first = style.first
        # A cursor and a token name the last object of the page before; an offset and a page number count objects.
        if given in (None, ""):
            return None, None, 0
        if style.by == "cursor":
            return prefix + key_part(given), None, 0
        if style.by == "token":
            return *_token_read(style.parameter, given), 0
        if style.by == "offset":
            return None, None, _count(given, style.base) - style.base
        return None, None, (_count(given, first) - first) * limit

    def _wanted(
        self,
        kind: ResourceKind,
        operation: ResourceOperation,
        scope: str,
        filters: Mapping[str, str],
        values: Mapping[str, Any],
    ) -> tuple[dict[str, Sequence[str]], tuple[ObjectCondition, ...]]:
        """The values that each indexed field may have, and the conditions on others."""
        wanted: dict[str, Sequence[Any]] = {}
        for name, value in filters.items():
            is_number = _is_number(value) and not self._resources.is_indexed(kind.name, name)
            wanted[name] = [value, int(value)] if is_number else [value]
        conditions: list[ObjectCondition] = []
        paging = self._styles.of(operation).names
        if scope:
            wanted[SCOPE] = [scope]
        for param, narrowing in operation.parameters.filters.items():
            given = values.get(param, narrowing.default)
            if given is None or param in paging or (param == "created" and isinstance(given, int | dict)):
                continue  # the moment of the making has bounds of its own, above
            if narrowing.field == kind.id_field:
                given = [*map(kind.bare_id, given)] if isinstance(given, list) else kind.bare_id(given)
            is_one = given.__class__ is str and narrowing.is_plain and "," not in given
            if is_one and self._resources.is_indexed(kind.name, narrowing.field):
                wanted[narrowing.field] = self._matches(kind.name, narrowing.field, given)
                continue
            is_language = narrowing.field == ANYWHERE and isinstance(given, str) and SIGNS.search(given)
            if is_language and (stated := expressed(self._document, kind, given, is_google=True)) is not None:
                conditions += stated
                continue
            for made in list_conditions.conditions(narrowing, given):
                if made.test == "is" and self._resources.is_indexed(kind.name, made.field):
                    texts = (value for value in made.values if isinstance(value, str))
                    wanted[made.field] = [one for text in texts for one in self._matches(kind.name, made.field, text)]
                else:
                    conditions.append(made)
        return wanted, (*conditions, *self._expressed(kind, operation, values))

    def _expressed(
        self, kind: ResourceKind, operation: ResourceOperation, values: Mapping[str, Any]
    ) -> Iterator[ObjectCondition]:
        """The conditions of filters that are expressions, as far as they can be followed."""
        is_google = plain_name(self._styles.of(operation).parameter) == "pagetoken"
        for param in operation.parameters.expressions:
            text = given if isinstance(given := values.get(param), str) else ""
            stated = expressed(self._document, kind, text, is_google=is_google) if text else []
            if stated is None and param == STRICT:
                told = f"The filter {text[:100]!r} is not followed: it is no comparison of fields that there are."
                raise errors.refused(told, param=param)
            yield from stated or ()
        for param in operation.parameters.groups:
            given = values.get(param)
            yield from (structured(self._document, kind, param, given) or () if isinstance(given, dict | list) else ())
        for param, part in operation.parameters.selectors.items():
            given = values.get(param)
            chosen = selected(self._document, kind, part, given) if isinstance(given, str) else []
            if chosen is None:
                raise errors.malformed(param, "selector", given)
            yield from chosen

    def _matches(self, kind: str, name: str, value: Any) -> list[str]:
        """The values that a filter lets through: itself, or for a type like `payment_intent.*` all that begin so."""
        if name != "type" or not str(value).endswith("*") or not self._resources.is_indexed(kind, name):
            return [value]
        return [known for known in self._resources.values(kind, name) if known.startswith(value[:-1])]

    def _token(self, kind: ResourceKind, key: str, place: int) -> str:
        return urlsafe_b64encode(f"{self._resources.number(kind.name, key)}.{place}.{key}".encode()).decode()

    def _next(
        self, style: PageStyle, things: Sequence[tuple[str, Obj]], token: str, begin: int, limit: int, number: int
    ) -> dict[str, str]:
        named: dict[str, str] = {style.limit: str(limit)} if style.limit else {}
        if style.by == "cursor":
            return {**named, style.parameter: things[-1][0].rpartition("/")[2]}
        if style.by == "token":
            return {**named, **({style.number: str(number + 1)} if style.number else {}), style.parameter: token}
        return {**named, style.parameter: str(begin + limit + style.base if style.by == "offset" else number + 1)}

    @staticmethod
    def _previous(style: PageStyle, begin: int, limit: int, number: int) -> dict[str, str] | None:
        if style.by == "offset":
            return {style.parameter: str(max(begin - limit, 0) + style.base)}
        return {style.parameter: str(number - 1)} if style.by == "page" else None


def flat(values: Mapping[str, Any]) -> Mapping[str, Any]:
    """Values by the names that `query_names` gives."""
    if dict not in map(type, values.values()):
        return values
    inner = {
        f"{name}[{key}]": part
        for name, value in values.items()
        if isinstance(value, dict)
        for key, part in value.items()
    }
    return {**values, **inner}


def _token_read(param: str, token: Any) -> tuple[str, tuple[int, int]]:
    """The key of the last object of the page before, its number and its place: a token leads on although it is gone."""
    try:
        number, place, key = urlsafe_b64decode(str(token).encode()).decode().split(".", 2)
        return key, (int(number), int(place))
    except ValueError:
        raise errors.malformed(param, "cursor", token) from None


def _is_number(text: str) -> bool:
    return text.isdecimal() and len(text) < DIGITS_MAX


def _count(given: Any, otherwise: int, most: int | None = None, least: int = 1) -> int:
    try:
        count = int(given) if given not in (None, "") else otherwise
    except (TypeError, ValueError):
        return otherwise
    if most is None:
        return min(count, SKIP_MAX)
    return min(count, most) if count >= least else otherwise
