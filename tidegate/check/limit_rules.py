"""Whether what the vendor file says about limits can be kept (TG004). It returns places and words, no findings."""

from collections.abc import Iterator

from tidegate.configfile.yaml_places import Loc
from tidegate.vendor.vendor import Concurrency, Facts, Limit, Quota

Bound = Limit | Quota | Concurrency


def bounds_of(facts: Facts) -> list[tuple[Loc, Bound]]:
    """Every limit of a vendor, with its place."""
    return [
        *((("facts", "limits", at), one) for at, one in enumerate(facts.limits)),
        *((("facts", "quotas", at), one) for at, one in enumerate(facts.quotas)),
        *((("facts", "concurrency", at), one) for at, one in enumerate(facts.concurrency)),
    ]


def misjudged(facts: Facts) -> Iterator[tuple[Loc, str]]:
    """Every limit that cannot be kept as it is written."""
    bounds = bounds_of(facts)
    if not bounds and not facts.adaptive:
        yield (
            ("facts", "limits"),
            "no limit is named; write the vendor's limits, or the highest rate that you mean to use",
        )
    for at, (loc, limit) in enumerate(bounds):
        if (limit.scope == "operations") != bool(limit.of):
            yield loc, "scope operations and the list `of` go together; write both or neither"
        if limit.name in [other.name for _, other in bounds[:at]]:
            yield (*loc, "name"), f"two limits are called {limit.name}; give each its own name"
        if isinstance(limit, Limit) and limit.aligned == "told" and facts.dialect is None:
            yield (*loc, "aligned"), "nothing tells when this period begins; write facts.dialect, or aligned: clock"
