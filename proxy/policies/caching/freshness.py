"""A stored answer, how old it is, and how long it is fresh (RFC 9111 §4.2). Pure: time is an argument.

Ages are counted by the machine's uptime from the moment the answer came: sleep makes answers old, too. The wall clock
only reads the vendor's dates.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from multidict import CIMultiDictProxy

from tidegate.policy.cache import Cache
from tidegate.proxy.call.outcome import Verdict
from tidegate.proxy.call.reply import RawHeaders
from tidegate.proxy.policies.caching.cache_control import (
    Directives,
    age_of,
    parse_cache_control,
    seconds,
)
from tidegate.proxy.policies.caching.vary import Selecting
from tidegate.proxy.policies.dialects.http_date import parse_date

HEURISTIC_STATUSES = frozenset((200, 203, 204, 300, 301, 308, 404, 405, 410, 414, 501))
"""Cacheable without explicit freshness (RFC 9110 §15.1); 206 is not stored here."""

GIVEN_STATUSES = frozenset((200, 203, 204))
"""Statuses to which the vendor file's `fresh` applies: what is not there today may be there in a second."""

HEURISTIC_MAX_S = 300.0
"""A guess is never good for longer, whatever share of its age is asked for."""

_LIFETIMES = ("max-age", "s-maxage")


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """An answer that is kept, with what is needed to judge it. Times are seconds of uptime unless they say wall."""

    status: int
    reason: str
    headers: RawHeaders
    body: bytes
    verdict: Verdict
    names: CIMultiDictProxy[str]
    """The same header lines for reading."""
    control: Directives
    """The vendor's directives, less those that the vendor file sets aside."""
    varied: Selecting
    requested_at: float
    received_at: float
    received_wall: float
    initial_age_s: float
    lifetime_s: float
    rules: Cache
    """The settings by which `control` and `lifetime_s` were judged."""

    def age_s(self, now: float) -> float:
        """`current_age` (RFC 9111 §4.2.3)."""
        return self.initial_age_s + max(now - self.received_at, 0.0)

    @property
    def size(self) -> int:
        """Bytes that it takes, the bookkeeping guessed."""
        lines = sum(len(name) + len(value) for name, value in self.headers)
        return len(self.body) + 3 * lines + 1024


def stored(
    *,
    status: int,
    reason: str,
    headers: RawHeaders,
    names: CIMultiDictProxy[str],
    body: bytes,
    verdict: Verdict,
    varied: Selecting,
    age_lines: Iterable[str],
    rules: Cache,
    requested_at: float,
    now: float,
    wall: float,
) -> StoredAnswer:
    """An answer that came at `now` to a request made at `requested_at`, with its Age lines, ready to be judged."""
    control = effective(names, rules)
    age_s = initial_age_s(names, age_lines, delay_s=now - requested_at, wall=wall)
    return StoredAnswer(
        status, reason, headers, body, verdict, names, control, varied, requested_at, now, wall, age_s,
        lifetime_s(status, names, control, rules, wall), rules,
    )  # fmt: skip


def renewed(
    old: StoredAnswer,
    headers: RawHeaders,
    names: CIMultiDictProxy[str],
    age_lines: Iterable[str],
    rules: Cache,
    *,
    requested_at: float,
    now: float,
    wall: float,
) -> StoredAnswer:
    """The same answer after a 304, with its Age lines, that left it with these header lines (RFC 9111 §4.3.4)."""
    control = effective(names, rules)
    return replace(
        old,
        headers=headers,
        names=names,
        control=control,
        requested_at=requested_at,
        received_at=now,
        received_wall=wall,
        initial_age_s=initial_age_s(names, age_lines, delay_s=now - requested_at, wall=wall),
        lifetime_s=lifetime_s(old.status, names, control, rules, wall),
        rules=rules,
    )


def judged_by(old: StoredAnswer, rules: Cache) -> StoredAnswer:
    """The same answer under other settings, as a reload brings them."""
    control = effective(old.names, rules)
    fresh_s = lifetime_s(old.status, old.names, control, rules, old.received_wall)
    return replace(old, control=control, lifetime_s=fresh_s, rules=rules)


def effective(names: CIMultiDictProxy[str], rules: Cache) -> Directives:
    """The vendor's directives, less those of which the vendor file says `despite`."""
    directives = parse_cache_control(",".join(names.getall("Cache-Control", ())))
    if rules.despite and directives:
        gone = {*rules.despite, *(_LIFETIMES if "max-age" in rules.despite else ())}
        return {name: value for name, value in directives.items() if name not in gone}
    return directives


def initial_age_s(names: CIMultiDictProxy[str], age_lines: Iterable[str], *, delay_s: float, wall: float) -> float:
    """`corrected_initial_age` (RFC 9111 §4.2.3). A slow clock of the vendor's makes answers old, never young."""
    date = parse_date(names.get("Date", ""))
    apparent_s = 0.0 if date is None else max(int(wall) - date, 0.0)
    return max(apparent_s, age_of(age_lines) + delay_s)


def lifetime_s(status: int, names: CIMultiDictProxy[str], control: Directives, rules: Cache, wall: float) -> float:
    """`freshness_lifetime` (RFC 9111 §4.2.1), from the vendor's word, else from the vendor file, else guessed."""
    if rules.shared == "credential" and (shared := seconds(control, "s-maxage")) is not None:
        return float(shared)
    if (max_age := seconds(control, "max-age")) is not None:
        return float(max_age)
    date = parse_date(names.get("Date", ""))
    began = wall if date is None else date
    if "Expires" in names and "max-age" not in rules.despite:
        lines = names.getall("Expires")
        ends = parse_date(lines[0]) if len(lines) == 1 else None
        return 0.0 if ends is None else max(ends - began, 0.0)
    if rules.fresh is not None and status in GIVEN_STATUSES:
        return rules.fresh
    if rules.heuristic and (status in HEURISTIC_STATUSES or "public" in control):
        modified = parse_date(names.get("Last-Modified", ""))
        if modified is not None:
            return min(max(began - modified, 0.0) * rules.heuristic, HEURISTIC_MAX_S)
    return 0.0
