"""The judge of the outbox: what was accepted ends, once, in time, in its turn, and its app is told.

Functions of the evidence, as in chaos/judge/promises.py. That nothing happens twice is judged there, for all writes.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import orjson

from tidegate.chaos.apps.search_apps import ACCEPTED, AppCall
from tidegate.chaos.apps.stories import CHANGE, EFFECTS, OPERATIONS, REFUND, STORIES, app_of, kept_customer_of
from tidegate.chaos.judge.boxes.box_evidence import BoxEvidence, WriteRecord
from tidegate.chaos.judge.evidence import Evidence
from tidegate.chaos.judge.excuses import locked_out, slow_disk_s

JUMP_S = 3600.0
"""A clock that was so wrong may have made keys and records older than they are."""
UNDER_WAY_S = 30.0
"""A try that has begun before the deadline may take the policy's 20 s, and its commits."""
BEGIN_S = 2.0
"""A try that is decided upon before the deadline is written down within this, on a disk that is not slow."""
WAITED_S = 4.5
"""A call that was refused for a limit after so long had waited in the queue all the time (policy.queue.wait)."""
PASSED_MAX = 3


@dataclass(frozen=True, slots=True)
class _Accepted:
    """A write that its app was told 202 of, its record, and when it first happened at the vendor.

    `sent_s` is when it may first have been accepted: an earlier call of it may have been, whose app heard no answer.
    """

    call: AppCall
    record: WriteRecord
    sent_s: float
    happened_s: float | None


def forgotten(evidence: Evidence) -> Iterator[str]:
    """A write that was accepted ends: it is done, dead for a reason, given up, or parked for a person."""
    locked = locked_out(evidence)
    for accepted in _all_accepted(evidence):
        record = accepted.record
        if _waits_behind(evidence, accepted.call) or accepted.call.intent.id in locked:
            continue
        if not record.ended or (record.state == "dead" and not record.reason):
            yield f"{accepted.call.tag} was accepted, and in the end its record says {record.state or 'nothing'!r}"
            return


def unresolved(evidence: Evidence) -> Iterator[str]:
    """An unknown outcome that time can resolve is resolved: a person is needed only where nothing could tell."""
    boxes = evidence.boxes
    if boxes is None:
        return
    unwanted = evidence.tap.unwanted.union(tag for _, tag in evidence.tap.refusals)
    locked = locked_out(evidence)
    for call in evidence.calls:
        record = boxes.records.get(call.record)
        if record is None or not record.state or _waits_behind(evidence, call) or call.intent.id in locked:
            continue
        if call.status != ACCEPTED and not record.ended:
            yield f"the outcome of {call.tag} could have been found out, and its record says {record.state!r}"
            return
        operation = OPERATIONS[call.intent.story]
        late = operation == CHANGE and boxes.deferral.deadline_s < JUMP_S
        helpless = operation == "PostCustomers" or (call.tag in unwanted and operation != REFUND)
        if record.state == "parked" and not (helpless or late or _jumped(evidence)):
            yield f"{call.tag} waits for a person, and the vendor could have been asked"
            return


def misreported(evidence: Evidence) -> Iterator[str]:
    """What a record says in the end is so."""
    for accepted in _all_accepted(evidence):
        record, happened = accepted.record, accepted.happened_s is not None
        surely_not = record.outcome == "not applied"
        if record.state == "done" and not happened:
            yield f"{accepted.call.tag} is done, as its record says, and the vendor has nothing"
            return
        if surely_not and happened:
            yield f"{accepted.call.tag} is {record.state} {record.reason}, as its record says, and it had happened"
            return


def out_of_turn(evidence: Evidence) -> Iterator[str]:
    """Writes with an order are carried out in it; with `skip` one is passed only once it was tried often enough."""
    boxes = evidence.boxes
    if boxes is None:
        return
    by_customer: dict[str, list[_Accepted]] = {}
    for accepted in _all_accepted(evidence):
        if OPERATIONS[accepted.call.intent.story] == CHANGE:
            by_customer.setdefault(kept_customer_of(accepted.call.intent), []).append(accepted)
    for writes in by_customer.values():
        writes.sort(key=lambda accepted: accepted.call.ended_s)
        for n, first in enumerate(writes):
            for later in writes[n + 1 :]:
                if _passed(first, later) and not _may_pass(first, boxes):
                    yield f"{later.call.tag} happened at {later.happened_s:.3f} s, before {first.call.tag}"
                    return


def overdue(evidence: Evidence) -> Iterator[str]:
    """After its deadline a write is not begun any more."""
    boxes = evidence.boxes
    if boxes is None or _jumped(evidence):
        return
    slow_s, skew_s = 4 * slow_disk_s(evidence), max(map(abs, evidence.happened.skews_s), default=0.0)
    for accepted in _all_accepted(evidence):
        call, deadline_s = accepted.call, boxes.deferral.deadline_s
        if OPERATIONS[call.intent.story] not in (CHANGE, REFUND):
            continue
        begun_s = boxes.begun.get(call.record, 0.0) - deadline_s
        if begun_s > BEGIN_S + slow_s + skew_s:
            yield f"{call.tag} was begun {begun_s:.1f} s after its deadline"
            return
        happened_s = call.ended_s if accepted.happened_s is None else accepted.happened_s
        late_s = happened_s - call.ended_s - deadline_s
        if late_s > UNDER_WAY_S + slow_s:
            yield f"{call.tag} happened {late_s:.1f} s after its deadline"
            return


def untold(evidence: Evidence) -> Iterator[str]:
    """An app that has an address for it is told of the end of each of its writes, until it has heard it."""
    boxes = evidence.boxes
    if boxes is None:
        return
    heard = dict[tuple[str, str], set[str]]()
    for post in boxes.taken:
        if post.purpose == "callback" and 200 <= post.status < 300:
            data = orjson.loads(post.body)["data"]
            heard.setdefault((post.app, data["call"]), set()).add(data["state"])
    for accepted in _all_accepted(evidence):
        record, call = accepted.record, accepted.call
        if record.state == "cancelled":
            continue  # a later one took its place
        if record.ended and record.state not in heard.get((app_of(call.intent), call.record), ()):
            yield f"{call.tag} is {record.state}, and its app was not told so"
            return


def burned(evidence: Evidence) -> Iterator[str]:
    """Only what was tried counts as a try: a breaker that is open, and our own bounds, use none up."""
    boxes = evidence.boxes
    if boxes is not None and boxes.burned:
        yield f"{boxes.burned} deliveries were tried less often than is counted"


def crowded(evidence: Evidence) -> Iterator[str]:
    """While a call waits for a limit in vain, its app's deferred writes do not go before it."""
    if evidence.boxes is None:
        return
    calls = {call.tag: call for call in evidence.calls}
    deferred = dict[str, list[float]]()
    for at, tag in evidence.tap.sends:
        call = calls.get(tag)
        if call is not None and call.goes_on and at > call.ended_s:
            deferred.setdefault(app_of(call.intent), []).append(at)
    for call in evidence.calls:
        waited_s = call.ended_s - call.sent_s
        if call.problem != "rate-limited" or call.attempts or waited_s < WAITED_S:
            continue
        sends = deferred.get(app_of(call.intent), [])
        passed = bisect_left(sends, call.ended_s - 0.5) - bisect_right(sends, call.sent_s + 0.5)
        if passed > PASSED_MAX and not STORIES[call.intent.story].may_wait:
            yield f"{passed} deferred writes went while {call.tag} waited {waited_s:.1f} s in vain"
            return


def _passed(first: _Accepted, later: _Accepted) -> bool:
    """True where a write happened first that was sent only after the other had been accepted."""
    if later.happened_s is None or first.happened_s is None or later.sent_s <= first.call.ended_s:
        return False
    return later.happened_s < first.happened_s


def _may_pass(first: _Accepted, boxes: BoxEvidence) -> bool:
    return boxes.deferral.order == "skip" and first.record.tries >= boxes.deferral.skip_after


def _waits_behind(evidence: Evidence, call: AppCall) -> bool:
    return evidence.boxes is not None and call.record in evidence.boxes.behind


def _jumped(evidence: Evidence) -> bool:
    return any(abs(skew_s) >= JUMP_S for skew_s in evidence.happened.skews_s)


def _all_accepted(evidence: Evidence) -> Iterator[_Accepted]:
    """Each write that was accepted, once: as the call that was told so first."""
    boxes, seen = evidence.boxes, set[str]()
    if boxes is None:
        return
    happened = _first_effects(evidence)
    unheard = dict[tuple[str, str], float]()
    for call in evidence.calls:
        if call.status == 0:
            name = (call.intent.id, call.intent.story)
            unheard[name] = min(call.sent_s, unheard.get(name, call.sent_s))
    for call in sorted(evidence.calls, key=lambda call: call.ended_s):
        if call.status == ACCEPTED and call.record not in seen:
            seen.add(call.record)
            effect = EFFECTS[OPERATIONS[call.intent.story]]
            record = boxes.records.get(call.record, WriteRecord(""))
            sent_s = min(call.sent_s, unheard.get((call.intent.id, call.intent.story), call.sent_s))
            yield _Accepted(call, record, sent_s, happened.get((effect, call.intent.id)))


def _first_effects(evidence: Evidence) -> Mapping[tuple[str, str], float]:
    first = dict[tuple[str, str], float]()
    for entry in evidence.entries:
        for effect in entry["effects"]:
            first.setdefault((effect["kind"], effect["intent"]), entry["at"])
    return first
