"""The judge of outcomes: what apps were told is so, nothing happened twice, and most of what was feasible is done.

Functions of the evidence, as in chaos/judge/promises.py.
"""

from collections import Counter
from collections.abc import Iterator, Sequence

from tidegate.chaos.apps.retry_loop import IntentResult, ReportedOutcome
from tidegate.chaos.apps.search_apps import ACCEPTED
from tidegate.chaos.apps.stories import EFFECTS, OPERATIONS, STORIES
from tidegate.chaos.judge.evidence import Evidence
from tidegate.chaos.judge.excuses import lost_time, trouble_moments
from tidegate.chaos.judge.feasible import feasible
from tidegate.chaos.judge.invariants import USEFUL_SHARE
from tidegate.chaos.timeline.offered_load import Window


def doubled(evidence: Evidence) -> Iterator[str]:
    """An intent happened once at most."""
    for _, intent, count in _of_writes(evidence):
        if count > 1:
            yield f"{intent} happened {count} times"


def lost(evidence: Evidence) -> Iterator[str]:
    """An intent that its app was told is done has happened."""
    for outcome, intent, count in _of_writes(evidence):
        if outcome is ReportedOutcome.DONE and not count:
            yield f"the app was told that {intent} is done, and the vendor has nothing"


def contradicted(evidence: Evidence) -> Iterator[str]:
    """An intent that its app was told did not happen has not."""
    for outcome, intent, count in _of_writes(evidence):
        if outcome is ReportedOutcome.NOT_APPLIED and count:
            yield f"the app was told that {intent} did not happen, but it had"


def useful(evidence: Evidence) -> Iterator[str]:
    """Of what was feasible, less what nobody could have saved, 95 % is done.

    An app in a hurry is not counted: how often it is served in its time depends on the vendor, the wire and the disk;
    nor is one that asks a few times only, and for the last time when nothing could be done.
    """
    lost = lost_time(evidence)
    ends = [
        ending
        for ending in evidence.endings
        if not (STORIES[ending.intent.story].in_a_hurry or STORIES[ending.intent.story].may_wait)
        and not _gave_up_within(ending, lost)
    ]
    possible = feasible((ending.intent for ending in ends), [evidence.drawn.limit], lost, OPERATIONS)
    count = Counter(ending.outcome for ending in ends)
    under_way = sum(
        call.sent_s <= crash <= call.ended_s for crash, _ in evidence.happened.crashes for call in evidence.calls
    )
    done, excused = (
        count[ReportedOutcome.DONE],
        min(count[ReportedOutcome.UNKNOWN], len(trouble_moments(evidence)) + under_way),
    )
    if done + excused < USEFUL_SHARE * possible:
        yield f"{done} done and {excused} past saving are less than {USEFUL_SHARE:.0%} of {possible} feasible"


def _gave_up_within(ending: IntentResult, lost: Sequence[Window]) -> bool:
    if ending.outcome is ReportedOutcome.DONE or len(ending.statuses) < STORIES[ending.intent.story].tries:
        return False
    return any(begin <= ending.ended_s < end for begin, end in lost)


def _of_writes(evidence: Evidence) -> Iterator[tuple[ReportedOutcome, str, int]]:
    effects = _effects(evidence)
    for ending in evidence.endings:
        effect = EFFECTS.get(OPERATIONS[ending.intent.story])
        if effect is not None and not (STORIES[ending.intent.story].may_wait and ACCEPTED in ending.statuses):
            yield ending.outcome, ending.intent.id, effects[effect, ending.intent.id]


def _effects(evidence: Evidence) -> Counter[tuple[str, str]]:
    return Counter((effect["kind"], effect["intent"]) for entry in evidence.entries for effect in entry["effects"])
