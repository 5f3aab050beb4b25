"""Which app is calling: the token in the slot where an SDK puts its key, compared with the hashes of the known ones.

It knows nothing of vendors' secrets (tidegate.proxy.upstream.credential) and keeps no token in clear after load, other
than header values that were already found good.
"""

import base64
import binascii
import hmac
from collections.abc import Iterable, Mapping
from hashlib import sha256

LOCAL = "local"
"""The app that every key stands for where no tokens are configured (loopback only, see tidegate.proxy.config)."""

KNOWN_MAX = 4096
"""Header values remembered as good. One token has many spellings in basic auth, so there has to be a bound."""


class AppTokens:
    """The apps' tokens. Without any, each key that is not empty is the app `local`.

    A key must be sent even then: a web page can make a browser post to this machine, but it cannot make it send an
    Authorization header without asking first (Fetch, CORS-safelisted request-headers).
    """

    def __init__(self, tokens: Iterable[tuple[str, str]]) -> None:
        self._hashed = [(app, sha256(token.encode()).digest()) for app, token in tokens]
        self._known: dict[str, str] = {}

    def identify(self, headers: Mapping[str, str], slot: str = "Authorization") -> str | None:
        """The app whose token is in `headers`, or None. `slot` is the header in which this vendor's SDKs send a key."""
        value = headers.get(slot)
        if value is None:
            return None
        app = self._known.get(value)
        return app if app is not None else self._look_up(value)

    def _look_up(self, value: str) -> str | None:
        app = None
        for candidate in candidates(value):
            app = app or self._match(candidate)
        if app is not None:
            if len(self._known) >= KNOWN_MAX:
                self._known.clear()
            self._known[value] = app
        return app

    def _match(self, token: str) -> str | None:
        """Compare with every known token, in a time that does not depend on which one it is, or is nearly."""
        if not self._hashed:
            return LOCAL
        digest, matching_app = sha256(token.encode("utf-8", "surrogateescape")).digest(), None
        for app, known in self._hashed:
            if hmac.compare_digest(digest, known):
                matching_app = app
        return matching_app


def candidates(value: str) -> list[str]:
    """The keys that a header value may carry: a bearer token, the user or password of basic auth, or the bare value."""
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
    else:
        keys = [value.strip()]
    return [key for key in keys if key]
