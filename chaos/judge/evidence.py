"""The evidence of a trial, and the tap on the wire between proxy and vendor that gathers some of it.

The tap reads what the proxy sends and what reaches it, so that the judge need not believe the proxy's own words. It
judges nothing.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from functools import cached_property
from typing import Any

from tidegate.chaos.apps.retry_loop import IntentResult
from tidegate.chaos.apps.search_apps import TAG_HEADER, TOKENS, AppCall
from tidegate.chaos.timeline.draw import DrawnScenario
from tidegate.chaos.timeline.surroundings import SurroundingEvents
from tidegate.chaos.world.line import Line
from tidegate.policy.policy import Policy
from tidegate.scenario.scenario import Scenario

_REQUEST_ID = re.compile(rb"\r\nRequest-Id: ([^\r]+)\r\n", re.IGNORECASE)
_TAG = re.compile(rb"\r\n" + TAG_HEADER.encode() + rb": ([^\r]+)\r\n", re.IGNORECASE)
_RETRY_AFTER = re.compile(rb"\r\nRetry-After: ([^\r]+)\r\n", re.IGNORECASE)
_NO = re.compile(rb"\r\nStripe-Should-Retry: false\r\n", re.IGNORECASE)
_LENGTH = re.compile(rb"\r\nContent-Length: (\d+)\r\n", re.IGNORECASE)
_DATE = re.compile(rb"\r\nDate: ([^\r]+)\r\n", re.IGNORECASE)

_TOKENS = tuple(token.encode() for token in TOKENS.values())


@dataclass(slots=True)
class Tap:
    """Requests as the proxy sent them, and the vendor's orders to pause. Times are seconds since the run began."""

    sends: list[tuple[float, str]] = field(default_factory=list)
    """The moment of each request and the tag of its call; resends included."""
    failed_dials: list[float] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)
    """The tag of the call whose request an answer was made for, by the vendor's id of it."""
    pauses: list[tuple[float, float]] = field(default_factory=list)
    """From when until when the vendor wants no requests: a 429 for its rate, with Retry-After."""
    failures: list[tuple[float, str]] = field(default_factory=list)
    """The moment at which a whole answer 5xx had come, and the tag of its call."""
    refusals: list[tuple[float, str]] = field(default_factory=list)
    """The same of a whole answer that says that a resend makes no sense."""
    tokens: int = 0
    """Requests that show an app's own token to the vendor."""


@dataclass(frozen=True)
class Evidence:
    """One vendor's part of a trial. What happened around it, and what was found out of place, stands in each part."""

    drawn: DrawnScenario
    policy: Policy
    endings: Sequence[IntentResult]
    calls: Sequence[AppCall]
    entries: Sequence[Mapping[str, Any]]
    """The vendor's journal."""
    tap: Tap
    happened: SurroundingEvents
    lines: Sequence[Mapping[str, Any]]
    """The proxy's log."""
    leaked: int
    surprises: Sequence[str]
    """Exceptions that nobody caught."""

    @cached_property
    def scenario(self) -> Scenario:
        """The scenario that was played."""
        return self.drawn.scenario()


def tapped(line: Line, since: Callable[[], float]) -> Tap:
    """Listen on a line from now on."""
    tap, tags = Tap(), dict[object, str]()

    def sent(connection: object, data: bytes) -> None:
        match = _TAG.search(data)
        tap.tokens += any(token in data for token in _TOKENS)
        if match is not None:
            tags[connection] = tag = match[1].decode()
            tap.sends.append((since(), tag))

    def received(connection: object, data: bytes) -> None:
        match = _REQUEST_ID.search(data)
        if match is not None and connection in tags:
            tap.answers[match[1].decode()] = tags[connection]
        if data.startswith((b"HTTP/1.1 4", b"HTTP/1.1 5")) and connection in tags and _is_whole(data):
            if data[9:10] == b"5":
                tap.failures.append((since(), tags[connection]))
            if _NO.search(data) is not None:
                tap.refusals.append((since(), tags[connection]))
        if data.startswith(b"HTTP/1.1 429"):
            wait_s = retry_after_s(data)
            if wait_s is not None and b'"lock_timeout"' not in data:
                tap.pauses.append((since(), since() + wait_s))

    line.sent, line.received = sent, received
    line.failed = lambda: tap.failed_dials.append(since())
    return tap


def _is_whole(answer: bytes) -> bool:
    """True where this one piece holds the whole answer, by its length."""
    head, _, body = answer.partition(b"\r\n\r\n")
    length = _LENGTH.search(head + b"\r\n")
    return length is not None and len(body) == int(length[1])


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
