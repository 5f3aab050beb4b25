"""The IETF's RateLimit fields, as drafts 03, 07 and 10 of draft-ietf-httpapi-ratelimit-headers write them.

Draft 10 (structured-field lists of named items): `RateLimit-Policy: "burst";q=100;w=60` and `RateLimit:
"burst";r=50;t=30`. Draft 07 (dictionary): `RateLimit: limit=100, remaining=50, reset=5`. Draft 03: three headers, of
which `RateLimit-Limit` may carry its windows: `100, 100;w=60`.

A field with anything wrong in it is ignored as a whole, as the draft asks. The parser lets a negative or a fractional
`r` pass, so ranges are judged here. Names are Strings; Tokens, which the draft's own examples still have, are
accepted.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeGuard

import http_sf

from tidegate.proxy.policies.dialects.header_formats import RESET_MAX_S
from tidegate.vendor.dialect_facts import Unit

_UNITS: Mapping[str, Unit] = {
    "request": "requests",
    "requests": "requests",
    "content-bytes": "bytes",
    "concurrent-requests": "concurrency",
}


@dataclass(frozen=True, slots=True)
class RemainingQuota:
    """The rest of one policy: `remaining` units, and more of them in `next_s` seconds. `partition` tells whose."""

    name: str
    remaining: float
    next_s: float | None
    partition: str = ""


@dataclass(frozen=True, slots=True)
class QuotaPolicy:
    """A policy: `quota` units in `window_s` seconds."""

    name: str
    quota: float
    window_s: float | None
    unit: Unit | None = "requests"
    """None for a unit that nobody here can count."""


@dataclass(frozen=True, slots=True)
class Summary:
    """Draft 07 in one field: any of the three may be missing."""

    limit: float | None
    remaining: float | None
    reset_s: float | None


def remaining_quotas(value: str) -> list[RemainingQuota] | None:
    """`RateLimit` of draft 10; None where it is malformed."""
    quotas = []
    for name, parameters in _named(value) or ():
        remaining, wait = parameters.get("r"), parameters.get("t")
        if not _whole(remaining) or not (wait is None or _whole(wait)):
            return None
        key = parameters.get("pk")
        partition = key.hex() if isinstance(key, bytes) else ""
        quotas.append(
            RemainingQuota(name, float(remaining), None if wait is None else min(float(wait), RESET_MAX_S), partition)
        )
    return quotas or None


def quota_policies(value: str) -> list[QuotaPolicy] | None:
    """`RateLimit-Policy` of draft 10; None where it is malformed."""
    policies = []
    for name, parameters in _named(value) or ():
        quota, window, unit = parameters.get("q"), parameters.get("w"), parameters.get("qu", "requests")
        if not _whole(quota) or not (window is None or (_whole(window) and window > 0)):
            return None
        known = _UNITS.get(str(unit).lower())
        policies.append(QuotaPolicy(name, float(quota), None if window is None else float(window), known))
    return policies or None


def summary(value: str) -> Summary | None:
    """`RateLimit` of draft 07; None where it is malformed."""
    try:
        fields: Any = http_sf.parse(value.encode("latin-1", "replace"), tltype="dictionary")
    except ValueError:
        return None
    numbers = []
    for key in ("limit", "remaining", "reset"):
        entry = fields.get(key)
        bare = entry[0] if isinstance(entry, tuple) else entry
        if bare is not None and not _whole(bare):
            return None
        numbers.append(None if bare is None else float(bare))
    limit, remaining, reset_s = numbers
    if limit is remaining is reset_s is None:
        return None
    return Summary(limit, remaining, None if reset_s is None else min(reset_s, RESET_MAX_S))


def windows(value: str) -> list[tuple[float, float | None]] | None:
    """Quotas with their windows in seconds: `RateLimit-Policy` of draft 07, `RateLimit-Limit` of draft 03."""
    quotas: list[tuple[float, float | None]] = []
    for quota, parameters in _items(value) or ():
        window = parameters.get("w")
        if not _whole(quota) or not (window is None or (_whole(window) and window > 0)):
            return None
        quotas.append((float(quota), None if window is None else float(window)))
    return quotas or None


def _named(value: str) -> list[tuple[str, Mapping[str, Any]]] | None:
    members = []
    for name, parameters in _items(value) or ():
        if not isinstance(name, str | http_sf.Token):
            return None
        members.append((str(name), parameters))
    return members or None


def _items(value: str) -> list[tuple[Any, Mapping[str, Any]]] | None:
    try:
        parsed: Any = http_sf.parse(value.encode("latin-1", "replace"), tltype="list")
    except ValueError:
        return None
    pairs = [entry if isinstance(entry, tuple) else (entry, {}) for entry in parsed]
    return None if any(isinstance(bare, list) for bare, _ in pairs) else pairs


def _whole(number: object) -> TypeGuard[int]:
    return isinstance(number, int) and not isinstance(number, bool) and number >= 0
