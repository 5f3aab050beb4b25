"""Keeps secrets out of everything that is printed, logged or stored.

Two walls: a `Secret` does not show its value unless it is asked to, and a `Redactor` scrubs known values from text that
is about to leave, in every spelling that a log may give them. It reads no environment and no file.
"""

import base64
import hmac
import html
import json
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from urllib.parse import quote, quote_plus

REDACTED = "[redacted]"

SECRET_CHARS_MIN = 4
"""A shorter value is not scrubbed: it would take ordinary words apart. `tidegate check` cannot see values."""

HEADERS_SHOWN = frozenset(
    {
        "accept",
        "accept-encoding",
        "age",
        "cache-control",
        "content-encoding",
        "content-length",
        "content-type",
        "date",
        "etag",
        "host",
        "idempotency-replayed",
        "idempotent-replayed",
        "proxy-status",
        "ratelimit",
        "ratelimit-policy",
        "request-id",
        "retry-after",
        "server",
        "stripe-should-retry",
        "stripe-version",
        "tidegate-attempts",
        "tidegate-call",
        "tidegate-problem",
        "tidegate-timeout",
        "traceparent",
        "user-agent",
        "via",
        "x-request-id",
        "x-should-retry",
    }
)
"""Headers whose values may be shown. Every other value is hidden: a list of the dangerous ones is never complete."""

QUERY_HIDDEN = re.compile(
    r"""(?ix) ([?&;] [^=&\#\s"]*
        (?: token | secret | password | passwd | api[-_.]?key | access[-_.]?key | signature | \bsig\b | credential
          | \bauth\b | authorization | \bkey\b | \bcode\b | session | \bjwt )
        [^=&\#\s"]* = ) [^&\#\s"]+"""
)


class Secret:
    """A value that does not show itself: not in repr, str, format, a pickle or a traceback's arguments."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The value. Every use of this is a place to look at."""
        return self._value

    def __repr__(self) -> str:
        return f"Secret({REDACTED})"

    def __str__(self) -> str:
        return REDACTED

    def __format__(self, spec: str) -> str:
        return format(REDACTED, spec)

    def __bool__(self) -> bool:
        return bool(self._value)

    def __eq__(self, other: object) -> bool:
        """Compared in constant time."""
        if not isinstance(other, Secret):
            return NotImplemented
        return hmac.compare_digest(self._value.encode(), other._value.encode())

    def __hash__(self) -> int:
        return hash((Secret, self._value))

    def __copy__(self) -> "Secret":
        return self

    def __deepcopy__(self, memo: object) -> "Secret":
        return self

    def __reduce__(self) -> tuple[type["Secret"], tuple[str]]:
        return Secret, (REDACTED,)


class Redactor:
    """Scrubs exact values, as they are and URL-encoded, in hex or base64 (also inside a longer text), or escaped."""

    def __init__(self, secrets: Iterable[str | Secret]) -> None:
        plain = {secret.reveal() if isinstance(secret, Secret) else secret for secret in secrets}
        spelled = {spelling for secret in plain if len(secret) >= SECRET_CHARS_MIN for spelling in spellings(secret)}
        # The longest first: one secret may begin another.
        longest = sorted(spelled, key=lambda text: (-len(text), text))
        self._known = re.compile("|".join(map(re.escape, longest))) if longest else None
        self.often = lru_cache(maxsize=1024)(self.text)
        """`text`, remembered: for texts of which there are few."""

    def text(self, text: str) -> str:
        """The text with every known secret replaced."""
        return self._known.sub(REDACTED, text) if self._known else text

    def url(self, url: str) -> str:
        """A URL or path without known secrets and without the values of query keys that sound like one."""
        return self.text(QUERY_HIDDEN.sub(rf"\1{REDACTED}", url))

    def headers(self, items: Iterable[tuple[str, str]]) -> dict[str, str]:
        """Names in lower case; values only of those on the list, the others hidden. Repeated headers are joined."""
        shown: dict[str, str] = {}
        for name, value in items:
            key = name.lower()
            text = self.text(value) if key in HEADERS_SHOWN else REDACTED
            shown[key] = f"{shown[key]}, {text}" if key in shown and text != REDACTED else text
        return shown


def spellings(secret: str) -> Iterator[str]:
    """A secret as others may write it: plain, escaped for JSON or HTML, URL-encoded, in hex, in base64."""
    escaped = [json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1]]
    yield from (secret, *escaped, *(text.replace("/", "\\/") for text in escaped))
    for encoded in (quote(secret, safe=""), quote(secret), quote_plus(secret)):
        yield encoded
        yield re.sub(r"%[0-9A-F]{2}", lambda found: found[0].lower(), encoded)
    raw = secret.encode()
    yield from (html.escape(secret), raw.hex(), raw.hex().upper())
    for before in range(3):
        # In base64 three bytes make four letters: a secret looks different at each of three places in a longer text.
        # The letters that its neighbours share are left out.
        first = (0, 2, 3)[before]
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            text = encode(bytes(before) + raw).decode().rstrip("=")
            whole = text[first:] if (before + len(raw)) % 3 == 0 else text[first:-1]
            if len(whole) >= SECRET_CHARS_MIN:
                yield whole
