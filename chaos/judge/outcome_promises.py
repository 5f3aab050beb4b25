"""The judge of outcomes: what apps were told is so, nothing happened twice, and most of what was feasible is done.

Functions of the evidence, as in chaos/judge/promises.py.
"""

from collections import Counter
from collections.abc import Iterator, Sequence

from tidegate.chaos.apps.retry_loop import IntentResult, ReportedOutcome
from tidegate.chaos.apps.search_apps import EFFECTS, OPERATIONS, STORIES
from tidegate.chaos.judge.evidence import Evidence
from tidegate.chaos.judge.excuses import lost_time, trouble_moments
from tidegate.chaos.judge.feasible import feasible
from tidegate.chaos.judge.invariants import USEFUL_SHARE
from tidegate.chaos.timeline.offered_load import Window


def doubled(evidence: Evidence) -> Iterator[str]:
    """What was wanted once happened once at most."""
    for _, intent, count in _of_writes(evidence):
        if count > 1:
            yield f"{intent} happened {count} times"


def lost(evidence: Evidence) -> Iterator[str]:
    """What an app was told is done has happened."""
    for told, intent, count in _of_writes(evidence):
        if told is ReportedOutcome.DONE and not count:
            yield f"the app was told that {intent} is done, and the vendor has nothing"


def contradicted(evidence: Evidence) -> Iterator[str]:
    """What an app was told did not happen did not."""
    for told, intent, count in _of_writes(evidence):
        if told is ReportedOutcome.NOT_APPLIED and count:
            yield f"the app was told that {intent} did not happen, but it had"


def useful(evidence: Evidence) -> Iterator[str]:
    """Of what was feasible, less what nobody could have saved, 95 % is done.

    An app in a hurry is not counted: how often it is served in its time depends on the vendor, the wire and the disk;
    nor is one that asks a few times only, and for the last time when nothing could be done.
    """
    lost = lost_time(evidence)
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
        min(count[ReportedOutcome.UNKNOWN], len(trouble_moments(evidence)) + under_way),
    )
    if done + excused < USEFUL_SHARE * possible:
        yield f"{done} done and {excused} past saving are less than {USEFUL_SHARE:.0%} of {possible} feasible"


def _gave_up_within(ending: IntentResult, lost: Sequence[Window]) -> bool:
    if ending.told is ReportedOutcome.DONE or len(ending.statuses) < STORIES[ending.intent.story].tries:
        return False
    return any(begin <= ending.told_s < end for begin, end in lost)


def _of_writes(evidence: Evidence) -> Iterator[tuple[ReportedOutcome, str, int]]:
    found = _effects(evidence)
    for ending in evidence.endings:
        effect = EFFECTS.get(OPERATIONS[ending.intent.story])
        if effect is not None:
            yield ending.told, ending.intent.id, found[effect, ending.intent.id]


def _effects(evidence: Evidence) -> Counter[tuple[str, str]]:
    return Counter((effect["kind"], effect["intent"]) for entry in evidence.entries for effect in entry["effects"])
