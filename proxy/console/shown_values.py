"""How the console writes values: durations, shares, counts, times. Pure; what comes out is text, escaped later."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from itertools import pairwise
from urllib.parse import quote, urlencode

import orjson

UNITS = (("d", 86_400), ("h", 3600), ("min", 60), ("s", 1))
WALL_MAX = 253_402_300_799.0
"""The last second of the year 9999."""


def seconds(value: float | None) -> str:
    """`0.0123` → `12.3 ms`; a dash where there is none."""
    if value is None:
        return "–"
    if value < 1:
        return f"{value * 1000:.3g} ms"
    return f"{value:.3g} s" if value < 60 else _long(round(value))


def _long(whole: int) -> str:
    """The two greatest units: `3 min 20 s`, `2 d 4 h`."""
    for (unit, size), (below, smaller) in pairwise(UNITS):
        if whole >= size:
            rest = whole % size // smaller
            return f"{whole // size} {unit}" + (f" {rest} {below}" if rest else "")
    return f"{whole} s"


def share(value: float | None) -> str:
    """`0.873` → `87 %`."""
    if value is None:
        return "–"
    percent = value * 100
    return f"{percent:.1f} %" if 0 < percent < 1 or 99 < percent < 100 else f"{percent:.0f} %"


def count(value: float | None) -> str:
    """`12345` → `12,345`."""
    if value is None:
        return "–"
    if float(value).is_integer() or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 1 else f"{value:.2g}"


def moment(value: float | None) -> str:
    """Seconds since 1970 → `2026-11-30 09:41:07Z`."""
    if value is None or not 0 <= value <= WALL_MAX:
        return "–"
    return datetime.fromtimestamp(value, UTC).strftime("%Y-%m-%d %H:%M:%SZ")


def segment(value: str) -> str:
    """Text as one segment of a path."""
    return quote(value, safe="")


def listed(kind: Mapping[str, str]) -> str:
    """Where deliveries of a kind (box, app, vendor, state) are listed, below the console's address."""
    own = {"dead": "/dead", "unknown": "/unknown", "parked": "/unknown"}.get(kind["state"], "")
    given = {"state": "" if own else kind["state"], "vendor": kind["vendor"], "app": kind["app"]}
    return f"{own or '/' + kind['box']}?{urlencode({name: value for name, value in given.items() if value})}"


def plain(value: object) -> str:
    """A value of any kind, as people write it: `yes` and `no`, lists with commas."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def pretty(document: object) -> str:
    """A document as JSON, a member in a line."""
    return orjson.dumps(document, option=orjson.OPT_INDENT_2).decode()


FILTERS: Mapping[str, Callable[..., str]] = {
    "seconds": seconds, "share": share, "count": count, "moment": moment, "segment": segment,
    "plain": plain, "pretty": pretty, "listed": listed,
}  # fmt: skip
"""What templates call them."""
