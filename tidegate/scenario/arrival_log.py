"""The arrival times in a log: of Tidegate's own calls, of the simulator, of a web server, or a plain list of times.

A line is JSON with a time under a usual name, a line of the Common Log Format or one derived from it
(`[10/Oct/2000:13:55:36 -0700]`; httpd.apache.org/docs/current/logs.html), begins with a time (seconds since 1970 or
since any moment, or ISO 8601), or has one of ISO 8601 somewhere. What has no time is passed over. It reads times alone.
"""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import groupby
from math import isfinite
from pathlib import Path
from typing import Any

import orjson

from tidegate.problems import UsageError
from tidegate.scenario.load import TIMES_MAX

LINES_MAX = 10_000_000
LINE_BYTES_MAX = 1_000_000
"""A longer line is passed over."""

FIELDS = ("ts", "wall", "time", "timestamp", "@timestamp", "at", "date", "datetime")
"""Names under which a JSON line may have its time, the first that is there counts."""

FINER_FROM = ((1e17, 1e9), (1e14, 1e6), (1e11, 1e3))
"""A number above the first counts so many to a second, since 1970: nano-, micro- or milliseconds. As seconds it would
lie after the year 5000."""

_COMMON = re.compile(r"\[(\d{2}/[A-Za-z]{3}/\d{4}:\d{2}:\d{2}:\d{2})(\.\d{1,9})? ([+-]\d{4})\]")
_ANYWHERE = re.compile(r"\b\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(?:[.,]\d{1,9})?(?:Z|[+-]\d{2}:?\d{2})?")
_FIRST_WORD = re.compile(r'^"?([0-9][0-9T:.+Z-]*(?: [0-9]{2}:[0-9:.]+(?:Z|[+-][0-9:]+)?)?)')


def read_arrival_log(path: Path) -> tuple[float, ...]:
    """The arrival times of a log, in seconds from the first, in order.

    Where the log knows whole seconds only, those of one second are spread evenly over it. Raises UsageError where it
    cannot be read, has no time, or more than can be played.
    """
    try:
        with path.open("rb") as lines:
            times = _times(path, lines)
    except OSError as error:
        raise UsageError(f"{path}: this log cannot be read: {error.strerror}") from None
    if not times:
        raise UsageError(
            f"{path}: no line of this log has a time of arrival; it reads JSON lines with a field like "
            f"{', '.join(FIELDS[:3])}, the Common Log Format, and lines that begin with a time"
        )
    times.sort()
    if len(times) > 1 and all(at.is_integer() for at in times):
        times = _spread(times)
    return tuple(round(at - times[0], 6) for at in times)


def _times(path: Path, lines: Iterable[bytes]) -> list[float]:
    times: list[float] = []
    for number, line in enumerate(lines, 1):
        if number > LINES_MAX:
            raise UsageError(f"{path}: this log has more than {LINES_MAX:,} lines; give a part of it")
        at = time_of(line) if len(line) <= LINE_BYTES_MAX else None
        if at is not None:
            times.append(at)
        if len(times) > TIMES_MAX:
            raise UsageError(f"{path}: this log has more than {TIMES_MAX:,} arrivals; give a part of it")
    return times


def time_of(line: bytes) -> float | None:
    """The time of one line, in seconds; None where it has none."""
    stripped = line.strip()
    if stripped.startswith(b"{"):
        try:
            fields = orjson.loads(stripped)
        except orjson.JSONDecodeError:
            return None
        return next((at for name in FIELDS if (at := _read(fields.get(name))) is not None), None)
    text = stripped.decode("utf-8", "replace")
    if common := _COMMON.search(text):
        whole = datetime.strptime(f"{common[1]} {common[3]}", "%d/%b/%Y:%H:%M:%S %z").timestamp()
        return whole + float(common[2] or 0)
    first = _FIRST_WORD.match(text)
    at = _read(first[1]) if first else None
    if at is None and (within := _ANYWHERE.search(text)):
        return _iso(within[0].replace(",", "."))
    return at


def _read(value: Any) -> float | None:
    """A time as seconds; None where it is none."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        seconds = float(value)
    except ValueError:
        return _iso(str(value))
    if not isfinite(seconds) or seconds < 0:
        return None
    return next((seconds / parts for least, parts in FINER_FROM if seconds > least), seconds)


def _iso(text: str) -> float | None:
    """ISO 8601; without an offset it is UTC."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _spread(times: list[float]) -> list[float]:
    """Those of one second, evenly over it."""
    spread: list[float] = []
    for second, several in groupby(times):
        number = len(list(several))
        spread += [second + n / number for n in range(number)]
    return spread
