"""Who is logged in to the console: a session for each login, in memory, and the CSRF token of each.

A session holds the token that began it, and asks for it each time: a token that has ended or was taken out of
admin_tokens ends its sessions. A restart ends all of them. It knows nothing of cookies and pages.
"""

import hmac
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256

SESSION_S = 12 * 3600.0
"""A working day; then somebody logs in again."""
SESSIONS_MAX = 256
"""The oldest ends where more are begun."""
ID_BYTES = 32
ID_CHARS_MAX = 64

SecretBytes = Callable[[int], bytes]


@dataclass(frozen=True, slots=True)
class _LoggedIn:
    token: str
    until: float


class ConsoleSessions:
    """The sessions of one console. `now` counts seconds and never goes back; `identify` names a token's owner."""

    def __init__(
        self, secret_bytes: SecretBytes, now: Callable[[], float], identify: Callable[[str], str | None]
    ) -> None:
        self._secret_bytes, self._now, self._identify = secret_bytes, now, identify
        self._key = secret_bytes(ID_BYTES)
        self._sessions: dict[bytes, _LoggedIn] = {}
        """Digest of an id → the session, the oldest first."""

    def begin(self, token: str) -> str | None:
        """The id of a new session; None where the token is nobody's."""
        if self._identify(token) is None:
            return None
        if len(self._sessions) >= SESSIONS_MAX:
            del self._sessions[next(iter(self._sessions))]
        session_id = urlsafe_b64encode(self._secret_bytes(ID_BYTES)).rstrip(b"=").decode()
        self._sessions[_digest(session_id)] = _LoggedIn(token, self._now() + SESSION_S)
        return session_id

    def who(self, session_id: str) -> str | None:
        """Whose session this is; None where it is none, or over."""
        digest = _digest(session_id) if len(session_id) <= ID_CHARS_MAX else b""
        session = self._sessions.get(digest)
        if session is None:
            return None
        who = self._identify(session.token) if self._now() < session.until else None
        if who is None:
            del self._sessions[digest]
        return who

    def end(self, session_id: str) -> None:
        """Log out."""
        self._sessions.pop(_digest(session_id), None)

    def csrf(self, session_id: str) -> str:
        """The token that the forms of a session carry; of the empty id, those of somebody who is not logged in.

        It is worked out from the id by a key that nobody else has, so a page that cannot read ours cannot know it.
        """
        return hmac.new(self._key, session_id.encode("utf-8", "surrogateescape"), sha256).hexdigest()

    def is_ours(self, session_id: str, csrf: str) -> bool:
        """Whether a form comes from a page that this session was shown."""
        return hmac.compare_digest(self.csrf(session_id).encode(), csrf.encode("utf-8", "surrogateescape"))


def _digest(session_id: str) -> bytes:
    return sha256(session_id.encode("utf-8", "surrogateescape")).digest()
