"""What a page of the console is made of: a route, a function that makes plain values, a template.

A new page is one file in tidegate.proxy.console.views with a `View`, a line in tidegate.proxy.console.console_views,
and its template. The frame sees to login, CSRF, escaping, errors and the menu. See docs/contributing/console-page.md.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote


@dataclass(frozen=True, slots=True)
class PageRequest:
    """What somebody wants of a page. All of it is foreign, `who` aside."""

    who: str = ""
    """The name of their admin token; empty where there are no tokens."""
    path: Mapping[str, str] = field(default_factory=dict)
    """What stands in the route's braces."""
    query: Mapping[str, str] = field(default_factory=dict)
    """The last value of each name."""
    query_text: str = ""
    """The query as it was sent, without the question mark."""
    form: Mapping[str, str] = field(default_factory=dict)
    """The fields of a form that was sent; its CSRF token was checked and is not among them."""

    def quoted(self, name: str) -> str:
        """What stands in the route's braces, as it stands in a path."""
        return quote(self.path[name], safe="")

    @property
    def sure(self) -> bool:
        """True where they were asked, and mean it. See Confirmation."""
        return self.form.get("sure") == "yes"


@dataclass(frozen=True, slots=True)
class PageData:
    """What a template shows. `values` are its names."""

    values: Mapping[str, object] = field(default_factory=dict)
    status: int = 200
    title: str = ""
    """The page's own title, where the view's says too little."""


@dataclass(frozen=True, slots=True)
class PageFailure:
    """Why a page cannot be shown, or an order is not carried out: a sentence, and what to do instead."""

    status: int
    why: str
    cure: str = ""


@dataclass(frozen=True, slots=True)
class Confirmation:
    """A question before an order: the same form comes again, with `sure`, once somebody has said yes."""

    question: str
    text: str = ""
    """What follows from it."""
    button: str = "Yes"
    back: str = "/"
    """Where "no" leads, below the console."""
    grave: bool = False
    """True for what cannot be undone, or stops something."""
    asks_why: bool = False
    """True where the answer has room for a note, in the field `note`."""


@dataclass(frozen=True, slots=True)
class Redirect:
    """An order was carried out: go there (below the console), and see what was done in a sentence."""

    to: str
    notice: str = ""


ShowPage = Callable[[PageRequest], Awaitable[PageData | PageFailure]]
CarryOut = Callable[[PageRequest], Awaitable[Redirect | Confirmation | PageData | PageFailure]]


@dataclass(frozen=True, slots=True)
class View:
    """One page.

    `path` stands below the console's; `{name}` in it takes one segment, decoded. `carry_out` is what a form sent to
    the same path does: it returns a Confirmation unless the request is `sure`, and a PageData where the form has to be
    filled in otherwise: then the page comes again.
    """

    path: str
    title: str
    template: str
    show: ShowPage | None = None
    """None for a path that only takes orders."""
    carry_out: CarryOut | None = None
    menu: bool = False
    """True where it stands in the menu, by its title."""
    under: str = ""
    """The path of the menu's page that this one belongs to."""
