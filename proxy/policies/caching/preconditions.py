"""An app's own conditions on an answer that we hold: 304, 206, or the whole of it (RFC 9110 §13, §14.2).

Only for answers with status 200. A range is served where exactly one is asked for and `If-Range` is not.
"""

import re

from multidict import CIMultiDictProxy

from tidegate.proxy.policies.dialects.http_date import parse_date

CONDITIONS = frozenset((b"if-none-match", b"if-modified-since", b"if-match", b"if-unmodified-since", b"if-range"))
"""Request headers that the cache answers itself, or must leave to the vendor."""

_RANGE = re.compile(r"bytes=(\d*)-(\d*)")


def not_modified(requested: CIMultiDictProxy[str], stored: CIMultiDictProxy[str], received_wall: float) -> bool:
    """True where a stored 200 is what the app has already. `If-None-Match` takes precedence; tags compare weakly."""
    known_tags = requested.getall("If-None-Match", None)
    if known_tags is not None:
        tags = {opaque(tag) for line in known_tags for tag in line.split(",")}
        stored_tag = stored.get("ETag")
        return "*" in tags or (stored_tag is not None and opaque(stored_tag) in tags)
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


def span(requested: CIMultiDictProxy[str], size: int) -> tuple[int, int] | None:
    """The one byte range that is asked for, as first and last byte; None where the whole answer is to be sent."""
    match = _RANGE.fullmatch(requested.get("Range", "").replace(" ", ""))
    if match is None or "If-Range" in requested or not size:
        return None
    first, last = match[1], match[2]
    if not first:
        count = min(int(last or 0), size)
        return (size - count, size - 1) if count else None
    if int(first) >= size or (last and int(last) < int(first)):
        return None
    return int(first), min(int(last or size - 1), size - 1)
