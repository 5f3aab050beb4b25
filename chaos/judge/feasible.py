"""The number of intents that an omniscient client could have got done: the yardstick for "useful".

It knows every outage in advance, needs one request an intent, is answered at once, and wastes no token of the vendor's
documented limits. Among the intents that wait it serves the one with the earliest deadline first (EDF), which no other
order beats where one request is one unit. It is a bound, so a little above what any real client can reach.
"""

import heapq
from collections.abc import Iterable, Mapping, Sequence

from tidegate.chaos.apps.retry_loop import OPERATIONS, Intent
from tidegate.chaos.timeline.offered_load import Window
from tidegate.scenario.limit_meter import Meter
from tidegate.vendor.vendor import Limit

_STEP_S = 0.001
"""Time moves on by at least this, so that rounding cannot hold it still."""


def feasible(
    intents: Iterable[Intent],
    limits: Sequence[Limit],
    outages: Iterable[Window],
    operations: Mapping[str, str] = OPERATIONS,
) -> int:
    """The count of intents that can be done within [asked, asked + patience], limits and outages considered."""
    coming = sorted(intents, key=lambda intent: intent.start_s, reverse=True)
    away = sorted(outages)
    meter = Meter(limits)
    waiting: dict[str, list[tuple[float, str]]] = {}
    now, done = 0.0, 0
    while coming or any(waiting.values()):
        for begin, end in away:
            now = end if begin <= now < end else now
        while coming and coming[-1].start_s <= now:
            intent = coming.pop()
            entry = (intent.start_s + intent.patience_s, intent.id)
            heapq.heappush(waiting.setdefault(operations[intent.story], []), entry)
        served, ready = _serve(waiting, meter, now)
        done += served
        turns = [ready, coming[-1].start_s if coming else ready]
        now = max(now + _STEP_S, min(turns)) if served == 0 else now
    return done


def _serve(waiting: dict[str, list[tuple[float, str]]], meter: Meter, now: float) -> tuple[int, float]:
    """Serve everything that can be served now. Returns how many, and when it is worth looking again."""
    served, ready = 0, float("inf")
    while True:
        heads = []
        for operation, queue in waiting.items():
            while queue and queue[0][0] < now:
                heapq.heappop(queue)
            if queue:
                heads.append((queue[0], operation))
        ready = float("inf")
        for _, operation in sorted(heads):
            wait_s = meter.wait_s(operation, now)
            if wait_s <= 0:
                heapq.heappop(waiting[operation])
                meter.take(operation, now)
                served += 1
                break
            ready = min(ready, now + wait_s)
        else:
            return served, ready
