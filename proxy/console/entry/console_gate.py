"""Who may see the console, and which requests are a person's own: login by a cookie, other sites kept out.

The cookie goes to the console's pages alone, is not readable by script, and is not sent where another site leads here
(RFC 6265bis §5.4, SameSite=Strict). So somebody who follows a link, in a chat or an alert, first gets an empty page
that leads on by itself: from then on it is our own page that asks, with the cookie.
"""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote

from multidict import CIMultiDictProxy

from tidegate.proxy.access.admin_door import READS, AdminDoor
from tidegate.proxy.console.entry.console_sessions import ID_CHARS_MAX, SESSION_S, ConsoleSessions, SecretBytes
from tidegate.proxy.console.page_templates import BASE

COOKIE_CHARS_MAX = 8192


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who asks for a page: by a session, or by a token in the header, or, where there are no tokens, anybody."""

    who: str = ""
    session_id: str = ""
    known: bool = True
    """False for somebody who has to log in first."""


class ConsoleGate:
    """The gate of one console. `port` is the one that it listens on: it tells the cookies of several proxies apart.

    With `secure`, the admin port speaks TLS, and the cookie is sent over TLS alone.
    """

    def __init__(
        self,
        door: AdminDoor,
        secret_bytes: SecretBytes,
        now: Callable[[], float],
        port: Callable[[], int] = int,
        *,
        secure: bool = False,
    ) -> None:
        self._door, self._port, self._secure = door, port, secure
        self.sessions = ConsoleSessions(secret_bytes, now, door.identify)

    @property
    def asks_for_tokens(self) -> bool:
        """True where one has to log in."""
        return self._door.tokens is not None

    @property
    def cookie(self) -> str:
        """The name of the session's cookie. A cookie does not know ports (RFC 6265 §8.5), so its name does."""
        return f"tidegate_session_{self._port()}"

    def foreign(self, method: str, headers: CIMultiDictProxy[str]) -> str:
        """Why another site may have made this request; empty where none has."""
        return self._door.foreign(method, headers, form=True)

    def visitor(self, headers: CIMultiDictProxy[str]) -> Visitor:
        """Who asks."""
        tokens = self._door.tokens
        if tokens is None:
            return Visitor()
        if "Authorization" in headers:
            named = tokens.identify(headers)
            return Visitor(named or "", known=named is not None)
        session_id = self._session_id(headers)
        who = self.sessions.who(session_id) if session_id else None
        return Visitor(known=False) if who is None else Visitor(who, session_id)

    def session_cookie(self, session_id: str) -> tuple[str, str]:
        """The header that sets the cookie; of the empty id, the one that takes it away."""
        age = round(SESSION_S) if session_id else 0
        kind = "; Secure" if self._secure else ""
        value = f"{self.cookie}={session_id}; Path={BASE}; Max-Age={age}; HttpOnly; SameSite=Strict{kind}"
        return "Set-Cookie", value

    def _session_id(self, headers: CIMultiDictProxy[str]) -> str:
        sent = "; ".join(headers.getall("Cookie", ()))
        if not sent or len(sent) > COOKIE_CHARS_MAX:
            return ""
        for pair in sent.split(";"):
            name, _, value = pair.strip().partition("=")
            if name == self.cookie:
                return value if len(value) <= ID_CHARS_MAX else ""
        return ""


def is_followed_link(method: str, headers: CIMultiDictProxy[str]) -> bool:
    """Whether a browser goes to a page here as a whole (Fetch Metadata): a link, and no part of another page."""
    mode, place = headers.get("Sec-Fetch-Mode", ""), headers.get("Sec-Fetch-Dest", "")
    return method in READS and mode == "navigate" and place == "document" and "Origin" not in headers


def login_address(wanted: str) -> str:
    """Where somebody logs in who then goes to `wanted`, a target of the console."""
    return f"{BASE}/login?next={quote(wanted, safe='/')}"


def safe_next(target: str) -> str:
    """A target below the console, as it may be redirected to; the console's first page for every other."""
    plain = target.isascii() and target.isprintable() and "\\" not in target and " " not in target
    path = target.partition("#")[0].partition("?")[0]
    return target if plain and f"{path}/".startswith(f"{BASE}/") else f"{BASE}/"
