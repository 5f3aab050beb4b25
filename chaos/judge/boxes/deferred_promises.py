"""The judge of writes that somebody's own vendor gets later: what was accepted ends, and its record says what is so.

Functions of the evidence, as in chaos/judge/promises.py. That nothing happens twice is judged for all writes; the
search's own outbox is judged by outbox_promises.
"""

from collections.abc import Iterator

from tidegate.chaos.apps.search_apps import ACCEPTED, AppCall
from tidegate.chaos.judge.boxes.box_evidence import WriteRecord
from tidegate.chaos.judge.evidence import Evidence
from tidegate.chaos.judge.outcome_promises import counted_effects


def abandoned(evidence: Evidence) -> Iterator[str]:
    """A write that was accepted ends: it is done, dead for a reason, given up, or parked for a person."""
    for call, record in _accepted(evidence):
        if not record.ended or (record.state == "dead" and not record.reason):
            yield f"{call.tag} was accepted, and in the end its record says {record.state or 'nothing'!r}"
            return


def misinformed(evidence: Evidence) -> Iterator[str]:
    """What the record of a write says in the end is so, by the vendor's journal."""
    effects = counted_effects(evidence.entries, drawn=evidence.file is not None)
    for call, record in _accepted(evidence):
        happened = effects[evidence.story(call).operation, call.intent.id] > 0
        if record.state == "done" and not happened:
            yield f"{call.tag} is done, as its record says, and the vendor has not done it"
            return
        if record.outcome == "not applied" and happened:
            yield f"{call.tag} is {record.state} {record.reason}, as its record says, and it had happened"
            return


def _accepted(evidence: Evidence) -> Iterator[tuple[AppCall, WriteRecord]]:
    """Each call that was told 202, and the record that it was shown."""
    for call in evidence.calls:
        if evidence.file is not None and call.status == ACCEPTED and call.record in evidence.writes:
            yield call, evidence.writes[call.record]
