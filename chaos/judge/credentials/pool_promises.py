"""The judge of a pool of credentials: nobody is turned away while a key is good, and a revoked key is hardly asked.

Functions of the evidence, as in chaos/judge/promises.py. That no key is used beyond its limit is load_promises'.
"""

from collections import defaultdict
from collections.abc import Iterator

from tidegate.chaos.apps.stories import STORIES
from tidegate.chaos.judge.evidence import Evidence

NOT_KEPT = ("long", "much", "chunks")
WINDOW_S = 30.0
TRIALS_MAX = 5
"""A key that is set aside for 1, 2, 4, 8 s and so on is tried no more often in any 30 s: what was under way is one."""
UNDER_WAY_S = 8.0
"""What was sent before the first refusal came back is answered within this, what met trouble on its way too."""


def turned_away(evidence: Evidence) -> Iterator[str]:
    """No call is told that our credential was refused: one member at least is always good.

    A request whose body was not kept cannot go again under another.
    """
    if evidence.drawn.pool is None:
        return
    for call in evidence.calls:
        kept = STORIES[call.intent.story].content not in NOT_KEPT
        if call.problem == "credential-rejected" and kept:
            yield f"call {call.tag} was told credential-rejected at {call.ended_s:.1f} s, and a member was good"
            return


def knocking(evidence: Evidence) -> Iterator[str]:
    """A key that the vendor refuses is tried now and then, by one call at a time.

    A proxy that starts anew has to find out anew.
    """
    if evidence.drawn.pool is None:
        return
    refused = defaultdict[str, list[float]](list)
    for entry in evidence.entries:
        if entry["status"] == 401:
            refused[entry["app"]].append(entry["at"])
    ups = [up_s for _, up_s in evidence.happened.crashes]
    for who, moments in refused.items():
        begins = [moments[0], *ups]
        later = [at for at in moments if not any(begin <= at <= begin + UNDER_WAY_S for begin in begins)]
        for place, at in enumerate(later):
            if place >= TRIALS_MAX and at - later[place - TRIALS_MAX] < WINDOW_S:
                yield f"{who} was asked {TRIALS_MAX + 1} times within {WINDOW_S:g} s at {at:.1f} s, and was refused"
                return
