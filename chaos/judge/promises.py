"""The judge of a search: every promise of the design, each as a function of the evidence that returns what broke it.

It reads the vendor's journal, the wire, what apps were told, and the log, and shares no code with proxy or simulator.
Each function is sound rather than sharp: where the evidence leaves a doubt, the promise counts as kept. That each can
fail is shown by its test, and by planted bugs (tests/chaos/mutants.py).
"""

from collections.abc import Callable, Iterator, Mapping

from tidegate.chaos.judge.answer_promises import committed, crossed, late, mistaken, stale, strange, vague, whole
from tidegate.chaos.judge.boxes.deferred_promises import abandoned, misinformed
from tidegate.chaos.judge.boxes.inbox_promises import disordered, forged, left_over, renamed, undelivered
from tidegate.chaos.judge.boxes.outbox_promises import (
    burned,
    crowded,
    forgotten,
    misreported,
    out_of_turn,
    overdue,
    unresolved,
    untold,
)
from tidegate.chaos.judge.credentials.change_promises import (
    asked_twice,
    disowned,
    locked_out,
    outlived,
    outworn,
    unsaved,
)
from tidegate.chaos.judge.credentials.pool_promises import knocking, turned_away
from tidegate.chaos.judge.defect_promises import secret, surprise
from tidegate.chaos.judge.evidence import Evidence
from tidegate.chaos.judge.load_promises import beyond_limits, crammed, hammered, held_back, hurried, retried, starved
from tidegate.chaos.judge.outcome_promises import contradicted, doubled, lost, useful
from tidegate.chaos.judge.resend_promises import eager, given_up, unwanted
from tidegate.chaos.judge.wire_promises import at_rest, mixed_up, smuggled, wasted, worn

PROMISES: Mapping[str, Callable[[Evidence], Iterator[str]]] = {
    "doubled": doubled,
    "lost": lost,
    "contradicted": contradicted,
    "whole": whole,
    "committed": committed,
    "crossed": crossed,
    "strange": strange,
    "mistaken": mistaken,
    "stale": stale,
    "vague": vague,
    "unwanted": unwanted,
    "eager": eager,
    "given up": given_up,
    "useful": useful,
    "over quota": beyond_limits,
    "crammed": crammed,
    "retries": retried,
    "starved": starved,
    "late": late,
    "hurried": hurried,
    "held back": held_back,
    "hammered": hammered,
    "turned away": turned_away,
    "knocking": knocking,
    "locked out": locked_out,
    "outlived": outlived,
    "unsaved": unsaved,
    "asked twice": asked_twice,
    "disowned": disowned,
    "outworn": outworn,
    "smuggled": smuggled,
    "mixed up": mixed_up,
    "worn": worn,
    "wasted": wasted,
    "at rest": at_rest,
    "forgotten": forgotten,
    "unresolved": unresolved,
    "misreported": misreported,
    "out of turn": out_of_turn,
    "overdue": overdue,
    "abandoned": abandoned,
    "misinformed": misinformed,
    "untold": untold,
    "burned": burned,
    "crowded": crowded,
    "undelivered": undelivered,
    "forged": forged,
    "renamed": renamed,
    "disordered": disordered,
    "left over": left_over,
    "secret": secret,
    "surprise": surprise,
}
"""Each promise by its name."""


def violations(evidence: Evidence) -> list[str]:
    """The broken promises, one sentence each, its first word the promise's name."""
    return [f"{name}: {flaw}" for name, check in PROMISES.items() for flaw in check(evidence)]
