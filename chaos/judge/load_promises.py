"""The judge of the load on the vendor: within its limits and the budget of retries, and as much as it can take.

Functions of the evidence, as in chaos/judge/promises.py. Single resends are resend_promises'.
"""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain, repeat
from math import inf
from typing import Any

from tidegate.chaos.apps.search_apps import AppCall
from tidegate.chaos.judge.evidence import Evidence
from tidegate.chaos.judge.excuses import COMMITS, LATE_S, longest_call_s, slow_disk_s, token_recoveries, trouble_moments
from tidegate.chaos.judge.invariants import Entry, arrivals
from tidegate.chaos.timeline.credential_change import ASKED
from tidegate.chaos.timeline.offered_load import outages
from tidegate.scenario.limit_meter import Arrival, over_quota
from tidegate.vendor.vendor import Limit

RETRY_WINDOW_S = 10.0
RETRY_FLOOR = 3
QUEUED_FACTOR = 2
"""Retries that waited in the limiter's queue may meet later ones: in a trial twice the budget is still believed."""
REACTION_S = 0.8
"""Seconds: a request on its way, or connecting, when the vendor said "pause" may still come: three ways of 200 ms."""
UNDER_WAY = 2
"""No call is under way for longer than so many times what the policy gives it."""


def beyond_limits(evidence: Evidence) -> Iterator[str]:
    """The vendor's documented limit is respected, by a reading of it that is the judge's own.

    The vendor counts what each key does. Its token endpoint is outside of its limits. Of what it answers in an outage,
    before it has read the key, only the sum of all keys is known.
    """
    pool = evidence.drawn.pool
    entries = [entry for entry in evidence.entries if entry["operation"] != ASKED]
    for who in dict.fromkeys(entry.get("app", "") for entry in entries):
        own = [entry for entry in entries if entry.get("app", "") == who]
        for limit in evidence.limits:
            counted = limit if who or pool is None else _times(limit, len(pool.members))
            over = _over(counted, own)
            if over:
                yield f"{over} requests of {who} came beyond {counted.rate}, burst {counted.burst}"


def _over(limit: Limit, entries: Sequence[Entry]) -> int:
    """The number of requests beyond a limit; of periods that begin anew, all but one in each.

    The vendor's clock says when such a period begins, and a request may be on its way then.
    """
    if limit.algorithm != "fixed":
        return sum(over_quota([limit], arrivals(entries)).values())
    by_clock = [Arrival(entry["at"], entry["operation"], wall_s=entry["wall"]) for entry in entries]
    periods = {int(arrival.wall_s // limit.rate.per_s) for arrival in by_clock}
    return max(sum(over_quota([limit], by_clock).values()) - len(periods), 0)


def _times(limit: Limit, count: int) -> Limit:
    """So many limits together."""
    assert limit.rate is not None
    rate = replace(limit.rate, count=limit.rate.count * count)
    return limit.model_copy(update={"rate": rate, "burst": limit.burst * count})


def crammed(evidence: Evidence) -> Iterator[str]:
    """No more requests of one operation wait for their answers at once than its bulkhead has places.

    A request holds its place from before it is sent until its answer has come; so those that overlap each hold one.
    """
    turns = dict[str, list[tuple[float, int]]]()
    operations = {call.tag: evidence.story(call).operation for call in evidence.calls}
    for tag, sent_s, answered_s in evidence.tap.waits:
        if tag in operations:
            turns.setdefault(operations[tag], []).extend(((sent_s, 1), (answered_s, -1)))
    for operation, moments in turns.items():
        held, places = 0, _places(evidence, operation)
        for at, turn in sorted(moments):
            held += turn
            if held > places:
                yield f"{held} requests of {operation} were under way at {at:.3f} s, and there are {places} places"
                return


def _places(evidence: Evidence, operation: str) -> float:
    """The places of the operation's group: of a file that has no bulkhead, any number."""
    if evidence.file is None:
        return evidence.drawn.places.concurrent
    plan = evidence.file.plans.get(operation)
    return plan.bulkhead if plan is not None and plan.bulkhead else inf


def retried(evidence: Evidence) -> Iterator[str]:
    """In every 10 s, resends on the wire are within the budget of the calls that were under way.

    What was lost with a connection that had carried a request before goes again outside the budget.
    """
    begins = sorted(call.sent_s for call in evidence.calls)
    ends = sorted(call.ended_s for call in evidence.calls)
    seen, recent = set[str](), list[float]()
    ups = sorted(up_s for _, up_s in evidence.happened.crashes)
    own_ends, again = evidence.ends, Counter(tag for _, tag in evidence.tap.unknown_keys) + evidence.tap.lost
    for at, tag in evidence.tap.sends:
        if at > own_ends.get(tag, at):
            continue  # carried out later: a first try of its own
        if tag not in seen:
            seen.add(tag)
            continue
        if again[tag]:
            again[tag] -= 1  # under another key, as the vendor did not know this one, or by a new connection
            continue
        life = ups[bisect_right(ups, at) - 1] if ups and ups[0] <= at else 0.0
        recent = [before for before in recent if before > max(at - RETRY_WINDOW_S, life)] + [at]
        calls = bisect_right(begins, at) - bisect_left(ends, at - 2 * RETRY_WINDOW_S)
        allowed = QUEUED_FACTOR * max(RETRY_FLOOR, evidence.policy.retry.budget * calls)
        if len(recent) > allowed:
            yield f"{len(recent)} retries in the 10 s before {at:.1f} s, of {calls} calls"
            return


def starved(evidence: Evidence) -> Iterator[str]:
    """A retry is refused for the budget only where retries that were sent, or are waiting, use it up.

    A crash takes the log lines of what was under way with it, so nothing is said of refusals near one.
    """
    calls = [line for line in evidence.lines if isinstance(line.get("attempts"), list)]
    written_s = LATE_S + COMMITS * slow_disk_s(evidence)  # the line comes after the commits
    known_s = RETRY_WINDOW_S + 1.0 + written_s
    for refused in calls:
        at = refused["at"]
        crashed = any(abs(at - crash) < UNDER_WAY * longest_call_s(evidence) for crash, _ in evidence.happened.crashes)
        if refused.get("stop") != "retry budget" or crashed:
            continue
        used = sum(
            len(line["attempts"]) - 1 + (line["at"] > at - written_s) + _is_resent(line)
            for line in calls
            if line is not refused and line["attempts"] and line["at"] > at - known_s and _began(line) <= at
        )
        used += max(len(refused["attempts"]) - 1, 0) + _is_resent(refused)
        if used < RETRY_FLOOR:
            yield f"at {at:.1f} s a retry was refused for the budget, of which {used} were used"
            return


def hurried(evidence: Evidence) -> Iterator[str]:
    """After a 429 with Retry-After nothing is sent before its time, except what was on its way.

    A vendor of somebody's own may have limits for some operations only: there it is said of the operation alone.
    """
    operations = {call.tag: evidence.story(call).operation for call in evidence.calls} if evidence.file else {}
    for (begin, until, key), to in zip(evidence.tap.pauses, chain(evidence.tap.paused, repeat("")), strict=False):
        senders, whose = chain(evidence.tap.senders, repeat("")), operations.get(to)
        times = [
            at
            for (at, tag), sender in zip(evidence.tap.sends, senders, strict=False)
            if sender == key and operations.get(tag) == whose
        ]
        up_s = min((crash for crash, up in evidence.happened.crashes if up > begin), default=float("inf"))
        place = bisect_right(times, begin + REACTION_S)
        if place < len(times) and times[place] < min(until - 0.01, up_s):
            yield f"sent at {times[place]:.2f} s, and the vendor had said at {begin:.2f} s: not before {until:.2f} s"
            return


def held_back(evidence: Evidence) -> Iterator[str]:
    """The breaker refuses only within its longest open time plus the ramp of something that went wrong.

    It can only find out that all is well by calls: between the two, as many are made as it takes probes.
    """
    breaker, away = evidence.policy.breaker, outages(evidence.scenario)
    # A connection that is reset as soon as it is made carries nothing that the wire could show.
    vain = [call.ended_s for call in evidence.calls if any(begin <= call.ended_s <= end for begin, end in away)]
    trouble = sorted([*trouble_moments(evidence), *vain, *token_recoveries(evidence)])
    sends = _sends_by_group(evidence)
    longest_s = breaker.ramp + evidence.policy.timeout.attempt + 1.0
    for call in evidence.calls:
        if call.problem == "vendor-unavailable" and not call.attempts:
            place, own = bisect_right(trouble, call.ended_s), sends[_group(evidence, call)]
            probing = own[bisect_right(own, trouble[place - 1] + breaker.open_max) :] if place else own
            if not place or call.ended_s - min(probing[breaker.probes - 1 :], default=call.ended_s) > longest_s:
                yield f"call {call.tag} was held back at {call.ended_s:.1f} s, long after the last trouble"
                return


def _sends_by_group(evidence: Evidence) -> Mapping[str, list[float]]:
    """The moments at which calls of each group of operations were sent: each group has a breaker of its own."""
    groups = dict[str, list[float]]()
    for call in sorted(evidence.calls, key=lambda call: call.sent_s):
        groups.setdefault(_group(evidence, call), []).append(call.sent_s)
    return groups


def _group(evidence: Evidence, call: AppCall) -> str:
    plan = evidence.file.plans.get(evidence.story(call).operation) if evidence.file is not None else None
    return plan.breaker_group if plan is not None else ""


def hammered(evidence: Evidence) -> Iterator[str]:
    """A vendor that has been away for longer than the breaker's window is only probed."""
    breaker, groups = evidence.policy.breaker, max(len(_sends_by_group(evidence)), 1)
    if breaker.last is not None or breaker.mode == "report":
        return
    attempts = sorted([at for at, _ in evidence.tap.sends] + evidence.tap.failed_dials)
    probes = breaker.probes * (breaker.window / (0.8 * breaker.open) + 1)
    for begin, end in outages(evidence.scenario):
        ups = [up_s for _, up_s in evidence.happened.crashes if begin < up_s < end]
        at = max([begin, *ups]) + breaker.window
        if at + breaker.window <= end:
            count = bisect_left(attempts, at + breaker.window) - bisect_left(attempts, at)
            if count > groups * (breaker.calls + probes) + 10:
                yield f"{count} attempts in {breaker.window:g} s of an outage, from {at:.1f} s on"


def _is_resent(line: Mapping[str, Any]) -> bool:
    """True for a call that the outbox carries: one that was tried before takes from the budget, too."""
    return "deliveries" in line or "delivery" in line


def _began(line: Mapping[str, Any]) -> float:
    return float(line["at"] - line["took_ms"] / 1000)
