"""An app's own conditions on an answer that we hold: 304, 206, 416, or the whole of it (RFC 9110 §13, §14.2).

Only for answers with status 200. A range is served where exactly one is asked for and `If-Range` is not.
"""

import re

from multidict import CIMultiDictProxy

from tidegate.proxy.call.reply import RawHeaders
from tidegate.proxy.policies.dialects.http_date import parse_date

CONDITIONS = frozenset((b"if-none-match", b"if-modified-since", b"if-match", b"if-unmodified-since", b"if-range"))
"""Request headers that the cache answers itself, or must leave to the vendor."""

NOTHING_OF_IT = ()
"""Of a range that begins behind the end of the answer."""

_RANGE = re.compile(r"(?i:bytes)=(\d{0,18})-(\d{0,18})")
_TAG = re.compile(r'(?:W/)?"[^"]*"|[^\s,]+')
"""An entity tag, in which a comma is an octet like others (RFC 9110 §8.8.3), or what a vendor takes for one."""


def for_the_whole(lines: RawHeaders) -> RawHeaders:
    """The lines of a request, less the app's own conditions and its range."""
    return tuple(line for line in lines if line[0].lower() not in CONDITIONS and line[0].lower() != b"range")


def not_modified(requested: CIMultiDictProxy[str], stored: CIMultiDictProxy[str], received_wall: float) -> bool:
    """True where a stored 200 is what the app has already. `If-None-Match` takes precedence; tags compare weakly."""
    known_tags = requested.getall("If-None-Match", None)
    if known_tags is not None:
        listed, stored_tag = ",".join(known_tags).strip(), stored.get("ETag")
        known = stored_tag is not None and opaque(stored_tag) in map(opaque, _TAG.findall(listed))
        return known or listed == "*"
    since = parse_date(requested.get("If-Modified-Since", ""))
    if since is None:
        return False
    modified = parse_date(stored.get("Last-Modified", ""))
    if modified is None:
        date = parse_date(stored.get("Date", ""))
        modified = received_wall if date is None else date
    return modified <= since


def opaque(tag: str) -> str:
    """An entity tag without its weakness (RFC 9110 §8.8.3.2)."""
    return tag.strip().removeprefix("W/")


def span(requested: CIMultiDictProxy[str], size: int) -> tuple[int, int] | tuple[()] | None:
    """The one byte range that is asked for, as first and last byte; None where the whole answer is to be sent."""
    match = _RANGE.fullmatch(requested.get("Range", "").replace(" ", ""))
    if match is None or "If-Range" in requested or not size:
        return None
    first, last = match[1], match[2]
    if not first:
        count = min(int(last), size) if last else None
        return None if count is None else (size - count, size - 1) if count else NOTHING_OF_IT
    if last and int(last) < int(first):
        return None
    if int(first) >= size:
        return NOTHING_OF_IT
    return int(first), min(int(last or size - 1), size - 1)
