"""The ways from a page of a list to its neighbours: in the answer's own words, and in the `Link` header (RFC 8288)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

from tidegate.simulator.document.paging.page_style import PageStyle
from tidegate.simulator.storage.resources import ListQuery
from tidegate.values.json_value import Obj
from tidegate.vendor.resource_facts import Pages


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
    query: ListQuery


class PageLinks:
    """The ways from one page. `path` is what was asked for, `count` counts the whole list."""

    def __init__(self, style: PageStyle, facts: Pages, page: ListPage, path: str, count: Callable[[], int]) -> None:
        self._facts = facts
        self.style = style
        self.page = page
        self.path = path
        self.count = count

    def beside(self, *, back: bool) -> dict[tuple[str, ...], Any]:
        """The values beside the list, by their places. `back` marks a page that was asked for from its end."""
        said = {place: self.said(what) for place, what in self.style.tells}
        if back:
            said |= {place: True for place, what in self.style.tells if what == "more"}
        return said

    def address(self, named: Mapping[str, str] | None, base: str = "") -> str | None:
        """The address that was asked for with these parameters in place of its own; None for None."""
        bare, _, query = self.path.partition("?")
        return _with(base + bare, parse_qsl(query, keep_blank_values=True), named) if named is not None else None

    def identifier(self, place: int) -> str | None:
        """The id of one of the page's objects, None where it has none."""
        return self.page.things[place][0].rpartition("/")[2] if self.page.things else None

    def own(self) -> str:
        """The list's own address: as it was asked for where the answer names the next page's, else without a query."""
        named = any(what == "next" for _, what in self.style.tells)
        return self.path if named else self.path.partition("?")[0]

    def first(self) -> dict[str, str]:
        """The parameters of the first page."""
        style = self.style
        return {style.parameter: str(style.first if style.by == "page" else style.base)} if self._is_counted else {}

    def last(self) -> dict[str, str]:
        """The parameters of the last page."""
        style, limit = self.style, max(self.page.limit, 1)
        before = max(-(-self.count() // limit) - 1, 0)
        number = before + style.first if style.by == "page" else before * limit + style.base
        return {style.parameter: str(number)} if self._is_counted else {}

    @property
    def _is_counted(self) -> bool:
        return self.style.by in ("page", "offset")

    def range(self) -> str:
        """The places of the page's objects, as Content-Range has them (RFC 9110 §14.4)."""
        begin, shown = self.page.begin, len(self.page.things)
        return f"items {begin}-{begin + shown - 1}/{self.count()}" if shown else f"items */{self.count()}"

    def said(self, means: str) -> Any:
        """What the page says of this."""
        return _SAYS[means](self)

    def header(self, base: str, *, wanted: bool = False) -> str:
        """The Link header, where the vendor file or the document wants one. `base` goes before the path."""
        style, page = self.style, self.page
        if not (wanted or self._facts.link or (style.by == "page" and not style.tells)):
            return ""
        links = [("prev", page.previous), ("next", page.next)]
        if page.previous is not None and style.by == "page":
            links.append(("first", self.first()))
        if page.next is not None and style.by == "page":
            links.append(("last", {**page.next, **self.last()}))
        return ", ".join(f'<{self.address(to, base)}>; rel="{rel}"' for rel, to in links if to is not None)


_SAYS: Mapping[str, Callable[[PageLinks], Any]] = {
    "more": lambda links: links.page.next is not None,
    "first": lambda links: links.identifier(0),
    "last": lambda links: links.identifier(-1),
    "token": lambda links: links.page.token or (links.identifier(-1) if links.style.by == "cursor" else ""),
    "next": lambda links: links.address(links.page.next),
    "previous": lambda links: links.address(links.page.previous),
    "start_uri": lambda links: links.address({links.style.number: "0"} if links.style.number else {}),
    "this": lambda links: links.own(),
    "page": lambda links: links.page.number,
    "limit": lambda links: links.page.limit,
    "begin": lambda links: links.page.begin + links.style.base,
    "end": lambda links: max(links.page.begin + len(links.page.things) - 1, 0),
    "count": lambda links: links.count(),
    "pages": lambda links: -(-links.count() // max(links.page.limit, 1)),
    "shown": lambda links: len(links.page.things),
    "cursor": lambda links: links.page.next.get(links.style.parameter) if links.page.next else None,
    "next_number": lambda links: links.page.number + 1 if links.page.next else None,
    "previous_number": lambda links: links.page.number - 1 if links.page.previous else None,
    "next_begin": lambda links: (
        links.page.begin + len(links.page.things) + links.style.base if links.page.next else None
    ),
    "from_place": lambda links: links.page.begin + 1 if links.page.things else None,
    "to_place": lambda links: links.page.begin + len(links.page.things) if links.page.things else None,
    "has_previous": lambda links: links.page.begin > 0,
    "is_first": lambda links: links.page.begin == 0,
    "is_last": lambda links: links.page.next is None,
    "is_empty": lambda links: not links.page.things,
    "is_paged": lambda _: True,
    "first_uri": lambda links: links.address(links.first()),
    "last_uri": lambda links: links.address(links.last()),
    "range": lambda links: links.range(),
    "key": lambda links: links.style.at[-1] if links.style.at else "data",
}
"""What each place beside a list says."""


def _with(path: str, sent: Sequence[tuple[str, str]], named: Mapping[str, str]) -> str:
    """The path with the query as it was sent, but for these parameters."""
    left = dict(named)
    pairs = [(name, left.pop(name, value)) for name, value in sent if name in left or name not in named]
    query = urlencode([*pairs, *left.items()], quote_via=quote)
    return f"{path}?{query}" if query else path
