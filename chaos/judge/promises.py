"""The judge of a search: every promise of the design, each as a function of the evidence that returns what broke it.

It reads the vendor's journal, the wire, what apps were told, and the log, and shares no code with proxy or simulator.
Each function is sound rather than sharp: where the evidence leaves a doubt, the promise counts as kept. That each can
fail is shown by its test, and by planted bugs (tests/chaos/mutants.py).
"""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from tidegate.chaos.apps.retry_loop import IntentResult, ReportedOutcome
from tidegate.chaos.apps.search_apps import EFFECTS, OPERATIONS, STORIES
from tidegate.chaos.judge.answer_promises import committed, crossed, stale, strange, vague, whole
from tidegate.chaos.judge.evidence import Evidence
from tidegate.chaos.judge.feasible import feasible
from tidegate.chaos.judge.invariants import USEFUL_SHARE, arrivals
from tidegate.chaos.judge.resend_promises import eager, given_up, unwanted
from tidegate.chaos.timeline.offered_load import Window, outages
from tidegate.scenario.fault import Fault
from tidegate.scenario.fault_kinds import known_kinds
from tidegate.scenario.limit_meter import over_quota

RETRY_WINDOW_S = 10.0
RETRY_FLOOR = 3
QUEUED_FACTOR = 2
"""Retries that waited in the limiter's queue may meet later ones: in a trial twice the budget is still believed."""
LATE_S = 0.15
"""The way to the app and back, and two commits."""
COMMITS = 4
"""A call commits twice, and may find another commit under way each time."""
REACTION_S = 0.8
"""What was on its way, or connecting, when the vendor said "pause" may still be sent: three ways of 200 ms and some."""
ON_THE_WAY_S = 2.0
"""What is asked so shortly before an outage may be on its way, or in the queue, when it begins."""
UNDER_WAY_S = 40.0
"""No call is under way for longer than this: twice what the policy gives it."""
ROUGH_SHARE = 0.15
"""A fault that hits more than this share of requests is an outage to the yardstick of usefulness."""
APP_WAIT_S = 10.0
"""An app's longest wait between two calls."""


def violations(evidence: Evidence) -> list[str]:
    """What was broken, one sentence each, its first word the promise."""
    return [f"{name}: {found}" for name, check in PROMISES.items() for found in check(evidence)]


def _effects(evidence: Evidence) -> Counter[tuple[str, str]]:
    return Counter((effect["kind"], effect["intent"]) for entry in evidence.entries for effect in entry["effects"])


def _of_writes(evidence: Evidence) -> Iterator[tuple[ReportedOutcome, str, int]]:
    found = _effects(evidence)
    for ending in evidence.endings:
        effect = EFFECTS.get(OPERATIONS[ending.intent.story])
        if effect is not None:
            yield ending.told, ending.intent.id, found[effect, ending.intent.id]


def _doubled(evidence: Evidence) -> Iterator[str]:
    for _, intent, count in _of_writes(evidence):
        if count > 1:
            yield f"{intent} happened {count} times"


def _lost(evidence: Evidence) -> Iterator[str]:
    for told, intent, count in _of_writes(evidence):
        if told is ReportedOutcome.DONE and not count:
            yield f"the app was told that {intent} is done, and the vendor has nothing"


def _contradicted(evidence: Evidence) -> Iterator[str]:
    for told, intent, count in _of_writes(evidence):
        if told is ReportedOutcome.NOT_APPLIED and count:
            yield f"the app was told that {intent} did not happen, but it had"


def _over_quota(evidence: Evidence) -> Iterator[str]:
    over = sum(over_quota([evidence.drawn.limit], arrivals(evidence.entries)).values())
    if over:
        yield f"{over} requests came beyond {evidence.drawn.limit.rate}, burst {evidence.drawn.limit.burst}"


def _secret(evidence: Evidence) -> Iterator[str]:
    if evidence.leaked:
        yield f"{evidence.leaked} outputs show the vendor's secret, or an app's"
    if evidence.tap.tokens:
        yield f"{evidence.tap.tokens} requests show the vendor an app's token"


def _surprise(evidence: Evidence) -> Iterator[str]:
    """Nothing that nobody expects: no bug in the log, and no app is told that its good request is bad."""
    yield from evidence.surprises
    for asked in evidence.asked:
        if asked.problem in ("bad-request", "idempotency-mismatch", "internal-error"):
            yield f"call {asked.tag} was told {asked.problem}"
            break
    for line in evidence.lines:
        if "bug" in line:
            yield f"the proxy failed with {line['bug']} at {', '.join(line['where'][-2:])}"


def _late(evidence: Evidence) -> Iterator[str]:
    """The first byte comes within the call's time, and the last within the stream's."""
    late_s = LATE_S + COMMITS * _slow_disk_s(evidence)
    total_s = evidence.policy.stream.total + late_s
    for asked in evidence.asked:
        heard_s = asked.told_s if asked.headed_s is None else asked.headed_s
        took_s, streamed_s = heard_s - asked.sent_s, asked.told_s - heard_s
        if took_s > asked.allowed_s + late_s:
            yield f"call {asked.tag} was answered after {took_s:.3f} s; it had {asked.allowed_s:g} s"
        if streamed_s > total_s:
            yield f"call {asked.tag} was streamed for {streamed_s:.3f} s"


def _slow_disk_s(evidence: Evidence) -> float:
    return sum(fault.commit_delay_s for fault in evidence.scenario.faults)


def _retries(evidence: Evidence) -> Iterator[str]:
    """In every 10 s, resends on the wire are within the budget of the calls that were under way."""
    begins = sorted(asked.sent_s for asked in evidence.asked)
    ends = sorted(asked.told_s for asked in evidence.asked)
    seen, recent = set[str](), list[float]()
    ups = sorted(up_s for _, up_s in evidence.happened.crashes)
    for at, tag in evidence.tap.sends:
        if tag not in seen:
            seen.add(tag)
            continue
        life = ups[bisect_right(ups, at) - 1] if ups and ups[0] <= at else 0.0
        recent = [before for before in recent if before > max(at - RETRY_WINDOW_S, life)] + [at]
        calls = bisect_right(begins, at) - bisect_left(ends, at - 2 * RETRY_WINDOW_S)
        allowed = QUEUED_FACTOR * max(RETRY_FLOOR, evidence.policy.retry.budget * calls)
        if len(recent) > allowed:
            yield f"{len(recent)} retries in the 10 s before {at:.1f} s, of {calls} calls"
            return


def _starved(evidence: Evidence) -> Iterator[str]:
    """A retry is refused for the budget only where retries that were sent, or are waiting, use it up.

    A crash takes the log lines of what was under way with it, so nothing is said of refusals near one.
    """
    calls = [line for line in evidence.lines if "attempts" in line]
    written_s = LATE_S + COMMITS * _slow_disk_s(evidence)  # the line comes after the commits
    known_s = RETRY_WINDOW_S + 1.0 + written_s
    for refused in calls:
        at = refused["at"]
        crashed = any(abs(at - crash) < UNDER_WAY_S for crash, _ in evidence.happened.crashes)
        if refused.get("stop") != "retry budget" or crashed:
            continue
        used = sum(
            len(line["attempts"]) - 1 + (line["at"] > at - written_s)
            for line in calls
            if line is not refused and line["attempts"] and line["at"] > at - known_s and _began(line) <= at
        )
        used += max(len(refused["attempts"]) - 1, 0)
        if used < RETRY_FLOOR:
            yield f"at {at:.1f} s a retry was refused for the budget, of which {used} were used"
            return


def _began(line: Mapping[str, Any]) -> float:
    return float(line["at"] - line["took_ms"] / 1000)


def _hurried(evidence: Evidence) -> Iterator[str]:
    """After a 429 with Retry-After nothing is sent before its time, except what was on its way."""
    times = [at for at, _ in evidence.tap.sends]
    for begin, until in evidence.tap.pauses:
        up_s = min((crash for crash, up in evidence.happened.crashes if up > begin), default=float("inf"))
        place = bisect_right(times, begin + REACTION_S)
        if place < len(times) and times[place] < min(until - 0.01, up_s):
            yield f"sent at {times[place]:.2f} s, and the vendor had said at {begin:.2f} s: not before {until:.2f} s"
            return


def _trouble(evidence: Evidence) -> list[float]:
    """Moments at which the vendor, or the way to it, did not do well."""
    slow_s = evidence.policy.breaker.slow - 1.0
    away = outages(evidence.scenario)
    harmful = {name for name, kind in known_kinds(Fault).items() if kind.harmful}
    found = [
        entry["at"] + entry["took_s"]
        for entry in evidence.entries
        if entry["took_s"] > slow_s or harmful & {*entry["faults"]}
    ]
    found += [at for at, _ in evidence.tap.sends if any(begin - 1.0 <= at <= end + 1.0 for begin, end in away)]
    return sorted([*found, *evidence.happened.cuts, *evidence.tap.failed_dials])


def _held_back(evidence: Evidence) -> Iterator[str]:
    """The breaker refuses only within its longest open time plus the ramp of something that went wrong.

    It can only find out that all is well by calls: between the two, as many are made as it takes probes.
    """
    breaker, trouble = evidence.policy.breaker, _trouble(evidence)
    sends = sorted(asked.sent_s for asked in evidence.asked)
    longest_s = breaker.ramp + evidence.policy.timeout.attempt + 1.0
    for asked in evidence.asked:
        if asked.problem == "vendor-unavailable" and not asked.attempts:
            place = bisect_right(trouble, asked.told_s)
            probing = sends[bisect_right(sends, trouble[place - 1] + breaker.open_max) :] if place else sends
            if not place or asked.told_s - min(probing[breaker.probes - 1 :], default=asked.told_s) > longest_s:
                yield f"call {asked.tag} was held back at {asked.told_s:.1f} s, long after the last trouble"
                return


def _hammered(evidence: Evidence) -> Iterator[str]:
    """A vendor that has been away for longer than the breaker's window is only probed."""
    breaker = evidence.policy.breaker
    attempts = sorted([at for at, _ in evidence.tap.sends] + evidence.tap.failed_dials)
    probes = breaker.probes * (breaker.window / (0.8 * breaker.open) + 1)
    for begin, end in outages(evidence.scenario):
        ups = [up_s for _, up_s in evidence.happened.crashes if begin < up_s < end]
        at = max([begin, *ups]) + breaker.window
        if at + breaker.window <= end:
            count = bisect_left(attempts, at + breaker.window) - bisect_left(attempts, at)
            if count > breaker.calls + probes + 10:
                yield f"{count} attempts in {breaker.window:g} s of an outage, from {at:.1f} s on"


def _lost_time(evidence: Evidence) -> list[Window]:
    """When nobody could be asked to get much done: outages, what comes close to one, and the recovery from them."""
    breaker = evidence.policy.breaker
    recovery_s = breaker.open_max + breaker.ramp + APP_WAIT_S
    rough = [
        (fault.begin, fault.end_s + (recovery_s if fault.trips_breaker else APP_WAIT_S))
        for fault in evidence.scenario.faults
        if fault.end_s is not None and fault.calls_hit > ROUGH_SHARE
    ]
    away = [(begin - ON_THE_WAY_S, end + recovery_s) for begin, end in outages(evidence.scenario)]
    return [*rough, *away, *((crash, up_s + APP_WAIT_S) for crash, up_s in evidence.happened.crashes)]


def _useful(evidence: Evidence) -> Iterator[str]:
    """Of what was feasible, less what nobody could have saved, 95 % is done.

    An app in a hurry is not counted: how often it is served in its time depends on the vendor, the wire and the disk;
    nor is one that asks a few times only, and for the last time when nothing could be done.
    """
    lost = _lost_time(evidence)
    ends = [
        one for one in evidence.endings if not STORIES[one.intent.story].in_a_hurry and not _gave_up_within(one, lost)
    ]
    possible = feasible((ending.intent for ending in ends), [evidence.drawn.limit], lost, OPERATIONS)
    count = Counter(ending.told for ending in ends)
    under_way = sum(
        asked.sent_s <= crash <= asked.told_s for crash, _ in evidence.happened.crashes for asked in evidence.asked
    )
    done, excused = (
        count[ReportedOutcome.DONE],
        min(count[ReportedOutcome.UNKNOWN], len(_trouble(evidence)) + under_way),
    )
    if done + excused < USEFUL_SHARE * possible:
        yield f"{done} done and {excused} past saving are less than {USEFUL_SHARE:.0%} of {possible} feasible"


def _gave_up_within(ending: IntentResult, lost: Sequence[Window]) -> bool:
    if ending.told is ReportedOutcome.DONE or len(ending.statuses) < STORIES[ending.intent.story].tries:
        return False
    return any(begin <= ending.told_s < end for begin, end in lost)


PROMISES: Mapping[str, Callable[[Evidence], Iterator[str]]] = {
    "doubled": _doubled,
    "lost": _lost,
    "contradicted": _contradicted,
    "whole": whole,
    "committed": committed,
    "crossed": crossed,
    "strange": strange,
    "stale": stale,
    "vague": vague,
    "unwanted": unwanted,
    "eager": eager,
    "given up": given_up,
    "useful": _useful,
    "over quota": _over_quota,
    "retries": _retries,
    "starved": _starved,
    "late": _late,
    "hurried": _hurried,
    "held back": _held_back,
    "hammered": _hammered,
    "secret": _secret,
    "surprise": _surprise,
}
"""Each promise by its name."""
