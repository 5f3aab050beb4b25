"""Scrubs live secrets from text that is about to leave, in every spelling that a log may give them.

The set of them is live: a credential that is rotated and a token that is fetched are learned before they are used. A
value that has been followed by another stays known for a while, because calls, logs and vendors still hold it. What is
learned is compiled apart from the many that were known before, so that a rotation costs a fraction of a millisecond and
a call nothing.
"""

import re
from collections.abc import Callable, Container, Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from tidegate.redaction.known_spellings import KnownSpellings
from tidegate.redaction.secret import REDACTED, Secret
from tidegate.redaction.shown_headers import HEADERS_SHOWN

FORMER_S = 24 * 3600.0
"""Seconds for which a value stays known after another took its place."""

FORMER_MAX = 64
"""Former values of one origin that stay known, the newest of them: a token may be fetched every few seconds."""

FRESH_MAX = 16
"""So many learned values are compiled by themselves; with more of them everything is compiled anew."""

OFTEN_MAX = 1024
"""Texts whose scrubbed form is remembered."""

QUERY_HIDDEN = re.compile(
    r"""(?ix) ([?&;] [^=&?;\#\s"]{0,64}
        (?: token | secret | password | passwd | api[-_.]?key | access[-_.]?key | signature | \bsig\b | credential
          | \bauth\b | authorization | \bkey\b | \bcode\b | session | \bjwt )
        [^=&?;\#\s"]{0,64} = ) [^&\#\s"]+"""
)
"""The value of a query key that sounds like a secret. Names are bounded, so that no text makes it slow."""

USERINFO_HIDDEN = re.compile(r"""(://)[^/?\#\s@"'<>]{1,512}@""")
"""User and password in a URL (RFC 3986 §3.2.1)."""


@dataclass(slots=True)
class _Origin:
    """The values of one origin: a credential, a token that is fetched anew."""

    current: tuple[str, ...] = ()
    last: tuple[str, ...] = ()
    """Those that the current ones took the place of."""
    former: dict[str, float] = field(default_factory=dict)
    """Value → the monotonic second until which it stays known, the oldest first."""

    def put(self, values: tuple[str, ...], now: float) -> None:
        """These are current; those that were are former from now on."""
        gone = [value for value in self.current if value not in values]
        if gone:
            self.last = tuple(gone)
            self.former |= dict.fromkeys(gone, now + FORMER_S)
        self.current = values
        kept = [(value, until) for value, until in self.former.items() if until > now and value not in values]
        self.former = dict(kept[-FORMER_MAX:])


class Redactor:
    """Scrubs exact values, as they are and URL-encoded, in hex or base64 (also inside a longer text), or escaped.

    `secrets` are known for good. `now` gives monotonic seconds, by which former values are forgotten; without it none
    is. `listener` is called after each change of what is known.
    """

    def __init__(
        self,
        secrets: Iterable[str | Secret] = (),
        *,
        now: Callable[[], float] = float,
        listener: Callable[[], object] = object,
    ) -> None:
        self._now = now
        self._lasting = dict.fromkeys(_plain(secrets))
        self._origins: dict[str, _Origin] = {}
        self._followers: list[Redactor] = []
        self.version = 0
        """Another number after each change of what is known."""
        self._listener = listener
        self.often = lru_cache(maxsize=OFTEN_MAX)(self.text)
        """`text`, remembered: for texts of which there are few."""
        self._compile()

    @property
    def values(self) -> list[str]:
        """Every value that is known."""
        origins = self._origins.values()
        return [*dict.fromkeys([*self._lasting, *(value for one in origins for value in (*one.former, *one.current))])]

    @property
    def live(self) -> list[str]:
        """The values that a vendor may be sent now, or was sent a moment ago: the current ones, and those before."""
        origins = self._origins.values()
        return [*dict.fromkeys([*self._lasting, *(value for one in origins for value in (*one.last, *one.current))])]

    def learn(self, values: Iterable[str | Secret], of: str = "") -> None:
        """Know these values from now on. To be called before they are first used.

        With `of`, a name for where they come from, they take the place of the values learned of it before, which are
        forgotten FORMER_S later; without it they are known for good.
        """
        learned = tuple(dict.fromkeys(_plain(values)))
        if of:
            self._origins.setdefault(of, _Origin()).put(learned, self._now())
        else:
            self._lasting |= dict.fromkeys(learned)
        self._fresh |= {value: None for value in learned if value not in self._compiled}
        if len(self._fresh) > FRESH_MAX:
            self._compile()
        else:
            self._fresh_known = KnownSpellings(self._fresh)
        self.version += 1
        self.often.cache_clear()
        for follower in self._followers:
            follower.learn(learned, of)
        self._listener()

    def follow(self, other: "Redactor") -> None:
        """Know what another knows, now and later. Origins of the same name are one."""
        self.learn(other.values)
        other._followers.append(self)  # noqa: SLF001 - of the same class

    def inherit(self, old: "Redactor") -> None:
        """What another knew of the same origins is former here, where it is not current."""
        for of, origin in old._origins.items():  # noqa: SLF001 - of the same class
            current = self._origins.get(of, _Origin()).current
            self.learn(origin.current, of)
            self.learn(current, of)

    def text(self, text: str) -> str:
        """The text with every known secret replaced."""
        text = self._known.replaced(text, REDACTED)
        return self._fresh_known.replaced(text, REDACTED) if self._fresh else text

    def url(self, url: str) -> str:
        """A URL or path without known secrets, user information, and values of query keys that sound like a secret."""
        return self.text(without_named_secrets(url))

    def headers(self, items: Iterable[tuple[str, str]], also: Container[str] = ()) -> dict[str, str]:
        """Names in lower case; values only of those on the list, and in `also`. Repeated headers are joined."""
        shown: dict[str, str] = {}
        for name, value in items:
            key = name.lower()
            text = self.text(value) if key in HEADERS_SHOWN or key in also else REDACTED
            shown[key] = f"{shown[key]}, {text}" if key in shown and text != REDACTED else text
        return shown

    def _compile(self) -> None:
        self._compiled: dict[str, None] = dict.fromkeys(self.values)
        self._known = KnownSpellings(self._compiled)
        self._fresh: dict[str, None] = {}
        self._fresh_known = KnownSpellings(())


def without_named_secrets(text: str) -> str:
    """A text with URLs in it, without user information and the values of query keys that sound like a secret."""
    return USERINFO_HIDDEN.sub(rf"\1{REDACTED}@", QUERY_HIDDEN.sub(rf"\1{REDACTED}", text))


def _plain(values: Iterable[str | Secret]) -> Iterator[str]:
    return (value.reveal() if isinstance(value, Secret) else value for value in values)
