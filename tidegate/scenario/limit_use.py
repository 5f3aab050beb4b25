"""How full a vendor's limits were when each request arrived, for pictures of a run. The reading is the judges' own."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from tidegate.scenario.limit_meter import Arrival, Meter
from tidegate.vendor.vendor import Limit


class LimitUse(NamedTuple):
    """The use of the limits just after one arrival: the highest share of any, and whether one had no room for it."""

    at_s: float
    share: float
    over: bool


def limit_use(limits: Sequence[Limit], arrivals: Iterable[Arrival], *, slack_s: float = 0.0) -> list[LimitUse]:
    """One for each arrival, in the order of time. One that a limit has no room for uses nothing of that limit up."""
    uses: list[LimitUse] = []
    each = [(limit, Meter([limit], slack_s)) for limit in limits]
    for arrival in sorted(arrivals, key=lambda arrival: arrival.at_s):
        share, over = 0.0, False
        for limit, meter in each:
            # Fixed windows begin at whole multiples of their length on the vendor's wall clock.
            now = arrival.wall_s if limit.algorithm == "fixed" else arrival.at_s
            if meter.wait_s(arrival.operation, now) > 0:
                over = True
            else:
                meter.take(arrival.operation, now)
            share = max(share, meter.share(arrival.operation, now))
        uses.append(LimitUse(arrival.at_s, share, over))
    return uses
