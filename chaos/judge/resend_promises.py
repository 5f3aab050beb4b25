"""The judge of single resends: not where the vendor said no, not at once, and no call given up while it has time.

Functions of the evidence, as in chaos/judge/promises.py. How many resends there may be in all is judged there.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence

from tidegate.chaos.apps.search_apps import AppCall
from tidegate.chaos.judge.evidence import Evidence

AT_ONCE_S = 0.001
"""One in two hundred parts of the shortest backoff (`retry.base`, 200 ms), which is drawn from all of its range."""
AT_ONCE_SHARE = 0.75
RESENDS_MIN = 5
"""Of so many, more than three in four come that soon by chance less than once in a hundred million times."""
WAIT_MOST_S = 8.0
"""A call whose next attempt would have to wait this long for the vendor's sake may be given up before its time."""


def unwanted(evidence: Evidence) -> Iterator[str]:
    """A call that the vendor answered with "do not send this again" is not sent again."""
    refused_s = dict[str, float]()
    for at, tag in evidence.tap.refusals:
        refused_s.setdefault(tag, at)
    ends = evidence.ends
    for at, tag in evidence.tap.sends:
        if refused_s.get(tag, at) < at <= ends.get(tag, at):
            yield f"call {tag} was sent again at {at:.3f} s, and the vendor had said no at {refused_s[tag]:.3f} s"
            return


def eager(evidence: Evidence) -> Iterator[str]:
    """After an error the next attempt waits for a time that is drawn; apps in step would come back in step."""
    sends = _by_call(evidence.tap.sends)
    waits = list[float]()
    for at, tag in evidence.tap.failures:
        later = sends.get(tag, [])
        place = bisect_left(later, at)
        if place < len(later):
            waits.append(later[place] - at)
    at_once = sum(wait_s < AT_ONCE_S for wait_s in waits)
    if len(waits) >= RESENDS_MIN and at_once > AT_ONCE_SHARE * len(waits):
        yield f"{at_once} of {len(waits)} resends followed an error at once"


def given_up(evidence: Evidence) -> Iterator[str]:
    """Only a call whose time is used up is told so: no timer may ring sooner, and no wait be too long for the rest."""
    sends = _by_call(evidence.tap.sends)
    for call in evidence.calls:
        own = sends.get(call.tag, [])
        if call.problem != "deadline-exceeded" or not own:
            continue
        timer_s = _timer_s(evidence, call)
        last_s = own[max(bisect_right(own, call.ended_s) - 1, 0)]
        if call.ended_s - last_s < timer_s and call.ended_s < call.sent_s + call.allowed_s - WAIT_MOST_S:
            yield f"call {call.tag} was given up after {call.ended_s - call.sent_s:.3f} s of {call.allowed_s:g} s"
            return


def _timer_s(evidence: Evidence, call: AppCall) -> float:
    """The shortest timer that may end an attempt of this call."""
    timeout, stream = evidence.policy.timeout, evidence.policy.stream
    plan = evidence.file.plans.get(evidence.story(call).operation) if evidence.file is not None else None
    if plan is not None:
        return min(plan.first_byte_s, plan.attempt_s, stream.first_event)
    return min(timeout.first_byte, timeout.attempt, stream.first_event)


def _by_call(moments: Sequence[tuple[float, str]]) -> dict[str, list[float]]:
    moments_of = dict[str, list[float]]()
    for at, tag in moments:
        moments_of.setdefault(tag, []).append(at)
    return moments_of
