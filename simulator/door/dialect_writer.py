"""The vendors' dialects, as the vendors write them.

Each is one class, which registers itself under the name that vendor files use for it (tidegate.vendor.dialect_facts,
where the proxy's way to read it is declared). It is written from the vendor's page, and from nothing that the proxy
reads by. One that a vendor file declares by hand is tidegate.simulator.door.declared_dialect.
docs/contributing/dialect.md adds one.
"""

import math
from datetime import UTC, datetime
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
    throttled,
    whole_s,
)
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
            "X-RateLimit-Limit": f"{core.limit:.0f}",
            "X-RateLimit-Remaining": str(core.left),
            "X-RateLimit-Used": f"{core.limit - core.left:.0f}",
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
        return {"X-Shopify-Shop-Api-Call-Limit": f"{calls.limit - calls.left:.0f}/{calls.limit:.0f}"}

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
        return {} if running is None else {"Twilio-Concurrent-Requests": f"{running.limit - running.remaining:.0f}"}

    def refusal(self, standings: Standings, broken: LimitStanding) -> errors.VendorError:  # noqa: D102
        del standings, broken
        return throttled(429, {"code": 20429, "message": "Too Many Requests", "status": 429})


@dialect("openai")
class OpenAIDialect(LimitDialect):
    """platform.openai.com/docs/guides/rate-limits: requests and tokens, with Go durations."""

    def headers(self, standings: Standings, wall: float) -> Headers:  # noqa: D102
        del wall
        written: Headers = {}
        for unit in ("requests", "tokens"):
            count = scarcest(standings, unit)
            if count is not None:
                written[f"x-ratelimit-limit-{unit}"] = f"{count.limit:.0f}"
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
        for unit in ("requests", "tokens"):
            count = scarcest(standings, unit)
            if count is not None:
                full = datetime.fromtimestamp(math.ceil(wall + count.full_in_s), UTC)
                written[f"anthropic-ratelimit-{unit}-limit"] = f"{count.limit:.0f}"
                written[f"anthropic-ratelimit-{unit}-remaining"] = str(count.left)
                written[f"anthropic-ratelimit-{unit}-reset"] = full.strftime("%Y-%m-%dT%H:%M:%SZ")
        return written

    def refusal(self, standings: Standings, broken: LimitStanding) -> errors.VendorError:  # noqa: D102
        del standings
        # In the vendor file's words: they hold more than the error itself.
        return throttled(429, None, {"Retry-After": whole_s(broken)}, type="rate_limit_error")


class _IetfDialect(LimitDialect):
    """draft-ietf-httpapi-ratelimit-headers: a problem (RFC 9457) names the policy that refused."""

    def refusal(self, standings: Standings, broken: LimitStanding) -> errors.VendorError:
        del standings
        return throttled(429, {"type": "about:blank#quota-exceeded", "violated-policies": [broken.name]})


@dialect("ietf-03")
class Ietf03Dialect(_IetfDialect):
    """Version 03 of the draft: three headers."""

    def headers(self, standings: Standings, wall: float) -> Headers:  # noqa: D102
        del wall
        count = scarcest(standings)
        if count is None:
            return {}
        return {
            "RateLimit-Limit": f"{count.limit:.0f}, {_quota_policies(standings)}",
            "RateLimit-Remaining": str(count.left),
            "RateLimit-Reset": str(math.ceil(count.full_in_s)),
        }


@dialect("ietf-07")
class Ietf07Dialect(_IetfDialect):
    """Version 07 of the draft: one dictionary (RFC 9651), and the policies."""

    def headers(self, standings: Standings, wall: float) -> Headers:  # noqa: D102
        del wall
        count = scarcest(standings)
        if count is None:
            return {}
        return {
            "RateLimit": f"limit={count.limit:.0f}, remaining={count.left}, reset={math.ceil(count.full_in_s)}",
            "RateLimit-Policy": _quota_policies(standings),
        }


@dialect("ietf-10")
class Ietf10Dialect(_IetfDialect):
    """Version 10 of the draft: every limit of requests and bytes, by its name."""

    def headers(self, standings: Standings, wall: float) -> Headers:  # noqa: D102
        del wall
        counts = [standing for standing in standings if standing.unit in ("requests", "bytes")]
        if not counts:
            return {}
        unit = {"requests": "", "bytes": ';qu="content-bytes"'}
        left = [
            f'"{count.name}";r={count.left};t={math.ceil(count.next_in_s if count.left < 1 else count.full_in_s)}'
            for count in counts
        ]
        policies = [
            f'"{count.name}";q={count.limit:.0f};w={math.ceil(count.period_s)}{unit[count.unit]}' for count in counts
        ]
        return {"RateLimit": ", ".join(left), "RateLimit-Policy": ", ".join(policies)}


def _quota_policies(standings: Standings) -> str:
    """Every limit of requests with its window, as the drafts up to 07 write them."""
    counts = [standing for standing in standings if standing.unit == "requests"]
    return ", ".join(f"{count.limit:.0f};w={math.ceil(count.period_s)}" for count in counts)
