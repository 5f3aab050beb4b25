"""Who may call, and what each may do, as the configuration in force says: tokens, connections, rules.

It is changed whole. Identity comes from a token or from the connection (a client certificate, a Unix user), and from
nothing else that a request says. A page in a browser has no token, but writes what addresses it likes, and rides on its
user's connection: what it sends to another site than its own is nobody's (CWE-352).
"""

from collections.abc import Callable, Mapping

from multidict import CIMultiDictProxy

from tidegate.proxy.access.app_rules import AppRule, app_rules
from tidegate.proxy.access.app_tokens import AppTokens, carries_token
from tidegate.proxy.access.peers import Peer, PeerApps
from tidegate.proxy.app_config import AppSettings
from tidegate.proxy.identity.token_hash import KnownToken
from tidegate.world.host_names import split_host


class Callers:
    """See the module. `wall` is the wall clock, by which tokens expire and days begin."""

    def __init__(
        self,
        tokens: tuple[KnownToken, ...],
        apps: Mapping[str, AppSettings],
        wall: Callable[[], float],
        *,
        anonymous: bool,
    ) -> None:
        self.wall = wall
        self.rules: dict[str, AppRule] = {}
        """App → its rules, where it has any."""
        self.change(tokens, apps, anonymous=anonymous)

    def change(self, tokens: tuple[KnownToken, ...], apps: Mapping[str, AppSettings], *, anonymous: bool) -> None:
        """From the next request on, these are in force."""
        self.tokens, self._anonymous = AppTokens(tokens, self.wall, anonymous=anonymous), anonymous
        self.identify = self.tokens.identify
        """The app whose token is in the headers, or None."""
        self.app_of = self.tokens.app_of
        """The app of a key as it was sent, or None."""
        self.peers = PeerApps(apps)
        self.rules = app_rules(apps, self.rules)

    def why_not(self, headers: CIMultiDictProxy[str], slot: str = "Authorization") -> str:
        """Why the headers name no app, in two or three words."""
        values = headers.getall(slot, ())
        if not values or not any(values):
            return "no token"
        if len(values) > 1:
            return "several tokens"
        return "a token that is not good" if carries_token(values[0]) else "an unknown token"

    def by_query(self, key: str, headers: CIMultiDictProxy[str]) -> str | None:
        """The app of a key in the query. Where any key is good, none of a page's is: it needs no leave to send it."""
        return None if self._anonymous and _from_another_site(headers) else self.app_of(key)

    def by_connection(
        self, peer: Callable[[], Peer], headers: CIMultiDictProxy[str], slot: str = "Authorization"
    ) -> str | None:
        """The app of a connection whose request has no good token; None where there is none.

        A token of our own making that is not good is refused, whatever the connection says: it has expired, or is
        another's.
        """
        if not self.peers or any(carries_token(value) for value in headers.getall(slot, ())):
            return None
        if _is_cross_site(headers):
            return None
        return self.peers.app_of(peer(), self.wall())


def _is_cross_site(headers: CIMultiDictProxy[str]) -> bool:
    """Whether a browser says so by Fetch Metadata, as each does over TLS."""
    return headers.get("Sec-Fetch-Site", "").strip().lower() == "cross-site"


def _from_another_site(headers: CIMultiDictProxy[str]) -> bool:
    """The same, or by the host in Origin: not all say it of a WebSocket. Another port is no other site."""
    origin = headers.get("Origin")
    if "Sec-Fetch-Site" in headers or origin is None:
        return _is_cross_site(headers)
    named, ours = split_host(origin.strip().partition("://")[2]), split_host(headers.get("Host", ""))
    return named is None or ours is None or named[0] != ours[0]
