"""Moments: times that know their offset from UTC (RFC 3339). One without an offset is none."""

from datetime import UTC, datetime


def in_utc(moment: datetime) -> datetime:
    """The same moment, in UTC. Raises ValueError for a time without an offset."""
    if moment.tzinfo is None or moment.utcoffset() is None:
        raise ValueError("a moment has its offset from UTC")
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("a moment lies between the years 1 and 9999") from None


def read_moment(text: str) -> datetime:
    """The moment that a text of RFC 3339 names, in UTC. Raises ValueError."""
    return in_utc(datetime.fromisoformat(text))


def read_epoch(seconds: float) -> datetime:
    """The moment so many seconds after 1970, in UTC. Raises ValueError."""
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, OSError, ValueError):
        raise ValueError("a moment lies between the years 1 and 9999") from None
