"""One call of an app as discovery sees it: names, statuses, times and keyed digests. No behaviour.

No value of a header is in it but those that tell of limits, and no query, body or key: what must be compared is a keyed
hash, whose key is drawn anew at each start.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import blake2s
from typing import Protocol
from urllib.parse import unquote_plus

HEADERS_SEEN_MAX = 64
"""So many header lines of a request, or an answer, are looked at."""
WRITES = frozenset(("POST", "PUT", "PATCH", "DELETE"))
HASHED_BYTES_MAX = 65_536
"""Of a longer body its beginning and its length are hashed."""
QUERIED_MAX = 32
"""So many names in a query are looked at."""
NAME_CHARS_MAX = 64
VALUE_CHARS_MAX = 128


class NamedLines(Protocol):
    """Header lines by name, in any case, as aiohttp has them."""

    def items(self) -> Iterable[tuple[str, str]]:
        """Name and value of each line."""
        ...

    def get(self, name: str, /) -> str | None:
        """The first line of this name."""
        ...


@dataclass(frozen=True, slots=True)
class SeenCall:
    """A call and its answer as the one who carried them out has them; a sighting is made of it. See Sighting."""

    app: str
    scheme: str
    host: str
    method: str
    target: str
    """As it was sent, with its query."""
    headers: NamedLines
    body: bytes | None
    """None where it is not kept."""
    began: float
    ended: float
    status: int
    unsure: bool
    answered: NamedLines | None
    """The header lines of the answer; None without one."""
    vendor: str = ""
    operation: str = ""


@dataclass(frozen=True, slots=True)
class Sighting:
    """One call that has ended. `began` and `ended` are monotonic seconds."""

    app: str
    scheme: str
    host: str
    """In lower case; with the port where that is not the scheme's own."""
    method: str
    path: str
    """As it was sent, without its query."""
    queried: tuple[str, ...]
    """The names in its query."""
    began: float
    ended: float
    status: int
    """What the app was answered; 0 where there was no answer."""
    unsure: bool = False
    """The vendor may have carried it out, and did not say so."""
    auth: str = ""
    """Where the app's credential stood: `bearer`, `basic`, a header's name; empty where none was seen."""
    key_header: str = ""
    """The header that carried an idempotency key, in lower case; empty where there was none."""
    key: bytes = b""
    """Of the key."""
    content: bytes = b""
    """Of method, address, query and body: equal where the same was sent again. Empty where the body is not known."""
    sent_type: str = ""
    answered_type: str = ""
    limits: Mapping[str, str] = field(default_factory=dict)
    """The answer's headers that tell of limits, by name in lower case."""
    retry_after: bool = False
    vendor: str = ""
    """The vendor that serves it; empty where no vendor file does."""
    operation: str = ""
    """Of that vendor's document; empty where it has none of this path."""


KEY_HEADERS = (
    "idempotency-key",
    "x-idempotency-key",
    "x-request-idempotency-key",
    "paypal-request-id",
    "x-idempotence-key",
)
"""The headers in which vendors take keys (draft-ietf-httpapi-idempotency-key-header, and those before it)."""
_SECRET_NAMES = ("api-key", "apikey", "api_key", "access-token", "auth-token", "x-token", "private-token", "secret")
_LIMIT_NAMES = ("ratelimit", "rate-limit", "retry-after", "call-limit", "-usage")


class SightingKey:
    """Makes keyed hashes, the same for the same bytes until Tidegate restarts."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def of(self, *parts: bytes) -> bytes:
        """Of bytes, each with its length, so that no two lists of parts are one."""
        digest = blake2s(key=self._key, digest_size=12)
        for part in parts:
            digest.update(len(part).to_bytes(8, "big"))
            digest.update(part)
        return digest.digest()


def key_of(headers: NamedLines) -> tuple[str, str]:
    """The header that carries an idempotency key, in lower case, and the key; empty where there is none."""
    for name in KEY_HEADERS:
        value = headers.get(name)
        if value:
            return name, value
    return "", ""


def media_of(content_type: str) -> str:
    """A media type without its parameters."""
    return content_type.partition(";")[0].strip().lower()[:NAME_CHARS_MAX]


def queried_names(query: str) -> tuple[str, ...]:
    """The names in a query, each once."""
    if not query:
        return ()
    names = (
        unquote_plus(pair.partition("=")[0])[:NAME_CHARS_MAX] for pair in query.split("&", QUERIED_MAX)[:QUERIED_MAX]
    )
    return tuple(dict.fromkeys(names))


def sighting_of(call: SeenCall, hashes: SightingKey) -> Sighting:
    """The sighting of a call."""
    path, _, query = call.target.partition("?")
    key_header, key = key_of(call.headers)
    answered = call.answered
    return Sighting(
        app=call.app, scheme=call.scheme, host=call.host, method=call.method, path=path, queried=queried_names(query),
        began=call.began, ended=call.ended, status=call.status, unsure=call.unsure, auth=auth_of(call.headers),
        key_header=key_header, key=hashes.of(key.encode("utf-8", "surrogateescape")) if key else b"",
        content=_content(call, hashes), sent_type=media_of(call.headers.get("Content-Type") or ""),
        answered_type=media_of(answered.get("Content-Type") or "") if answered is not None else "",
        limits=limits_of(answered) if answered is not None else {},
        retry_after=answered is not None and answered.get("Retry-After") is not None,
        vendor=call.vendor, operation=call.operation,
    )  # fmt: skip


def _content(call: SeenCall, hashes: SightingKey) -> bytes:
    """What tells a write from another; empty for reads, and where the body is not kept."""
    body = call.body
    if call.method not in WRITES or body is None:
        return b""
    marked = body if len(body) <= HASHED_BYTES_MAX else body[:HASHED_BYTES_MAX] + b"%d" % len(body)
    parts = (call.method, call.host, call.target)
    return hashes.of(*(part.encode("utf-8", "surrogateescape") for part in parts), marked)


def auth_of(headers: NamedLines) -> str:
    """Where a credential stands in a request; the value is not looked at beyond its scheme."""
    other = ""
    for place, (name, value) in enumerate(headers.items()):
        lower = name.lower()
        if lower == "authorization":
            scheme = value.partition(" ")[0].lower()
            return scheme if scheme in ("bearer", "basic", "digest") else "authorization"
        if not other and any(word in lower for word in _SECRET_NAMES):
            other = lower[:NAME_CHARS_MAX]
        if place >= HEADERS_SEEN_MAX:
            break
    return other


def limits_of(headers: NamedLines) -> dict[str, str]:
    """The headers of an answer that tell of limits."""
    found: dict[str, str] = {}
    for place, (name, value) in enumerate(headers.items()):
        lower = name.lower()
        if any(word in lower for word in _LIMIT_NAMES):
            found[lower[:NAME_CHARS_MAX]] = value[:VALUE_CHARS_MAX]
        if place >= HEADERS_SEEN_MAX:
            break
    return found
