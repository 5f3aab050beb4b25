"""TG004: limits that can be kept as they are written, and an alert before one is used up."""

from collections.abc import Iterator

from tidegate.configfile.rule import Breach, rule
from tidegate.configfile.yaml_places import Loc
from tidegate.plan.bounds import Bound
from tidegate.policy.policy import Policy
from tidegate.vendor.facts import Facts, Limit

HOLDS = "every vendor has at least one limit, and a quota alert below 100 %"


def bounds_of(facts: Facts) -> list[tuple[Loc, Bound]]:
    """Every bound of a vendor, with its place in the facts."""
    return [
        *((("limits", at), limit) for at, limit in enumerate(facts.limits)),
        *((("quotas", at), quota) for at, quota in enumerate(facts.quotas)),
        *((("concurrency", at), limit) for at, limit in enumerate(facts.concurrency)),
    ]


@rule("TG004", HOLDS, Facts)
def check_limits(facts: Facts) -> Iterator[Breach]:
    """There is a limit, each has its own name, and what it says of itself fits together."""
    bounds = bounds_of(facts)
    if not bounds and not facts.adaptive:
        text = "no limit is named; write the vendor's limits, or the highest rate that you mean to use"
        yield Breach(("limits",), text)
    for at, (loc, bound) in enumerate(bounds):
        if (bound.scope == "operations") != bool(bound.of):
            yield Breach(loc, "scope operations and the list `of` go together; write both or neither")
        if bound.name in [other.name for _, other in bounds[:at]]:
            yield Breach((*loc, "name"), f"two limits are called {bound.name}; give each its own name")
        if isinstance(bound, Limit) and bound.aligned == "told" and facts.dialect is None:
            text = "nothing tells when this period begins; write facts.dialect, or aligned: clock"
            yield Breach((*loc, "aligned"), text)


@rule("TG004", HOLDS, Policy)
def check_quota_alert(policy: Policy) -> Iterator[Breach]:
    """An alert is raised before a limit is used up."""
    if not any(0 < share < 1 for share in policy.quota_alert):
        text = "no quota alert below 100%; write when you want to know, like [80%, 95%]"
        yield Breach(("quota_alert",), text)
