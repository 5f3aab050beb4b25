"""How fast deliveries that a person sends again in bulk may go: a share of what their operation may send at all.

They are spread over time when they are put back, so that live traffic never meets them as a wall. The limits of the
operation hold for them besides. It refuses to know what a delivery holds.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from tidegate.vendor.vendor import Limit, Quota

SHARE = 0.1
"""Of the operation's limit, where nobody says otherwise."""
SHARE_MIN = 0.001
RATE_UNKNOWN_PER_S = 10.0
"""Of an operation whose vendor documents no limit on requests, and of an app that gets webhooks."""
_PERIOD_S = {"day": 86_400.0, "month": 31 * 86_400.0}


class PaceBound(NamedTuple):
    """What bounds a pace: requests a second, and the name of what all operations that it bounds share.

    The name is empty where an operation has the bound for itself.
    """

    rate_per_s: float
    shared: str = ""


def tightest_bound(limits: Iterable[Limit], quotas: Iterable[Quota], learned: float | None = None) -> PaceBound:
    """The tightest bound on what an operation may send; `learned` is the rate that was found by trying.

    Bounds that count something else than requests are left out: nobody knows what a delivery uses of them.
    """
    bounds = [PaceBound(limit.rate.per_second, _shared(limit)) for limit in limits if limit.unit == "requests"]
    bounds += [
        PaceBound(quota.count / _PERIOD_S[quota.per], _shared(quota)) for quota in quotas if quota.unit == "requests"
    ]
    if learned is not None:
        bounds.append(PaceBound(learned, "adaptive"))
    return min(bounds, default=PaceBound(RATE_UNKNOWN_PER_S))


def _shared(bound: Limit | Quota) -> str:
    return "" if bound.scope == "operation" else bound.name


@dataclass(slots=True)
class ReplayPace:
    """The pace of what one bound holds for. `next_at` is when its next one may go, in seconds of the store's age.

    It goes on over several bulk replays, so that a second one comes after the first.
    """

    next_at: float = 0.0

    def take(self, now: float, rate: float, share: float) -> float:
        """When the next delivery may be sent, at `share` of `rate` requests a second."""
        at = max(now, self.next_at)
        self.next_at = at + _gap_s(rate, share)
        return at

    def last(self, now: float, rate: float, share: float, count: int) -> float:
        """When the last of so many could be sent, if they were taken now."""
        return max(now, self.next_at) + (count - 1) * _gap_s(rate, share)


def _gap_s(rate: float, share: float) -> float:
    return 1.0 / (rate * max(share, SHARE_MIN))
