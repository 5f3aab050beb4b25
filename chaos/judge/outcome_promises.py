"""The judge of outcomes: what apps were told is so, nothing happened twice, and most of what was feasible is done.

Functions of the evidence, as in chaos/judge/promises.py.
"""

from collections import Counter
from collections.abc import Iterator, Sequence

from tidegate.chaos.apps.retry_loop import IntentResult, ReportedOutcome
from tidegate.chaos.apps.search_apps import ACCEPTED
from tidegate.chaos.apps.stories import Story
from tidegate.chaos.judge.evidence import Evidence
from tidegate.chaos.judge.excuses import lost_time, trouble_moments
from tidegate.chaos.judge.feasible import feasible
from tidegate.chaos.judge.invariants import USEFUL_SHARE, Entry
from tidegate.chaos.timeline.offered_load import Window

AGAIN = (408, 409, 425, 429)
"""Refusals that may be other ones a little later (RFC 9110 §15.5, RFC 8470, RFC 6585)."""


def doubled(evidence: Evidence) -> Iterator[str]:
    """An intent happened once at most."""
    once = {ending.intent.id for ending in evidence.endings if evidence.stories[ending.intent.story].happens_once}
    for _, intent, count in _of_writes(evidence, accepted=evidence.file is not None):
        if count > 1 and intent in once:
            yield f"{intent} happened {count} times"


def lost(evidence: Evidence) -> Iterator[str]:
    """An intent that its app was told is done has happened."""
    for outcome, intent, count in _of_writes(evidence, accepted=False):
        if outcome is ReportedOutcome.DONE and not count:
            yield f"the app was told that {intent} is done, and the vendor has nothing"


def contradicted(evidence: Evidence) -> Iterator[str]:
    """An intent that its app was told did not happen has not."""
    for outcome, intent, count in _of_writes(evidence, accepted=False):
        if outcome is ReportedOutcome.NOT_APPLIED and count:
            yield f"the app was told that {intent} did not happen, but it had"


def useful(evidence: Evidence) -> Iterator[str]:
    """Of what was feasible, less what nobody could have saved, 95 % is done.

    An app in a hurry is not counted: how often it is served in its time depends on the vendor, the wire and the disk;
    nor is one that asks a few times only, and for the last time when nothing could be done.
    """
    lost, stories, refused = lost_time(evidence), evidence.stories, _refused_for_good(evidence)
    ends = [
        ending
        for ending in evidence.endings
        if not (stories[ending.intent.story].in_a_hurry or stories[ending.intent.story].may_wait)
        and not _gave_up_within(ending, stories[ending.intent.story], lost)
        and ending.intent.id not in refused
    ]
    limits = evidence.limits if evidence.file is not None else [evidence.drawn.limit]
    possible = feasible((ending.intent for ending in ends), limits, lost, evidence.operations)
    if evidence.file is not None:  # what is carried out later needs its part of the limit, too
        possible -= sum(_is_for_later(ending, stories[ending.intent.story]) for ending in evidence.endings)
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


def _refused_for_good(evidence: Evidence) -> frozenset[str]:
    """The intents that a vendor did not want for reasons of its own: nobody could have got them done.

    Of drawn requests alone: a thing that is gone, or done with, can be asked for. No proxy said so, and no limit.
    """
    last = {call.intent.id: call for call in evidence.calls if evidence.story(call).is_drawn}
    refused = {name: call for name, call in last.items() if 400 <= call.status < 500 and not call.problem}
    return frozenset(name for name, call in refused.items() if call.status not in AGAIN)


def _gave_up_within(ending: IntentResult, story: Story, lost: Sequence[Window]) -> bool:
    if ending.outcome is ReportedOutcome.DONE or len(ending.statuses) < story.tries:
        return False
    return any(begin <= ending.ended_s < end for begin, end in lost)


def _of_writes(evidence: Evidence, *, accepted: bool) -> Iterator[tuple[ReportedOutcome, str, int]]:
    """What apps were told of writes, and how often they happened; of those for later, too, where they are `accepted`.

    What became of these in the end is outbox_promises' to judge, where outbox and inbox are played.
    """
    effects = counted_effects(evidence.entries, drawn=evidence.file is not None)
    for ending in evidence.endings:
        story = evidence.stories[ending.intent.story]
        if story.writes and (accepted or not _is_for_later(ending, story)):
            yield ending.outcome, ending.intent.id, effects[story.effect or story.operation, ending.intent.id]


def _is_for_later(ending: IntentResult, story: Story) -> bool:
    return story.may_wait and ACCEPTED in ending.statuses


def counted_effects(entries: Sequence[Entry], *, drawn: bool) -> Counter[tuple[str, str]]:
    """What happened for each intent: by the journal's word for the effect; of a drawn call, by its operation."""
    count = Counter((effect["kind"], effect["intent"]) for entry in entries for effect in entry["effects"])
    if drawn:
        done = (entry for entry in entries if entry["carried_out"])
        count.update((entry["operation"], entry["tag"].partition("/")[0]) for entry in done)
    return count
