"""Who may ask the admin port for what: by a token, and never a page of another site in somebody's browser.

A browser tells where a request comes from (`Origin`, Fetch's `Sec-Fetch-Site`), and no page can keep it from that. What
says nothing comes from no browser. It refuses to know what pages there are.
"""

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus

from multidict import CIMultiDictProxy

from tidegate.proxy.access.app_tokens import AppTokens
from tidegate.proxy.identity.token_hash import KnownToken

OPEN = frozenset({"/healthz", "/readyz"})
"""Pages for probes, which have no token. They tell that it lives and whether it is ready, and no more."""
HEADER = "Tidegate-Admin"
"""A page of ours sends it with each order; a page of another site cannot without asking first (Fetch, CORS)."""
SAME_SITE = frozenset({"same-origin", "none"})
"""`Sec-Fetch-Site` of a request that no other site has made: `none` is somebody who types an address."""
READS = ("GET", "HEAD")


@dataclass(frozen=True, slots=True)
class Entry:
    """Let in, as `who`: empty where nobody is told apart; or kept out with a status and a reason."""

    who: str = ""
    status: int = 0
    why: str = ""


class AdminDoor:
    """The door of one admin port. Without tokens everybody is let in who can reach it: the machine's own."""

    def __init__(self, tokens: tuple[KnownToken, ...], wall: Callable[[], float]) -> None:
        self._wall = wall
        self.change(tokens)

    def change(self, tokens: tuple[KnownToken, ...]) -> None:
        """From the next request on, these tokens are in force."""
        self.tokens = AppTokens(tokens, self._wall) if tokens else None

    def foreign(self, method: str, headers: CIMultiDictProxy[str], *, form: bool = False) -> str:
        """Why a page of another site may have made a request; empty where none has.

        A `form` of ours cannot send a header: it proves by a token of its own, which its taker checks, whose it is.
        """
        return _from_elsewhere(headers) or ("" if form else _without_header(method, headers))

    def identify(self, token: str) -> str | None:
        """Whose admin token this is; None for nobody's."""
        return self.tokens.app_of(f"Bearer {token}") if self.tokens is not None else None

    def enter(self, method: str, path: str, headers: CIMultiDictProxy[str]) -> Entry:
        """Let a request in, or say why not."""
        why = self.foreign(method, headers)
        if why:
            return Entry(status=HTTPStatus.FORBIDDEN, why=why)
        if self.tokens is None or (path in OPEN and method in READS):
            return Entry()
        who = self.tokens.identify(headers)
        if who is None:
            return Entry(status=HTTPStatus.UNAUTHORIZED, why="send a token of admin_tokens: Authorization: Bearer …")
        return Entry(who)


def _from_elsewhere(headers: CIMultiDictProxy[str]) -> str:
    for site in headers.getall("Sec-Fetch-Site", ()):
        if site.strip().lower() not in SAME_SITE:
            return "a page of another site has sent this"
    host = headers.get("Host", "")
    for origin in headers.getall("Origin", ()):
        if origin.strip().partition("://")[2].lower() != host.strip().lower():
            return "a page of another origin has sent this"
    return ""


def _without_header(method: str, headers: CIMultiDictProxy[str]) -> str:
    from_browser = "Sec-Fetch-Site" in headers or "Origin" in headers
    if from_browser and method not in READS and HEADER not in headers:
        return f"an order from a browser needs the header {HEADER}"
    return ""
