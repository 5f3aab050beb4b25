"""The vendors' dialects, as the vendors write them.

Each is one class, which registers itself under the name that vendor files use for it (tidegate.vendor.dialect_facts,
where the proxy's way to read it is declared). It is written from the vendor's page, and from nothing that the proxy
reads by. One that a vendor file declares by hand is tidegate.simulator.door.declared_dialect.
docs/contributing/dialect.md adds one.
"""

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from tidegate.simulator.answer import errors
from tidegate.simulator.door.limit_dialect import (
    DIALECTS,
    Headers,
    LimitDialect,
    LimitStanding,
    Standings,
    dialect,
    go_duration,
    scarcest,
    share_left,
    throttled,
    whole_number,
    whole_s,
)
from tidegate.values.string_values import iso_8601
from tidegate.vendor.dialect_facts import PresetName

GITHUB_LIMITS = "https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api"

SILENT = LimitDialect()
"""The dialect of a vendor that says nothing."""


def dialect_writer(name: PresetName | None) -> LimitDialect:
    """The dialect of this name; one that says nothing where there is none."""
    return SILENT if name is None else DIALECTS[name]


@dialect("github")
class GitHubDialect(LimitDialect):
    """docs.github.com, rate limits for the REST API: one count aloud; secondary limits only refuse."""

    def headers(self, standings: Standings, wall: float) -> Headers:  # noqa: D102 - see LimitDialect
        core = scarcest(standings)
        if core is None:
            return {}
        return {
            "X-RateLimit-Limit": whole_number(core.limit),
            "X-RateLimit-Remaining": str(core.left),
            "X-RateLimit-Used": core.used,
            "X-RateLimit-Reset": str(math.ceil(wall + core.full_in_s)),
            "X-RateLimit-Resource": core.name,
        }

    def refusal(self, standings: Standings, broken: LimitStanding) -> errors.VendorError:  # noqa: D102
        del standings
        if broken.reported and broken.unit == "requests":
            return throttled(403, {"message": "API rate limit exceeded.", "documentation_url": GITHUB_LIMITS})
        fields = {"message": "You have exceeded a secondary rate limit.", "documentation_url": GITHUB_LIMITS}
        return throttled(403, fields, {"Retry-After": whole_s(broken)})


@dialect("stripe")
class StripeDialect(LimitDialect):
    """docs.stripe.com/rate-limits: no count, and a reason header on refusals, which the vendor file declares."""


@dialect("shopify-rest")
class ShopifyRestDialect(LimitDialect):
    """shopify.dev/docs/api/usage/limits: used and limit in one header."""

    def headers(self, standings: Standings, wall: float) -> Headers:  # noqa: D102
        del wall
        calls = scarcest(standings)
        if calls is None:
            return {}
        return {"X-Shopify-Shop-Api-Call-Limit": f"{calls.used}/{whole_number(calls.limit)}"}

    def refusal(self, standings: Standings, broken: LimitStanding) -> errors.VendorError:  # noqa: D102
        del standings
        return throttled(429, {"errors": "Exceeded the call limit."}, {"Retry-After": f"{whole_s(broken)}.0"})


@dialect("shopify-graphql")
class ShopifyGraphQLDialect(LimitDialect):
    """shopify.dev/docs/api/usage/limits: the cost stands in the body, and a refusal is a 200 with an error."""

    def body_members(self, standings: Standings) -> dict[str, Any]:  # noqa: D102
        count = scarcest(standings, "cost")
        if count is None:
            return {}
        status = {
            "maximumAvailable": count.limit,
            "currentlyAvailable": count.left,
            "restoreRate": count.per_second,
        }
        cost = {"requestedQueryCost": count.requested, "actualQueryCost": count.spent, "throttleStatus": status}
        return {"extensions": {"cost": cost}}

    def refusal(self, standings: Standings, broken: LimitStanding) -> errors.VendorError:  # noqa: D102
        del broken
        refused = {"message": "Throttled", "extensions": {"code": "THROTTLED"}}
        return throttled(200, {"errors": [refused], **self.body_members(standings)})


@dialect("twilio")
class TwilioDialect(LimitDialect):
    """www.twilio.com/docs/usage/rest-api-best-practices: how many requests run, and code 20429."""

    def headers(self, standings: Standings, wall: float) -> Headers:  # noqa: D102
        del wall
        running = scarcest(standings, "concurrency")
        return {} if running is None else {"Twilio-Concurrent-Requests": running.used}

    def refusal(self, standings: Standings, broken: LimitStanding) -> errors.VendorError:  # noqa: D102
        del standings, broken
        return throttled(429, {"code": 20429, "message": "Too Many Requests", "status": 429})


@dialect("openai")
class OpenAIDialect(LimitDialect):
    """platform.openai.com/docs/guides/rate-limits: requests and tokens, with Go durations."""

    def headers(self, standings: Standings, wall: float) -> Headers:  # noqa: D102
        del wall
        written: Headers = {}
        for unit, count in _of_models(standings):
            written[f"x-ratelimit-limit-{unit}"] = whole_number(count.limit)
            written[f"x-ratelimit-remaining-{unit}"] = str(count.left)
            written[f"x-ratelimit-reset-{unit}"] = go_duration(count.full_in_s)
        return written

    def refusal(self, standings: Standings, broken: LimitStanding) -> errors.VendorError:  # noqa: D102
        del standings
        fields = {"message": "Rate limit reached.", "type": broken.unit, "param": None, "code": "rate_limit_exceeded"}
        in_ms = str(math.ceil(broken.next_in_s * 1000))
        return throttled(429, fields, {"Retry-After": whole_s(broken), "Retry-After-Ms": in_ms})


@dialect("slack")
class SlackDialect(LimitDialect):
    """api.slack.com/apis/rate-limits: no count; a refusal says when to come back."""

    def refusal(self, standings: Standings, broken: LimitStanding) -> errors.VendorError:  # noqa: D102
        del standings
        return throttled(429, {"ok": False, "error": "ratelimited"}, {"Retry-After": whole_s(broken)})


@dialect("anthropic")
class AnthropicDialect(LimitDialect):
    """docs.anthropic.com/en/api/rate-limits: requests and tokens, with moments."""

    def headers(self, standings: Standings, wall: float) -> Headers:  # noqa: D102
        written: Headers = {}
        for unit, count in _of_models(standings):
            written[f"anthropic-ratelimit-{unit}-limit"] = whole_number(count.limit)
            written[f"anthropic-ratelimit-{unit}-remaining"] = str(count.left)
            written[f"anthropic-ratelimit-{unit}-reset"] = iso_8601(math.ceil(wall + count.full_in_s))
        return written

    def refusal(self, standings: Standings, broken: LimitStanding) -> errors.VendorError:  # noqa: D102
        del standings
        # In the vendor file's words: they hold more than the error itself.
        return throttled(429, None, {"Retry-After": whole_s(broken)}, type="rate_limit_error")


def _of_models(standings: Standings) -> Iterator[tuple[str, LimitStanding]]:
    """The units that vendors of language models count, each with the limit that has least left."""
    for unit in ("requests", "tokens"):
        if (count := scarcest(standings, unit)) is not None:
            yield unit, count


class IetfDialect(LimitDialect):
    """draft-ietf-httpapi-ratelimit-headers in one of its versions: a problem (RFC 9457) names the policy that refused.

    `fields` are its headers, each written from the limits of these units.
    """

    def __init__(self, units: tuple[str, ...], fields: Mapping[str, Callable[[Standings], str]]) -> None:
        self._units = units
        self._fields = fields

    def headers(self, standings: Standings, wall: float) -> Headers:  # noqa: D102
        del wall
        told = [count for count in standings if count.unit in self._units and count.reported]
        return {name: write(told) for name, write in self._fields.items()} if told else {}

    def refusal(self, standings: Standings, broken: LimitStanding) -> errors.VendorError:  # noqa: D102
        del standings
        return throttled(429, {"type": "about:blank#quota-exceeded", "violated-policies": [broken.name]})


def _least(told: Standings) -> LimitStanding:
    """The limit that drafts 03 and 07 tell of."""
    return min(told, key=share_left)


def _windows(told: Standings) -> str:
    """Every limit with its window."""
    return ", ".join(f"{whole_number(count.limit)};w={math.ceil(count.period_s)}" for count in told)


def _state(told: Standings) -> str:
    """A dictionary (RFC 9651)."""
    count = _least(told)
    return f"limit={whole_number(count.limit)}, remaining={count.left}, reset={math.ceil(count.full_in_s)}"


def _named_states(told: Standings) -> str:
    until_s = [count.next_in_s if count.left < 1 else count.full_in_s for count in told]
    pairs = zip(told, until_s, strict=True)
    return ", ".join(f'"{count.name}";r={count.left};t={math.ceil(in_s)}' for count, in_s in pairs)


def _named_windows(told: Standings) -> str:
    unit = {"requests": "", "bytes": ';qu="content-bytes"'}
    return ", ".join(f'"{count.name}";q={_windows([count])}{unit[count.unit]}' for count in told)


DIALECTS["ietf-03"] = IetfDialect(
    ("requests",),
    {
        "RateLimit-Limit": lambda told: f"{whole_number(_least(told).limit)}, {_windows(told)}",
        "RateLimit-Remaining": lambda told: str(_least(told).left),
        "RateLimit-Reset": lambda told: str(math.ceil(_least(told).full_in_s)),
    },
)
DIALECTS["ietf-07"] = IetfDialect(("requests",), {"RateLimit": _state, "RateLimit-Policy": _windows})
DIALECTS["ietf-10"] = IetfDialect(
    ("requests", "bytes"), {"RateLimit": _named_states, "RateLimit-Policy": _named_windows}
)
