"""The query of a list of deliveries: which are looked for, from where on, and how many.

Everything foreign is bounded here, and what cannot be meant is a `Misread` with its reason and the nearest name. It
refuses to know where deliveries are stored.
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import cast, get_args
from urllib.parse import parse_qs

from tidegate.configfile.units import parse_duration
from tidegate.configfile.wording import nearest
from tidegate.proxy.policies.delivery.delivery import Box, DeadReason, DeliveryState
from tidegate.proxy.store.deliveries import PAGE_MAX, DeliveryFilter

BOXES: tuple[str, ...] = get_args(Box)
STATES: tuple[str, ...] = get_args(DeliveryState)
REASONS: tuple[str, ...] = get_args(DeadReason)

QUERY_CHARS_MAX = 4096
FIELDS_MAX = 32
TEXT_CHARS_MAX = 256
"""Of one name, or of what is searched for."""
LIMIT = 50
"""Deliveries of a page where nobody says how many."""
WALL_MAX = 253_402_300_799.0
"""The last second of the year 9999."""

TEXTS = ("app", "vendor", "operation", "order_key", "text")
FILTERS = ("box", "state", "reason", *TEXTS, "since", "until")
"""What a list can be narrowed by."""
PAGING = ("after", "limit")

_EAST = re.compile(r"(?<=T)([\d:.]+) (?=\d\d:?\d\d$)")
"""A time in a query whose + was not escaped, and so is a space."""
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")

Given = Mapping[str, Sequence[str]]
"""Name → what was given for it, once or more often."""


@dataclass(frozen=True, slots=True)
class Misread:
    """What was given cannot be meant; `why` is a sentence."""

    why: str


@dataclass(frozen=True, slots=True)
class DeliveryQuery:
    """A page of deliveries that is asked for."""

    wanted: DeliveryFilter
    after: str = ""
    limit: int = LIMIT


def is_id(text: str) -> bool:
    """Whether a delivery can have this id."""
    return _ID.fullmatch(text) is not None


def parse_query(query: str) -> Given | Misread:
    """A query string → its fields. Escapes that are no UTF-8 are refused."""
    if len(query) > QUERY_CHARS_MAX:
        return Misread(f"the query is longer than {QUERY_CHARS_MAX} characters")
    if not query:
        return {}
    try:
        return parse_qs(query, keep_blank_values=True, strict_parsing=True, errors="strict", max_num_fields=FIELDS_MAX)
    except ValueError:
        return Misread(f"the query cannot be read: write name=value&…, in UTF-8, at most {FIELDS_MAX} of them")


def read_query(given: Given, wall: float) -> DeliveryQuery | Misread:
    """The page that fields ask for; `wall` is now, which `2h` counts back from."""
    unknown = _unknown(given, (*FILTERS, *PAGING))
    if unknown is not None:
        return unknown
    wanted = read_filter({name: values for name, values in given.items() if name in FILTERS}, wall)
    if isinstance(wanted, Misread):
        return wanted
    after, limit = given.get("after", [""])[-1], given.get("limit", [str(LIMIT)])[-1]
    if len(after) > TEXT_CHARS_MAX or not after.isprintable():
        return Misread("after is no cursor; take it from `next` of the page before")
    if not (limit.isascii() and limit.isdigit() and len(limit) < 6 and 1 <= int(limit) <= PAGE_MAX):
        return Misread(f"limit is a whole number from 1 to {PAGE_MAX}")
    return DeliveryQuery(wanted, after, int(limit))


def read_filter(given: Given, wall: float) -> DeliveryFilter | Misread:
    """The deliveries that fields ask for. A state may be given more than once, or several with commas."""
    unknown = _unknown(given, FILTERS)
    if unknown is not None:
        return unknown
    for name, values in given.items():
        if name != "state" and len(values) > 1:
            return Misread(f"{name} is given {len(values)} times; once is enough")
        if any(len(value) > TEXT_CHARS_MAX or not value.isprintable() for value in values):
            return Misread(f"{name} is longer than {TEXT_CHARS_MAX} characters, or has some that cannot be shown")
    one = {name: values[-1] for name, values in given.items()}
    states = [state for value in given.get("state", ()) for state in value.split(",") if state]
    for what, names, known in (
        ("box", [one.get("box", "")], BOXES),
        ("state", states, STATES),
        ("reason", [one.get("reason", "")], REASONS),
    ):
        for name in names:
            if name and name not in known:
                return Misread(no_such(what, name, known))
    times = [moment(name, one.get(name, ""), wall) for name in ("since", "until")]
    for time in times:
        if isinstance(time, Misread):
            return time
    since, until = (time for time in times if not isinstance(time, Misread))
    return DeliveryFilter(
        box=cast("Box | None", one.get("box") or None),
        states=tuple(dict.fromkeys(cast("list[DeliveryState]", states))),
        dead_reason=cast("DeadReason | None", one.get("reason") or None),
        **{name: one.get(name, "") for name in TEXTS},
        since_wall=0.0 if since is None else since,
        until_wall=math.inf if until is None else until,
    )


def _unknown(given: Given, known: Sequence[str]) -> Misread | None:
    strange = next((name for name in given if name not in known), None)
    return None if strange is None else Misread(no_such("filter", strange, known))


def no_such(what: str, name: str, known: Sequence[str]) -> str:
    """The sentence about a word that means nothing: with the nearest that does, or with all that do."""
    shown = name[:40] if name.isprintable() else "that"
    return f"there is no {what} {shown}{nearest(name[:40], known) or '; known: ' + ', '.join(known)}"


def moment(name: str, text: str, wall: float) -> float | Misread | None:
    """`2026-01-31`, `2026-01-31T10:00:00Z` (UTC where it does not say), or `2h` ago → seconds since 1970."""
    if not text:
        return None
    try:
        return max(wall - parse_duration(text), 0.0)
    except ValueError:
        pass
    try:
        time = datetime.fromisoformat(_EAST.sub(r"\1+", text))
        seconds = (time if time.tzinfo else time.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return Misread(f"{name} is no time; write 2026-01-31T10:00:00Z, or how long ago, like 2h")
    return min(max(seconds, 0.0), WALL_MAX)
