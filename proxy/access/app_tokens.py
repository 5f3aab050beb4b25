"""Which app is calling: the token in the slot where an SDK puts its key, compared with the hashes of the known ones.

It knows nothing of vendors' secrets (tidegate.proxy.credentials) and keeps no token in clear after load, other than
header values that were already found good.
"""

import base64
import binascii
import hmac
import math
import re
from collections.abc import Callable, Iterable
from hashlib import sha256

from multidict import CIMultiDictProxy

from tidegate.proxy.identity.token_hash import KnownToken, TokenHash, id_of

LOCAL = "local"
"""The app that every key stands for where nothing tells apps apart (loopback only, see tidegate.proxy.config)."""

KNOWN_MAX = 4096
"""Header values remembered as good. One token has many spellings in basic auth, so there has to be a bound."""
_AWS = "AWS4-HMAC-SHA256"
_NAMED = re.compile(r'(?:token|key|api[_-]?key)="?([^\s",;=]+)"?', re.IGNORECASE)
"""A key that is a parameter of its scheme, as in `Token token=…` (Rails, PagerDuty)."""
VALUE_CHARS_MAX = 4096
"""A longer header value is no token: hashing it would cost whoever sends it less than us."""


_ANY = KnownToken(LOCAL, "", None, math.inf)
"""What every key is where nothing tells apps apart."""


def _never() -> float:
    return -math.inf


class AppTokens:
    """The known tokens. With `anonymous`, each key that is not empty is the app `local`.

    A key must be sent even then: a web page can make a browser post to this machine, but it cannot make it send an
    Authorization header without asking first (Fetch, CORS-safelisted request-headers).

    `wall` is the wall clock: a token is refused from the moment on at which it expires.
    """

    def __init__(
        self, tokens: Iterable[KnownToken], wall: Callable[[], float] = _never, *, anonymous: bool = False
    ) -> None:
        self._wall = wall
        self._anonymous = anonymous
        self._plain: list[tuple[bytes, KnownToken]] = []
        self._hashed: dict[str, list[tuple[TokenHash, KnownToken]]] = {}
        self.last_ends: dict[str, float] = {}
        """Name → when the last of its tokens ends (since 1970); without end where one of them has none."""
        for known in tokens:
            self.last_ends[known.name] = max(known.expires_wall, self.last_ends.get(known.name, -math.inf))
            bare = KnownToken(known.name, "", known.hash, known.expires_wall)
            if known.hash is not None:
                self._hashed.setdefault(known.hash.id, []).append((known.hash, bare))
            else:
                self._plain.append((sha256(known.token.encode()).digest(), bare))
        self._known: dict[str, str] = {}
        """Header value → app, of tokens that never expire."""
        self._ending: dict[str, KnownToken] = {}
        """Header value → token, of those that do."""

    def identify(self, headers: CIMultiDictProxy[str], slot: str = "Authorization") -> str | None:
        """The app whose token is in `headers`, or None. `slot` is the header in which this vendor's SDKs send a key."""
        values = headers.getall(slot, ())
        if len(values) != 1:
            return None  # two lines are two identities, and whoever stands before us may have looked at the other
        value = values[0]
        app = self._known.get(value)
        return app if app is not None else self.app_of(value)

    def app_of(self, value: str) -> str | None:
        """The app of a key as it was sent, in a header or in a query; None for nobody's."""
        ending = self._ending.get(value)
        if ending is not None and self._wall() < ending.expires_wall:
            return ending.name
        if len(value) > VALUE_CHARS_MAX:
            return None
        if self._anonymous:
            if not candidates(value):
                return None
            self._remember(value, _ANY)
            return LOCAL
        for candidate in candidates(value):
            known = self._match(candidate)
            if known is not None:
                self._remember(value, known)
                return known.name
        return None

    def _remember(self, value: str, known: KnownToken) -> None:
        if value[:4].upper() == _AWS[:4]:
            return  # it is signed, and so another one each time
        if len(self._known) + len(self._ending) >= KNOWN_MAX:
            self._known.clear()
            self._ending.clear()
        if math.isinf(known.expires_wall):
            self._known[value] = known.name
        else:
            self._ending[value] = known

    def _match(self, token: str) -> KnownToken | None:
        """Compare with every known token, in a time that does not depend on which one it is, or is nearly.

        One of our own making says by its id, which is no secret, what to compare it with.
        """
        matching: KnownToken | None = None
        for kept, known in self._hashed.get(id_of(token), ()):
            if kept.matches(token):
                matching = known
        digest = sha256(token.encode("utf-8", "surrogateescape")).digest()
        for plain, known in self._plain:
            if hmac.compare_digest(digest, plain):
                matching = known
        return matching if matching is not None and self._wall() < matching.expires_wall else None


def candidates(value: str) -> list[str]:
    """The keys that a header value may carry: a bearer token, the user or password of basic auth, or the bare value.

    Behind a scheme of the vendor's own (GitHub's `token`, Discord's `Bot`, Okta's `SSWS`) stands a key too.
    """
    scheme, _, rest = value.strip().partition(" ")
    rest = rest.strip()
    if not rest:
        keys = [scheme] if scheme.lower() not in ("bearer", "basic") else []
    elif scheme.lower() == "bearer":
        keys = [rest]
    elif scheme.lower() == "basic":
        try:
            user, _, password = base64.b64decode(rest, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return []
        keys = [user, password]
    elif scheme.upper() == _AWS:  # an AWS SDK whose access key is the token; what it signs is taken out
        keys = [rest.partition("Credential=")[2].partition("/")[0]]
    else:
        named = _NAMED.fullmatch(rest)
        keys = [value.strip(), named[1] if named is not None else rest]
    return [key for key in keys if key]


def carries_token(value: str) -> bool:
    """Whether a header value carries a token that Tidegate has made, whoever's, and good or not."""
    return len(value) <= VALUE_CHARS_MAX and any(id_of(key) for key in candidates(value))
