"""The vendor's limits, read a third time: how many arrivals were above them, and how many calls they leave room for.

The proxy respects limits and the simulator enforces them; this recomputes both from times alone and shares no code with
either, so that one bug cannot hide in all three. Pure. It knows nothing of calls, statuses or what apps were told.
"""

from bisect import bisect_right, insort
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from tidegate.vendor import Limit

_ROUNDING_S = 1e-9
"""What sums of fractions of a second may lose."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """One request as the vendor saw it: `at_s` seconds of its run, `wall_s` seconds since 1970 on its clock.

    `operation` is empty where the document has none.
    """

    at_s: float
    operation: str
    wall_s: float = 0.0


def over_quota(limits: Sequence[Limit], arrivals: Iterable[Arrival], *, slack_s: float = 0.0) -> dict[str, int]:
    """How many arrivals each limit had no room for, by the limit's name (all of them, 0 where it was kept).

    `slack_s` widens each limit by what its rate lets through in that time: requests that left in time may arrive
    together, because the network and the vendor's own process delay some of them. 0 is the strict reading.
    """
    ordered = sorted(arrivals, key=lambda arrival: arrival.at_s)
    found = dict.fromkeys((limit.name for limit in limits), 0)
    for limit in limits:
        groups: dict[str, list[float]] = {}
        for arrival in ordered:
            if (group := _group(limit, arrival.operation)) is not None:
                # Fixed windows begin at whole multiples of their length on the vendor's wall clock.
                groups.setdefault(group, []).append(arrival.wall_s if limit.algorithm == "fixed" else arrival.at_s)
        found[limit.name] += sum(_over(limit, times, slack_s) for times in groups.values())
    return found


def feasible(limits: Sequence[Limit], wanted: Iterable[Arrival], *, wait_s: float, depth: int) -> list[bool]:
    """Whether a first-come, first-served caller could have made each call in time, in order of their planned starts.

    A call may wait `wait_s` seconds for its permits, and at most `depth` calls wait at once. A window limit is counted
    as a steady rate with no depth, which is a little less than the vendor would allow.
    """
    full_at_s: dict[tuple[str, str], float] = {}
    starts: list[float] = []
    found = []
    for call in sorted(wanted, key=lambda arrival: arrival.at_s):
        buckets = [
            (limit, (limit.name, group)) for limit in limits if (group := _group(limit, call.operation)) is not None
        ]
        # A bucket of depth n lets a call start n - 1 gaps before the moment at which it would be full.
        ready = (full_at_s.get(place, call.at_s) - _depth_s(limit) for limit, place in buckets)
        start_s = max([call.at_s, *ready])
        waiting = len(starts) - bisect_right(starts, call.at_s)
        possible = start_s - call.at_s <= wait_s + _ROUNDING_S and (start_s == call.at_s or waiting < depth)
        found.append(possible)
        if possible:
            insort(starts, start_s)
            for limit, place in buckets:
                full_at_s[place] = max(full_at_s.get(place, start_s), start_s) + 1 / limit.rate.per_second
    return found


def _depth_s(limit: Limit) -> float:
    return (limit.burst - 1) / limit.rate.per_second if limit.algorithm == "token-bucket" else 0.0


def _group(limit: Limit, operation: str) -> str | None:
    """Which of the limit's counters an operation falls under, None where the limit does not concern it."""
    if limit.of and not any(fnmatchcase(operation, pattern) for pattern in limit.of):
        return None
    return operation if limit.scope == "operation" else ""


def _over(limit: Limit, times: Sequence[float], slack_s: float) -> int:
    slack = limit.rate.per_second * slack_s
    if limit.algorithm == "token-bucket":
        return _over_bucket(limit.rate.per_second, limit.burst + slack, times)
    most = limit.rate.count + slack
    if limit.algorithm == "sliding":
        return _over_sliding(limit.rate.per_s, most, times)
    return _over_fixed(limit.rate.per_s, most, times)


def _over_bucket(per_second: float, depth: float, times: Sequence[float]) -> int:
    tokens, last, over = depth, times[0], 0
    for at_s in times:
        tokens = min(depth, tokens + (at_s - last) * per_second)
        last = at_s
        if tokens >= 1 - per_second * _ROUNDING_S:
            tokens -= 1
        else:
            over += 1
    return over


def _over_sliding(window_s: float, most: float, times: Sequence[float]) -> int:
    inside: deque[float] = deque()
    over = 0
    for at_s in times:
        while inside and inside[0] <= at_s - window_s + _ROUNDING_S:
            inside.popleft()
        if len(inside) + 1 <= most:
            inside.append(at_s)
        else:
            over += 1
    return over


def _over_fixed(window_s: float, most: float, times: Sequence[float]) -> int:
    counts: dict[int, int] = {}
    for at_s in times:
        window = int(at_s // window_s)
        counts[window] = counts.get(window, 0) + 1
    return sum(max(0, count - int(most)) for count in counts.values())
