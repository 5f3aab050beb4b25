"""HTTP dates: read strictly, in the three forms of RFC 9110 §5.6.7 and no other, and written in the first of them.

A cache must take a date that it cannot read for one that has passed (RFC 9111 §5.3), so guessing would be wrong here;
tidegate.proxy.policies.dialects.dialect_reader guesses on purpose, because a hint that cannot be read costs a retry.
"""

import re
from calendar import monthrange, timegm
from email.utils import formatdate
from functools import lru_cache

_MONTHS = {
    name: number
    for number, name in enumerate(
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"], 1
    )
}
_DAYS = "Mon|Tue|Wed|Thu|Fri|Sat|Sun"
_LONG = "Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday"
_TIME = r"(?P<hour>\d\d):(?P<minute>\d\d):(?P<second>\d\d)"
_MONTH = "(?P<month>" + "|".join(_MONTHS) + ")"
_FORMS = (
    re.compile(rf"(?:{_DAYS}), (?P<day>\d\d) {_MONTH} (?P<year>\d{{4}}) {_TIME} GMT"),
    re.compile(rf"(?:{_LONG}), (?P<day>\d\d)-{_MONTH}-(?P<year>\d\d) {_TIME} GMT"),
    re.compile(rf"(?:{_DAYS}) {_MONTH} (?P<day>[ \d]\d) {_TIME} (?P<year>\d{{4}})"),
)
"""IMF-fixdate, and the obsolete forms of RFC 850 and of C's asctime."""


@lru_cache(maxsize=1024)
def parse_date(value: str) -> float | None:
    """Seconds since 1970-01-01 UTC, or None where it is not an HTTP date."""
    for form in _FORMS:
        match = form.fullmatch(value.strip())
        if match is not None:
            day, hour, minute, second = (int(match[name]) for name in ("day", "hour", "minute", "second"))
            year, month = int(match["year"]), _MONTHS[match["month"]]
            if len(match["year"]) == 2:
                # RFC 9110 §5.6.7 wants "not more than 50 years in the future"; nothing on the Web is from before 1970.
                year += 1900 if year >= 70 else 2000
            if not (year and 1 <= day <= monthrange(year, month)[1] and hour <= 23 and minute <= 59 and second <= 60):
                return None
            return float(timegm((year, month, day, hour, minute, second)))
    return None


def written_date(wall: float) -> bytes:
    """Seconds since 1970 as a date in the form that is to be written."""
    return formatdate(wall, usegmt=True).encode()
