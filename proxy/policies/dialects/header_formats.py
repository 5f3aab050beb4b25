"""A number, a delay or a moment as a vendor wrote it, read by the form that its dialect declares.

What cannot be read is None, never a guess: a negative number, an exponent, `nan`, a day that does not exist. A moment
becomes a delay by the vendor's own clock; one that has passed is 0 and never its own number. It refuses to know which
header a value came from (tidegate.proxy.policies.dialects.dialect_reader does).
"""

import re
from calendar import monthrange, timegm
from email.utils import mktime_tz, parsedate_tz
from functools import lru_cache
from typing import Final

from tidegate.vendor.dialect_facts import Form

RESET_MAX_S: Final = 31 * 86400.0
"""No count of a vendor's lasts longer than a month; a longer delay is cut to this."""

EPOCH_FROM_S: Final = 1e9
"""For a vendor that does not say which it is: a number from here on is no delay (30 years) but a moment since 1970."""

EPOCH_MS_FROM: Final = 1e12
"""And from here on it counts milliseconds."""

_GO_PART = re.compile(r"(\d+(?:\.\d*)?|\.\d+)(h|ms|m|s|us|µs|μs|ns)")
_GO_S = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 1e-3, "us": 1e-6, "µs": 1e-6, "μs": 1e-6, "ns": 1e-9}

_ISO = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d)(?::(\d\d)(\.\d+)?)? ?(?:[Zz]|UTC|GMT|([+-])(\d\d):?(\d\d)?)?"
)
"""RFC 3339; without seconds (Jira), and with the zone as Go, Java and Ruby write it: `+0000`, ` UTC`."""

_JAVASCRIPT_ZONE = re.compile(r" (?:GMT|UTC)([+-]\d{4})\b")
"""`09:02:42 GMT+0100`: the name alone would be believed."""

_MOMENT_S = {"epoch_s": 1.0, "epoch_float": 1.0, "epoch_ms": 1e-3}
_DELAY_S = {"delta": 1.0, "delta_float": 1.0, "delta_ms": 1e-3}


def number(value: str) -> float | None:
    """Digits with at most one point among them. Neither sign, exponent, `nan` nor `inf`."""
    digits = value.strip()
    if digits.isascii() and digits.replace(".", "", 1).isdigit():
        parsed = float(digits)
        return parsed if parsed != float("inf") else None
    return None


def delay_s(value: str, form: Form, vendor_now: float) -> float | None:
    """Seconds from now until what a value names. `vendor_now` is the vendor's clock, in seconds since 1970."""
    if form in _DELAY_S:
        count = number(value)
        return None if count is None else min(count * _DELAY_S[form], RESET_MAX_S)
    if form == "go_duration":
        return go_duration_s(value)
    if form == "guess" and (delay := _guessed_delay_s(value)) is not None:
        return min(delay, RESET_MAX_S)
    moment = _guessed_moment_s(value) if form == "guess" else moment_s(value, form)
    return None if moment is None else min(max(moment - vendor_now, 0.0), RESET_MAX_S)


def moment_s(value: str, form: Form) -> float | None:
    """Seconds since 1970 of a moment."""
    if form in _MOMENT_S:
        count = number(value)
        return None if count is None else count * _MOMENT_S[form]
    return http_date(value) if form == "http_date" else iso(value) if form == "iso" else None


@lru_cache(maxsize=256)
def http_date(value: str) -> float | None:
    """Seconds since 1970 of any date of RFC 9110 §5.6.7, or as JavaScript writes it; without a zone it is in GMT."""
    try:
        fields = parsedate_tz(_JAVASCRIPT_ZONE.sub(r" \1", value))
        if fields is None or fields[3] > 23 or fields[4] > 59 or fields[5] > 60:
            return None
        # The library carries a 99th day over into later months.
        return float(mktime_tz(fields)) if 1 <= fields[2] <= monthrange(fields[0], fields[1])[1] else None
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


@lru_cache(maxsize=256)
def iso(value: str) -> float | None:
    """Seconds since 1970 of an ISO 8601 date and time; without a zone it is in UTC."""
    match = _ISO.fullmatch(value.strip())
    if match is None:
        return None
    year, month, day, hour, minute, second = (int(part or 0) for part in match.groups()[:6])
    if not (1 <= month <= 12 and year and 1 <= day <= monthrange(year, month)[1]):
        return None
    if hour > 23 or minute > 59 or second > 60:
        return None
    fraction, sign, zone_h, zone_m = match.groups()[6:]
    ahead_s = (int(zone_h) * 3600 + int(zone_m or 0) * 60) if sign else 0
    moment = timegm((year, month, day, hour, minute, second)) + float(fraction or 0)
    return moment - ahead_s if sign != "-" else moment + ahead_s


def go_duration_s(value: str) -> float | None:
    """Seconds of a Go duration: `1s`, `6m0s`, `12ms`, `1h30m`."""
    text, total_s, at = value.strip(), 0.0, 0
    while at < len(text):
        part = _GO_PART.match(text, at)
        if part is None:
            return None
        total_s += float(part[1]) * _GO_S[part[2]]
        at = part.end()
    return min(total_s, RESET_MAX_S) if text else None


def used_of_limit(value: str) -> tuple[float, float] | None:
    """Used and limit, written as `32/40`, or as Salesforce has it, `api-usage=18/5000; …`: the first one counts."""
    first = value.partition(";")[0]
    used, slash, limit = first.rpartition("=")[2].partition("/")
    counts = number(used), number(limit)
    if not slash or counts[0] is None or not counts[1]:
        return None
    return counts[0], counts[1]


def _guessed_delay_s(value: str) -> float | None:
    """What is no moment: a number below EPOCH_FROM_S, or one with its units."""
    count = number(value)
    if count is None:
        return go_duration_s(value)
    return count if count < EPOCH_FROM_S else None


def _guessed_moment_s(value: str) -> float | None:
    count = number(value)
    if count is None:
        moment = iso(value)
        return http_date(value) if moment is None else moment
    return count / 1000.0 if count >= EPOCH_MS_FROM else count
