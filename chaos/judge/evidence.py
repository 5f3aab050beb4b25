"""What a trial leaves behind for the judge, and the tap on the wire between proxy and vendor that gathers some of it.

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
    """When, and the tag of the call; resends included."""
    failed_dials: list[float] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)
    """The tag of the call whose request an answer was made for, by the vendor's id of it."""
    pauses: list[tuple[float, float]] = field(default_factory=list)
    """From when until when the vendor wants no requests: a 429 for its rate, with Retry-After."""
    failures: list[tuple[float, str]] = field(default_factory=list)
    """When a whole answer 5xx had come, and for which call."""
    refusals: list[tuple[float, str]] = field(default_factory=list)
    """When a whole answer had come that says that a resend makes no sense, and for which call."""
    tokens: int = 0
    """Requests that show an app's own token to the vendor."""


@dataclass(frozen=True)
class Evidence:
    """One vendor's part of a trial. What happened around it, and what was found out of place, stands in each part."""

    drawn: DrawnScenario
    policy: Policy
    endings: Sequence[IntentResult]
    asked: Sequence[AppCall]
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
        """What was played."""
        return self.drawn.scenario()


def tapped(line: Line, since: Callable[[], float]) -> Tap:
    """Listen on a line from now on."""
    tap, asked = Tap(), dict[object, str]()

    def sent(connection: object, data: bytes) -> None:
        found = _TAG.search(data)
        tap.tokens += any(token in data for token in _TOKENS)
        if found is not None:
            asked[connection] = tag = found[1].decode()
            tap.sends.append((since(), tag))

    def received(connection: object, data: bytes) -> None:
        found = _REQUEST_ID.search(data)
        if found is not None and connection in asked:
            tap.answers[found[1].decode()] = asked[connection]
        if data.startswith((b"HTTP/1.1 4", b"HTTP/1.1 5")) and connection in asked and _is_whole(data):
            if data[9:10] == b"5":
                tap.failures.append((since(), asked[connection]))
            if _NO.search(data) is not None:
                tap.refusals.append((since(), asked[connection]))
        if data.startswith(b"HTTP/1.1 429"):
            wait_s = retry_after_s(data)
            if wait_s is not None and b'"lock_timeout"' not in data:
                tap.pauses.append((since(), since() + wait_s))

    line.sent, line.received = sent, received
    line.failed = lambda: tap.failed_dials.append(since())
    return tap


def _is_whole(answer: bytes) -> bool:
    """Whether this one piece holds the whole answer, by its length."""
    head, _, body = answer.partition(b"\r\n\r\n")
    length = _LENGTH.search(head + b"\r\n")
    return length is not None and len(body) == int(length[1])


def retry_after_s(answer: bytes) -> float | None:
    """What a Retry-After in this answer asks for, a date measured against the answer's own Date."""
    found, dated = _RETRY_AFTER.search(answer), _DATE.search(answer)
    if found is None:
        return None
    if found[1].replace(b".", b"", 1).isdigit():
        return float(found[1])
    if dated is None:
        return None
    until, now = (parsedate_to_datetime(text.decode()) for text in (found[1], dated[1]))
    return (until - now).total_seconds()
