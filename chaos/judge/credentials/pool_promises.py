"""The judge of a pool of credentials: nobody is turned away while a key is good, and a revoked key is hardly asked.

Functions of the evidence, as in chaos/judge/promises.py. That no key is used beyond its limit is load_promises'.
"""

from collections import defaultdict
from collections.abc import Iterator
from itertools import chain, pairwise, repeat

from tidegate.chaos.apps.search_apps import AppCall
from tidegate.chaos.apps.stories import CHANGE, STORIES
from tidegate.chaos.judge.evidence import Evidence

NOT_KEPT = ("long", "much", "chunks")
KEYED = ("PostPaymentIntents", CHANGE)
"""The operations whose idempotency keys the vendor knows: each under one credential alone."""
WINDOW_S = 30.0
TRIALS_MAX = 5
"""A key that is set aside for 1, 2, 4, 8 s and so on is tried no more often in any 30 s: what was under way is one."""
ON_ITS_WAY_S = 1.0
"""What arrives so soon after a start may have been sent before the crash."""
UNDER_WAY_S = 8.0
"""What was sent before the first refusal came back is answered within this, what met trouble on its way too."""


def turned_away(evidence: Evidence) -> Iterator[str]:
    """No call is told that our credential was refused: one member at least is always good.

    A request whose body was not kept cannot go again under another, nor one that may have been carried out under this.
    """
    if evidence.drawn.pool is None:
        return
    for call in evidence.calls:
        kept = STORIES[call.intent.story].content not in NOT_KEPT
        if call.problem == "credential-rejected" and kept and not _is_bound(evidence, call):
            yield f"call {call.tag} was told credential-rejected at {call.ended_s:.1f} s, and a member was good"
            return


def _is_bound(evidence: Evidence, call: AppCall) -> bool:
    """True where an earlier request may have been carried out under the credential that the last one showed.

    It failed, was not answered, or met somebody else at work, perhaps under its own key. Under another credential the
    vendor would not know the key, and could carry it out a second time.
    """
    tap = evidence.tap
    if STORIES[call.intent.story].operation not in KEYED:
        return False
    sends = zip(tap.sends, chain(tap.senders, repeat("")), strict=False)
    keys = [key for (at, tag), key in sends if tag == call.tag and at <= call.ended_s]
    answered = sum(tag == call.tag for tag, _, _ in tap.waits)
    doubtful = any(tag == call.tag for _, tag in (*tap.failures, *tap.contentions))
    return len(keys) > 1 and keys[-1] in keys[:-1] and (doubtful or answered < len(keys))


def knocking(evidence: Evidence) -> Iterator[str]:
    """A key that the vendor refuses is tried now and then, by one call at a time.

    A proxy that starts anew has to find out anew, be it long after its start, and so has one that got another answer
    under the key, which the vendor gives before it looks at keys: what is asked is counted anew then.
    """
    if evidence.drawn.pool is None:
        return
    refused, answered = defaultdict[str, list[float]](list), defaultdict[str, list[float]](list)
    for entry in evidence.entries:
        (refused if entry["status"] == 401 else answered)[entry.get("app", "")].append(entry["at"])
    starts = [0.0, *(up_s + ON_ITS_WAY_S for _, up_s in evidence.happened.crashes), float("inf")]
    for who, moments in refused.items():
        for start, end in pairwise(sorted([*starts, *answered[who]])):
            life = [at for at in moments if start <= at < end]
            later = [at for at in life if at > life[0] + UNDER_WAY_S]
            often = [at for first, at in zip(later, later[TRIALS_MAX:], strict=False) if at - first < WINDOW_S]
            if often:
                asked = f"{TRIALS_MAX + 1} times within {WINDOW_S:g} s"
                yield f"{who} was asked {asked} at {often[0]:.1f} s, and was refused"
                return
