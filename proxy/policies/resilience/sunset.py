"""The announced end of an operation: Deprecation (RFC 9745) and Sunset (RFC 8594).

Both are hints: a call is never held back by them. It is told when an operation is first said to end, when the vendor
changes its mind, and when the end comes near. Older drafts wrote `true` or an HTTP date for Deprecation, and the RFC's
own predecessor wrote `UTC` for a zone: they are taken, and marked. So are Shopify's own header, and the code 299 of
Warning (RFC 7234 §5.5, since withdrawn), with which many an API still warns. Times are wall-clock seconds since 1970.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from tidegate.proxy.policies.dialects.dialect_reader import Headers
from tidegate.proxy.policies.dialects.header_formats import http_date

DAY_S = 86400.0

DAYS_TOLD = (90, 30, 7, 1, 0)
"""So many days before its end an operation is told about, once each."""

LINK_MAX = 200

_DATE = re.compile(r"@(-?\d{1,12})", re.ASCII)
_WARNING = re.compile(r"\s*299\s+\S+\s+\"[^\"]*deprecat", re.IGNORECASE)
_LINK = re.compile(r'<([^<>]*)>((?:\s*;\s*[^,;"]*(?:"[^"]*")?)*)')
_REL = re.compile(r';\s*rel\s*=\s*"?[^"]*\b(?:deprecation|sunset)\b', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class SunsetNotice:
    """An answer's announcement. `since` is when the operation was or will be deprecated, None where it does not say."""

    deprecated: bool
    since: float | None = None
    sunset: float | None = None
    legacy: bool = False
    """It was said in the form of an older draft."""
    link: str = ""
    """The address of a page about it."""

    def is_same(self, other: "SunsetNotice") -> bool:
        """Whether another announcement says the same of the end."""
        return (self.deprecated, self.since, self.sunset) == (other.deprecated, other.since, other.sunset)

    def days_left(self, wall: float) -> float | None:
        """Days until it may vanish, negative afterwards; None where no end was named."""
        return None if self.sunset is None else (self.sunset - wall) / DAY_S


def read(headers: Headers) -> SunsetNotice | None:
    """The announcement in an answer's headers; None where there is none that can be read."""
    deprecation, sunset = headers.get("Deprecation"), headers.get("Sunset")
    if deprecation is None and sunset is None:
        return _warned(headers)
    deprecated, since, legacy = _deprecation(deprecation)
    ends = None if sunset is None else http_date(sunset)
    if not deprecated and ends is None:
        return None
    return SunsetNotice(deprecated, since, ends, legacy, _link(headers))


def _warned(headers: Headers) -> SunsetNotice | None:
    reason = headers.get("X-Shopify-API-Deprecated-Reason")
    if reason is not None:
        return SunsetNotice(deprecated=True, legacy=True, link=reason.strip()[:LINK_MAX])
    warning = headers.get("Warning")
    if warning is not None and _WARNING.match(warning):
        return SunsetNotice(deprecated=True, legacy=True, link=_link(headers))
    return None


def _deprecation(line: str | None) -> tuple[bool, float | None, bool]:
    """Deprecated or not, since when, and if it was said in an older draft's form."""
    if line is None:
        return False, None, False
    value = line.strip()
    date = _DATE.fullmatch(value)
    if date is not None:
        return True, float(date[1]), False
    if value.lower() in ("true", "?1"):
        return True, None, True
    since = http_date(value)
    return since is not None, since, since is not None


def _link(headers: Headers) -> str:
    for target, parameters in _LINK.findall(",".join(headers.getall("Link", ()))):
        if _REL.search(parameters):
            return str(target)[:LINK_MAX]
    return ""


@dataclass(slots=True)
class EndingOperation:
    """An operation that will end. `first` is when we were first told so."""

    ending: SunsetNotice
    first: float
    reported_days: float = field(default=float("inf"))


class EndingOperations:
    """The operations of one vendor that it has said to end."""

    __slots__ = ("operations",)

    def __init__(self) -> None:
        self.operations: dict[str, EndingOperation] = {}

    def record(self, operation: str, ending: SunsetNotice, wall: float) -> Iterator[dict[str, str | float]]:
        """Take note of what an answer said. Yields what is to be told: nothing where it was told before."""
        entry = self.operations.get(operation)
        news = entry is None or not entry.ending.is_same(ending)
        if entry is None:
            entry = self.operations[operation] = EndingOperation(ending, wall)
        elif news:
            entry.ending, entry.reported_days = ending, float("inf")
        left = ending.days_left(wall)
        near = min((days for days in DAYS_TOLD if left is not None and left <= days), default=float("inf"))
        if news or near < entry.reported_days:
            entry.reported_days = near
            yield _facts(operation, ending, left)

    def recall(self, operation: str, ending: SunsetNotice, wall: float) -> None:
        """What was on record before this start: said at `wall`, and told then. Later ones take its place."""
        known = self.operations.get(operation)
        first = wall if known is None else known.first
        left = ending.days_left(wall)
        told = min((days for days in DAYS_TOLD if left is not None and left <= days), default=float("inf"))
        self.operations[operation] = EndingOperation(ending, first, told)


def _facts(operation: str, ending: SunsetNotice, left: float | None) -> dict[str, str | float]:
    facts: dict[str, str | float] = {"operation": operation}
    if ending.since is not None:
        facts["since"] = ending.since
    if ending.sunset is not None and left is not None:
        facts |= {"sunset": ending.sunset, "days_left": round(left, 1)}
    if ending.legacy:
        facts["form"] = "an older draft's"
    if ending.link:
        facts["link"] = ending.link
    return facts
