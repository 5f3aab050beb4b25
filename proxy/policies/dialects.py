"""How vendors say "come back later", read into seconds. One parser, for every way a hint arrives.

Read: delay-seconds and HTTP-date (RFC 9110 §10.2.3), fractions of a second (Shopify sends `2.0`), milliseconds in
`retry-after-ms` (OpenAI, Azure), a moment since 1970 where a delay is meant, and a vendor's own yes or no to a resend.
A moment is measured against the vendor's own `Date`, so that a wrong clock on either side does no harm. What cannot be
read is no hint. It refuses to know what is done with a hint.
"""

from email.utils import mktime_tz, parsedate_tz
from typing import Protocol

from tidegate.proxy.policies.retry import NO_HINT, Hint

RETRY_AFTER_MAX_S = 3600.0
"""A longer wait is cut to this: whoever waits that long can as well ask once an hour."""

EPOCH_FROM_S = 1e9
"""A number from here on is no delay (30 years) but a moment since 1970; from 10¹² on in milliseconds."""

_EPOCH_MS_FROM = 1e12


class Headers(Protocol):
    """Response headers, whatever holds them; names are matched without regard to case."""

    def get(self, key: str, /) -> str | None:
        """The first value of a header."""
        ...


def retry_after_s(value: str, vendor_date: str | None, wall: float) -> float | None:
    """Seconds to wait by a `Retry-After`; 0.0 for a moment that has passed; None where it cannot be read.

    `vendor_date` is the answer's `Date`; without a usable one, moments are measured against `wall`, seconds since 1970.
    """
    number = _number(value)
    if number is None:
        moment = _http_date(value)
        if moment is None:
            return None
    elif number < EPOCH_FROM_S:
        return min(number, RETRY_AFTER_MAX_S)
    else:
        moment = number / 1000.0 if number >= _EPOCH_MS_FROM else number
    vendor_now = _http_date(vendor_date) if vendor_date else None
    return min(max(moment - (wall if vendor_now is None else vendor_now), 0.0), RETRY_AFTER_MAX_S)


def retry_after_ms(value: str) -> float | None:
    """Seconds to wait by a `retry-after-ms`, which counts milliseconds; None where it cannot be read."""
    number = _number(value)
    return None if number is None else min(number / 1000.0, RETRY_AFTER_MAX_S)


def should_retry(value: str) -> bool | None:
    """A vendor's own word on a resend, `true` or `false`; None for anything else."""
    word = value.strip().lower()
    return True if word == "true" else False if word == "false" else None


def hint_of(headers: Headers | None, retry_hint: str | None, wall: float) -> Hint:
    """All that an answer says about a resend. `retry_hint` names the vendor's yes-or-no header, where it has one."""
    if headers is None:
        return NO_HINT
    wait_s = None
    if (in_ms := headers.get("retry-after-ms")) is not None:
        wait_s = retry_after_ms(in_ms)
    if wait_s is None and (value := headers.get("Retry-After")) is not None:
        wait_s = retry_after_s(value, headers.get("Date"), wall)
    word = headers.get(retry_hint) if retry_hint else None
    if wait_s is None and word is None:
        return NO_HINT
    return Hint(wait_s, None if word is None else should_retry(word))


def _number(value: str) -> float | None:
    """Digits with at most one point among them. Neither sign, exponent, `nan` nor `inf`."""
    digits = value.strip()
    if digits.isascii() and digits.replace(".", "", 1).isdigit():
        return float(digits)
    return None


def _http_date(value: str) -> float | None:
    """Seconds since 1970 of any date of RFC 9110 §5.6.7; a date without a zone is in GMT."""
    try:
        fields = parsedate_tz(value)
        # The library carries a 99th day over into later months.
        if fields is None or not (1 <= fields[2] <= 31 and fields[3] <= 23 and fields[4] <= 59 and fields[5] <= 60):
            return None
        return float(mktime_tz(fields))
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
