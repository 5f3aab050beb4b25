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


@dataclass(frozen=True, slots=True)
class Arrival:
    """One request as the vendor saw it: `at_s` seconds on its clock. `operation` is empty where the document has none."""

    at_s: float
    operation: str


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
                groups.setdefault(group, []).append(arrival.at_s)
        found[limit.name] += sum(_over(limit, times, slack_s) for times in groups.values())
    return found


def feasible(limits: Sequence[Limit], wanted: Iterable[Arrival], *, wait_s: float, depth: int) -> list[bool]:
    """For each call in order of its planned start: could a first-come, first-served caller have made it in time?

    A call may wait `wait_s` seconds for its permits, and at most `depth` calls wait at once. What a window limit leaves
    is counted as a steady rate, which promises a little less than the vendor would allow.
    """
    earliest: dict[tuple[str, str], float] = {}
    starts: list[float] = []
    found = []
    for call in sorted(wanted, key=lambda arrival: arrival.at_s):
        buckets = [
            ((limit.name, group), limit)
            for limit in limits
            if (group := _group(limit, call.operation)) is not None
        ]
        start_s = max([call.at_s, *(earliest.get(key, call.at_s) for key, _ in buckets)])
        waiting = len(starts) - bisect_right(starts, call.at_s)
        possible = start_s - call.at_s <= wait_s and (start_s == call.at_s or waiting < depth)
        found.append(possible)
        if not possible:
            continue
        insort(starts, start_s)
        for key, limit in buckets:
            gap_s = 1 / limit.rate.per_second
            # GCRA: a bucket that is not full lets the next one start a depth's worth of gaps before its own time.
            full_at_s = max(earliest.get(key, -1e18) + (limit.burst - 1) * gap_s, start_s) + gap_s
            earliest[key] = full_at_s - (limit.burst - 1) * gap_s
    return found


def _group(limit: Limit, operation: str) -> str | None:
    """Which of the limit's counters an operation falls under, None where the limit does not concern it."""
    if limit.scope == "credential":
        return ""
    if limit.scope == "operation":
        return operation
    return "" if any(fnmatchcase(operation, pattern) for pattern in limit.of) else None


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
        # A thousandth of a token forgives the rounding of sums of floats, never a request.
        if tokens >= 0.999:
            tokens -= 1
        else:
            over += 1
    return over


def _over_sliding(window_s: float, most: float, times: Sequence[float]) -> int:
    inside: deque[float] = deque()
    over = 0
    for at_s in times:
        while inside and inside[0] <= at_s - window_s:
            inside.popleft()
        if len(inside) + 1 <= most:
            inside.append(at_s)
        else:
            over += 1
    return over


def _over_fixed(window_s: float, most: float, times: Sequence[float]) -> int:
    """The windows' phase is not known from outside, so the count is for windows that begin at 0 of the vendor's clock."""
    counts: dict[int, int] = {}
    for at_s in times:
        window = int(at_s // window_s)
        counts[window] = counts.get(window, 0) + 1
    return sum(max(0, count - int(most)) for count in counts.values())
