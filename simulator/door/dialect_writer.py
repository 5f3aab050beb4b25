"""Tells what is left of a limit as each vendor tells it, and refuses as each vendor refuses.

Written from the vendors' pages, one function each, and from nothing that the proxy reads by: only the dialect's name
and the limits are taken from the vendor file. A dialect that a file declares by hand is not played.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from tidegate.simulator.answer import errors
from tidegate.vendor.dialect_facts import PresetName


@dataclass(frozen=True, slots=True)
class LimitStanding:
    """How a limit stands. Times are seconds from now; `asked` and `spent` are what this request cost, where it did."""

    name: str
    unit: str
    limit: float
    remaining: float
    full_in_s: float
    next_in_s: float
    period_s: float
    per_second: float
    asked: float = 0.0
    spent: float | None = None
    told: bool = True
    """Whether the vendor's headers speak of it."""

    @property
    def left(self) -> int:
        """Whole units."""
        return math.floor(self.remaining + 1e-6)


GITHUB_LIMITS = "https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api"

Headers = dict[str, str]
Writer = Callable[[Sequence[LimitStanding], float], Headers]


def _of(readings: Sequence[LimitStanding], unit: str = "requests") -> LimitStanding | None:
    """The limit of a unit that has least left, in proportion."""
    found = [reading for reading in readings if reading.unit == unit and reading.told]
    return min(found, key=lambda reading: reading.remaining / reading.limit, default=None)


def _nothing(readings: Sequence[LimitStanding], wall: float) -> Headers:
    del readings, wall
    return {}


def _github(readings: Sequence[LimitStanding], wall: float) -> Headers:
    core = _of(readings)
    if core is None:
        return {}
    return {
        "X-RateLimit-Limit": f"{core.limit:.0f}",
        "X-RateLimit-Remaining": str(core.left),
        "X-RateLimit-Used": f"{core.limit - core.left:.0f}",
        "X-RateLimit-Reset": str(math.ceil(wall + core.full_in_s)),
        "X-RateLimit-Resource": core.name,
    }


def _shopify_rest(readings: Sequence[LimitStanding], wall: float) -> Headers:
    del wall
    calls = _of(readings)
    return (
        {} if calls is None else {"X-Shopify-Shop-Api-Call-Limit": f"{calls.limit - calls.left:.0f}/{calls.limit:.0f}"}
    )


def _twilio(readings: Sequence[LimitStanding], wall: float) -> Headers:
    del wall
    running = _of(readings, "concurrency")
    return {} if running is None else {"Twilio-Concurrent-Requests": f"{running.limit - running.remaining:.0f}"}


def _openai(readings: Sequence[LimitStanding], wall: float) -> Headers:
    del wall
    told: Headers = {}
    for unit in ("requests", "tokens"):
        count = _of(readings, unit)
        if count is not None:
            told[f"x-ratelimit-limit-{unit}"] = f"{count.limit:.0f}"
            told[f"x-ratelimit-remaining-{unit}"] = str(count.left)
            told[f"x-ratelimit-reset-{unit}"] = _go(count.full_in_s)
    return told


def _go(seconds: float) -> str:
    """A Go duration: `6m0s`, `1.5s`, `12ms`."""
    if seconds < 1.0:
        return f"{math.ceil(seconds * 1000)}ms"
    minutes, rest = divmod(math.ceil(seconds * 1000) / 1000, 60)
    return f"{minutes:.0f}m{rest:g}s" if minutes else f"{rest:g}s"


def _anthropic(readings: Sequence[LimitStanding], wall: float) -> Headers:
    told: Headers = {}
    for unit in ("requests", "tokens"):
        count = _of(readings, unit)
        if count is not None:
            full = datetime.fromtimestamp(math.ceil(wall + count.full_in_s), UTC)
            told[f"anthropic-ratelimit-{unit}-limit"] = f"{count.limit:.0f}"
            told[f"anthropic-ratelimit-{unit}-remaining"] = str(count.left)
            told[f"anthropic-ratelimit-{unit}-reset"] = full.strftime("%Y-%m-%dT%H:%M:%SZ")
    return told


def _quota_policies(readings: Sequence[LimitStanding]) -> str:
    """Every limit of requests with its window, as the drafts up to 07 write them."""
    return ", ".join(f"{one.limit:.0f};w={math.ceil(one.period_s)}" for one in readings if one.unit == "requests")


def _ietf_03(readings: Sequence[LimitStanding], wall: float) -> Headers:
    del wall
    count = _of(readings)
    if count is None:
        return {}
    return {
        "RateLimit-Limit": f"{count.limit:.0f}, {_quota_policies(readings)}",
        "RateLimit-Remaining": str(count.left),
        "RateLimit-Reset": str(math.ceil(count.full_in_s)),
    }


def _ietf_07(readings: Sequence[LimitStanding], wall: float) -> Headers:
    del wall
    count = _of(readings)
    if count is None:
        return {}
    return {
        "RateLimit": f"limit={count.limit:.0f}, remaining={count.left}, reset={math.ceil(count.full_in_s)}",
        "RateLimit-Policy": _quota_policies(readings),
    }


def _ietf_10(readings: Sequence[LimitStanding], wall: float) -> Headers:
    del wall
    told = [one for one in readings if one.unit in ("requests", "bytes")]
    if not told:
        return {}
    unit = {"requests": "", "bytes": ';qu="content-bytes"'}
    left = [
        f'"{one.name}";r={one.left};t={math.ceil(one.next_in_s if one.left < 1 else one.full_in_s)}' for one in told
    ]
    policies = [f'"{one.name}";q={one.limit:.0f};w={math.ceil(one.period_s)}{unit[one.unit]}' for one in told]
    return {"RateLimit": ", ".join(left), "RateLimit-Policy": ", ".join(policies)}


WRITERS: Mapping[PresetName, Writer] = {
    "github": _github,
    "stripe": _nothing,
    "shopify-rest": _shopify_rest,
    "shopify-graphql": _nothing,
    "twilio": _twilio,
    "openai": _openai,
    "slack": _nothing,
    "anthropic": _anthropic,
    "ietf-03": _ietf_03,
    "ietf-07": _ietf_07,
    "ietf-10": _ietf_10,
}


def headers(preset: PresetName | None, readings: Sequence[LimitStanding], wall: float) -> Headers:
    """What an answer's headers tell. `wall` is the vendor's clock."""
    return {} if preset is None else WRITERS[preset](readings, wall)


def cost(preset: PresetName | None, readings: Sequence[LimitStanding]) -> dict[str, Any]:
    """What an answer's body tells beside its data: Shopify's GraphQL does, the others tell nothing there."""
    count = _of(readings, "cost") if preset == "shopify-graphql" else None
    if count is None:
        return {}
    status = {
        "maximumAvailable": count.limit,
        "currentlyAvailable": count.left,
        "restoreRate": count.per_second,
    }
    told = {"requestedQueryCost": count.asked, "actualQueryCost": count.spent, "throttleStatus": status}
    return {"extensions": {"cost": told}}


def refusal(  # noqa: PLR0911 - one for each vendor
    preset: PresetName | None, readings: Sequence[LimitStanding], broken: LimitStanding
) -> errors.VendorError | None:
    """How this vendor refuses a request for the limit `broken`; None for one that has no way of its own."""
    whole_s = str(max(math.ceil(broken.next_in_s), 1))
    if preset == "github":
        if broken.told and broken.unit == "requests":
            return _throttled(403, {"message": "API rate limit exceeded.", "documentation_url": GITHUB_LIMITS})
        fields = {"message": "You have exceeded a secondary rate limit.", "documentation_url": GITHUB_LIMITS}
        return _throttled(403, fields, {"Retry-After": whole_s})
    if preset == "shopify-rest":
        return _throttled(429, {"errors": "Exceeded the call limit."}, {"Retry-After": f"{whole_s}.0"})
    if preset == "shopify-graphql":
        throttled = {"message": "Throttled", "extensions": {"code": "THROTTLED"}}
        return _throttled(200, {"errors": [throttled], **cost(preset, readings)})
    if preset == "twilio":
        return _throttled(429, {"code": 20429, "message": "Too Many Requests", "status": 429})
    if preset == "openai":
        told = {"message": "Rate limit reached.", "type": broken.unit, "param": None, "code": "rate_limit_exceeded"}
        in_ms = str(math.ceil(broken.next_in_s * 1000))
        return _throttled(429, told, {"Retry-After": whole_s, "Retry-After-Ms": in_ms})
    if preset == "slack":
        return _throttled(429, {"ok": False, "error": "ratelimited"}, {"Retry-After": whole_s})
    if preset == "anthropic":
        # In the vendor file's words: they hold more than the error itself.
        return _throttled(429, None, {"Retry-After": whole_s}, type="rate_limit_error")
    if preset is not None and preset.startswith("ietf"):
        return _throttled(429, {"type": "about:blank#quota-exceeded", "violated-policies": [broken.name]})
    return None


def _throttled(
    status: int, fields: Mapping[str, Any] | None, headers: Mapping[str, str] | None = None, **details: str
) -> errors.VendorError:
    message = "This request would exceed the rate limit."
    return errors.VendorError("throttled", message, status=status, fields=fields, headers=headers, **details)
