"""The tap on the wire between proxy and vendor: what the proxy sends, and what reaches it.

So the judge need not believe the proxy's own words. It judges nothing.
"""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime

from tidegate.chaos.apps.stories import TOKENS
from tidegate.chaos.world.line import Line
from tidegate.chaos.world.odd_answer import uncoded
from tidegate.scenario.call_tag import TAG_HEADER

_TAG = re.compile(rb"\r\n" + TAG_HEADER.encode() + rb": ([^\r]+)\r\n", re.IGNORECASE)
_KEY = re.compile(rb"\r\nAuthorization: [^\r]*([^\r]{4})\r\n", re.IGNORECASE)
_RETRY_AFTER = re.compile(rb"\r\nRetry-After: ([^\r]+)\r\n", re.IGNORECASE)
_LENGTH = re.compile(rb"\r\nContent-Length: (\d+)\r\n", re.IGNORECASE)
_ACCESS = re.compile(rb'"access_token": ?"([^"]+)"')
_REFRESH = re.compile(rb'"refresh_token": ?"([^"]+)"')
_LIFE = re.compile(rb'"expires_in": ?(\d+)')
_NOTHING_REMAINS = re.compile(rb"\r\n[a-z-]*remaining[a-z-]*: 0\r\n", re.IGNORECASE)
_RESET = re.compile(rb"\r\n[a-z-]*reset[a-z-]*: (\d{1,15})\r\n", re.IGNORECASE)
_DATE = re.compile(rb"\r\nDate: ([^\r]+)\r\n", re.IGNORECASE)

LOCKED = b'"lock_timeout"'
"""The payments vendor's word for an object that somebody else works on."""
IN_USE = b'"idempotency_key_in_use"'
"""Its word for a key under which a request is under way."""

NOTHING_LEFT = b'"insufficient_quota"'
"""The language-model vendor's word for what waiting does not help against."""


@dataclass(frozen=True, slots=True)
class WireWords:
    """A vendor's words, as they stand in its answers: headers by their names, errors by the text of their codes."""

    request_id: str
    """The header that names a request."""
    hint: str = ""
    """The header that says whether a resend makes sense; empty where there is none."""
    locked: tuple[bytes, ...] = (LOCKED,)
    in_use: tuple[bytes, ...] = (IN_USE,)
    nothing_left: tuple[bytes, ...] = (NOTHING_LEFT,)

    def locks(self, answer: bytes) -> bool:
        """True where somebody else works on the object."""
        return any(word in answer for word in self.locked)

    def at_work(self, answer: bytes) -> bool:
        """True where somebody else is at work, on the object or under the same key."""
        return self.locks(answer) or any(word in answer for word in self.in_use)

    def ends(self, answer: bytes) -> bool:
        """True where waiting does not help."""
        return any(word in answer for word in self.nothing_left)


MOMENTS_FROM = 1e9
"""A reset above it counts seconds since 1970."""

_TOKENS = tuple(token.encode() for token in TOKENS.values())


TOKEN_ENDPOINT = b"POST /oauth/token "


@dataclass(frozen=True, slots=True)
class SeenGrant:
    """An access token that the proxy was given at this moment, and the refresh token that came with it."""

    at: float
    access: str
    life_s: float
    refresh: str = ""

    @property
    def end(self) -> str:
        """The end of the token, as `Tap.senders` has it."""
        return self.access[-4:]


@dataclass(slots=True)
class Tap:
    """Requests as the proxy sent them, and the vendor's orders to pause. Times are seconds since the run began."""

    sends: list[tuple[float, str]] = field(default_factory=list)
    """The moment of each request and the tag of its call; resends included."""
    failed_dials: list[float] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)
    """The tag of the call whose request an answer was made for, by the vendor's id of it."""
    senders: list[str] = field(default_factory=list)
    """The end of the key that each of `sends` carried."""
    unknown_keys: list[tuple[float, str]] = field(default_factory=list)
    """The moment of each 401 and the tag of its call."""
    pauses: list[tuple[float, float, str]] = field(default_factory=list)
    """From when until when the vendor wants no requests, and under which key: a 429 for its rate, with Retry-After."""
    shut: list[tuple[float, float]] = field(default_factory=list)
    """From when until when a vendor has said that nothing is left: a refusal with a count of 0 and a reset."""
    paused: list[str] = field(default_factory=list)
    """The tag of the call to which each of `pauses` was said."""
    failures: list[tuple[float, str]] = field(default_factory=list)
    """The moment at which a whole answer 5xx had come, and the tag of its call."""
    contentions: list[tuple[float, str]] = field(default_factory=list)
    """The same of an answer that says that somebody else is at work: on the object, or under the same key."""
    refusals: list[tuple[float, str]] = field(default_factory=list)
    """The same of a whole answer that says, in its head or its body, that a resend makes no sense."""
    unwanted: set[str] = field(default_factory=set)
    """The tags of calls that a head said so to, whether the rest of the answer came at once or in pieces."""
    successes: dict[str, float] = field(default_factory=dict)
    """The moment at which a whole answer 2xx had come, by the tag of its call."""
    reused: list[tuple[float, str]] = field(default_factory=list)
    """The moment and the tag of each request that was sent on a connection which had carried one before."""
    waits: list[tuple[str, float, float]] = field(default_factory=list)
    """The tag of each request that was answered, when it was sent, and when the answer began."""
    tokens: int = 0
    """Requests that show an app's own token to the vendor."""
    grants: list[SeenGrant] = field(default_factory=list)
    asked: list[tuple[float, float]] = field(default_factory=list)
    """When the token endpoint was asked, and when its answer came; infinite where none did."""
    is_stored: Callable[[str], bool] | None = None
    """Whether an access token is on the proxy's disk; None where nobody looks."""
    unsaved: list[tuple[float, str]] = field(default_factory=list)
    """The moment and the call of the first request under a token, the newest, that was not on the disk then."""

    @property
    def lost(self) -> Counter[str]:
        """How often a request of each call was lost with a connection that had carried one before, by its tag."""
        answered = {(at, tag) for tag, at, _ in self.waits}
        return Counter(tag for at, tag in self.reused if (at, tag) not in answered)


def tapped(line: Line, since: Callable[[], float], words: WireWords | None = None) -> Tap:
    """Listen on a line from now on. Without `words` they are those of the search's own vendors."""
    listener = _Listener(Tap(), since, words or WireWords("Request-Id", "Stripe-Should-Retry"))
    line.sent, line.received = listener.sent, listener.received
    line.failed = lambda: listener.tap.failed_dials.append(since())
    return listener.tap


class _Listener:
    """Notes what passes on a line."""

    def __init__(self, tap: Tap, since: Callable[[], float], words: WireWords) -> None:
        self.tap = tap
        self._words = words
        self._request_id = _header(words.request_id, rb"([^\r]+)")
        self._no = _header(words.hint, b"false") if words.hint else None
        self._since = since
        self._tags: dict[object, str] = {}
        self._keys: dict[object, str] = {}
        self._open: dict[object, tuple[str, float]] = {}
        self._asked: dict[object, int] = {}
        self._met = set[str]()

    def sent(self, connection: object, data: bytes) -> None:
        """A piece of a request."""
        tap, match = self.tap, _TAG.search(data)
        tap.tokens += any(token in data for token in _TOKENS)
        if match is not None:
            tag = match[1].decode()
            if connection in self._tags:
                tap.reused.append((self._since(), tag))
            key = _KEY.search(data)
            self._tags[connection] = tag
            self._keys[connection] = key[1].decode() if key is not None else ""
            tap.sends.append((self._since(), tag))
            tap.senders.append(self._keys[connection])
            self._open[connection] = tag, self._since()
            if tap.is_stored is not None:
                self._first(self._keys[connection], tag, tap.is_stored)
        elif data.startswith(TOKEN_ENDPOINT):
            self._asked[connection] = len(tap.asked)
            tap.asked.append((self._since(), float("inf")))

    def received(self, connection: object, data: bytes) -> None:
        """A piece of an answer."""
        waited = self._open.pop(connection, None)
        if waited is not None:
            self.tap.waits.append((*waited, self._since()))
        data = _final(uncoded(data))
        tap, now, tag, match = self.tap, self._since(), self._tags.get(connection), self._request_id.search(data)
        if tag is not None:
            if match is not None:
                tap.answers[match[1].decode()] = tag
            self._whole(tag, data, now)
            if data.startswith(b"HTTP/1.1 4") and self._words.at_work(data):
                tap.contentions.append((now, tag))
            if data.startswith(b"HTTP/1.1 401"):
                tap.unknown_keys.append((now, tag))
            elif data.startswith((b"HTTP/1.1 4", b"HTTP/1.1 5")) and self._says_no(data):
                tap.unwanted.add(tag)
        elif connection in self._asked:
            self._granted(self._asked.pop(connection), data, now)
        if data.startswith(b"HTTP/1.1 4"):
            self._held_off(connection, data, now)

    def _held_off(self, connection: object, data: bytes, now: float) -> None:
        """Note until when a refusal wants no more requests."""
        tap, shut_s = self.tap, shut_for_s(data)
        if shut_s is not None:
            tap.shut.append((now, now + shut_s))
        wait_s = retry_after_s(data) if data.startswith(b"HTTP/1.1 429") else None
        if wait_s is not None and not self._words.locks(data):
            tap.pauses.append((now, now + wait_s, self._keys.get(connection, "")))
            tap.paused.append(self._tags.get(connection, ""))

    def _says_no(self, data: bytes) -> bool:
        return self._no is not None and self._no.search(data) is not None

    def _first(self, key: str, tag: str, is_stored: Callable[[str], bool]) -> None:
        """Look whether a token that is sent first is stored. One before the newest may have been written over."""
        newest = self.tap.grants[-1] if self.tap.grants else None
        if newest is not None and key == newest.end and key not in self._met and not is_stored(newest.access):
            self.tap.unsaved.append((self._since(), tag))
        self._met.add(key)

    def _granted(self, place: int, data: bytes, now: float) -> None:
        """Note an answer of the token endpoint, of which this is the first piece."""
        self.tap.asked[place] = (self.tap.asked[place][0], now)
        access, life, refresh = _ACCESS.search(data), _LIFE.search(data), _REFRESH.search(data)
        if access is not None and life is not None:
            shown = refresh[1].decode() if refresh is not None else ""
            self.tap.grants.append(SeenGrant(now, access[1].decode(), float(life[1]), shown))

    def _whole(self, tag: str, data: bytes, now: float) -> None:
        """Note how an answer that is whole went."""
        tap = self.tap
        failed = data.startswith((b"HTTP/1.1 4", b"HTTP/1.1 5"))
        if not (failed or data.startswith(b"HTTP/1.1 2")) or not _is_whole(data):
            return
        if not failed:
            tap.successes.setdefault(tag, now)
        elif data[9:10] == b"5":
            tap.failures.append((now, tag))
        if failed and data[9:12] != b"401" and (self._says_no(data) or self._words.ends(data)):
            tap.refusals.append((now, tag))


def _final(piece: bytes) -> bytes:
    """A piece of a vendor's bytes without the interim answer before the final one, where both are in it."""
    return piece.partition(b"\r\n\r\n")[2] or piece if piece.startswith(b"HTTP/1.1 1") else piece


def _is_whole(answer: bytes) -> bool:
    """True where this one piece holds the whole answer, by its length; what is behind it does not matter."""
    head, _, body = answer.partition(b"\r\n\r\n")
    length = _LENGTH.search(head + b"\r\n")
    return length is not None and len(body) >= int(length[1])


def retry_after_s(answer: bytes) -> float | None:
    """Seconds of the answer's Retry-After, a date measured against the answer's own Date; None without one."""
    match, dated = _RETRY_AFTER.search(answer), _DATE.search(answer)
    if match is None:
        return None
    if match[1].replace(b".", b"", 1).isdigit():
        return float(match[1])
    if dated is None:
        return None
    until, now = (parsedate_to_datetime(text.decode()) for text in (match[1], dated[1]))
    return (until - now).total_seconds()


def shut_for_s(answer: bytes) -> float | None:
    """Seconds until there is something again, where an answer says that nothing is left, and until when.

    Headers whose names speak of what remains and of a reset, as most vendors have them: seconds, or a moment.
    """
    reset, dated = _RESET.search(answer), _DATE.search(answer)
    if _NOTHING_REMAINS.search(answer) is None or reset is None:
        return None
    value = float(reset[1])
    if value < MOMENTS_FROM:
        return value
    return value - parsedate_to_datetime(dated[1].decode()).timestamp() if dated is not None else None


def _header(name: str, value: bytes) -> re.Pattern[bytes]:
    """Finds a header in an answer."""
    return re.compile(rb"\r\n" + re.escape(name.encode()) + b": " + value + rb"\r\n", re.IGNORECASE)
