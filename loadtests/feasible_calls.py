"""The calls of a burst that a vendor's limits leave room for: the yardstick for what was done.

Pure. It knows nothing of statuses or what apps were told.
"""

from bisect import bisect_right, insort
from collections.abc import Iterable, Sequence

from tidegate.scenario.limit_meter import Arrival, group_of
from tidegate.vendor.vendor import Limit

_ROUNDING_S = 1e-9
"""The error of sums of fractions of a second."""


def feasible_calls(
    limits: Sequence[Limit],
    demand: Iterable[Arrival],
    *,
    wait_s: float,
    depth: int,
    used_up_at_s: float | None = None,
) -> list[bool]:
    """True for each call that a first-come, first-served caller could have made in time, in order of planned starts.

    A call may wait `wait_s` seconds for its permits, and at most `depth` calls wait at once. A window limit is counted
    as a steady rate with no depth, which is a little less than the vendor would allow. At `used_up_at_s` every bucket
    is empty: whoever has just started does not know what was taken before.
    """
    full_at_s: dict[tuple[str, str], float] = {}
    starts: list[float] = []
    feasible = []
    for call in sorted(demand, key=lambda arrival: arrival.at_s):
        buckets = [
            (limit, (limit.name, group)) for limit in limits if (group := group_of(limit, call.operation)) is not None
        ]
        # A bucket of depth n lets a call start n - 1 gaps before the moment at which it would be full.
        for limit, place in buckets:
            if place not in full_at_s and used_up_at_s is not None and limit.algorithm == "token-bucket":
                full_at_s[place] = used_up_at_s + limit.burst / limit.rate.per_second
        ready = (full_at_s.get(place, call.at_s) - _depth_s(limit) for limit, place in buckets)
        start_s = max([call.at_s, *ready])
        waiting = len(starts) - bisect_right(starts, call.at_s)
        possible = start_s - call.at_s <= wait_s + _ROUNDING_S and (start_s == call.at_s or waiting < depth)
        feasible.append(possible)
        if possible:
            insort(starts, start_s)
            for limit, place in buckets:
                full_at_s[place] = max(full_at_s.get(place, start_s), start_s) + 1 / limit.rate.per_second
    return feasible


def _depth_s(limit: Limit) -> float:
    return (limit.burst - 1) / limit.rate.per_second if limit.algorithm == "token-bucket" else 0.0
