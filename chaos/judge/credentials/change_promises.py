"""The judge of a credential that changes: nobody is locked out while one could be had, and what is over is not sent.

Functions of the evidence, as in chaos/judge/promises.py. A pool's are pool_promises'.
"""

from bisect import bisect_left
from collections.abc import Iterator
from itertools import pairwise

from tidegate.chaos.apps.stories import STORIES
from tidegate.chaos.judge.credentials.pool_promises import NOT_KEPT
from tidegate.chaos.judge.evidence import Evidence
from tidegate.chaos.judge.excuses import COMMITS, lost_time, slow_disk_s, trouble_moments
from tidegate.chaos.search_vendors import PAYMENTS
from tidegate.chaos.timeline.credential_change import ASKED, CredentialChange, DrawnExchange, DrawnTokens

TROUBLE_S = 60.0
"""After something that went wrong a proxy may pause between two refreshes: for 30 s at most, and a call waits too."""
NOTICED_S = 7.0
"""The source of a secret is looked at every 5 s; what is written by then may still be on its way."""
WAY_S = 12.0
"""A question to the token endpoint takes no longer, and a call that waits for its answer little more."""
ENDS = {"old": "0010"}
"""The end of the key that is exchanged, as the tap has it."""


def _change(evidence: Evidence) -> CredentialChange | None:
    return evidence.drawn.change if evidence.vendor in ("", PAYMENTS) else None


def locked_out(evidence: Evidence) -> Iterator[str]:
    """No call fails for its credential where the vendor would have taken one that the proxy had or could have got.

    A request whose body was not kept cannot go again. A call in a hurry need not wait for a token.
    """
    change = _change(evidence)
    if change is None:
        return
    trouble = sorted([*trouble_moments(evidence), *(up_s for _, up_s in evidence.happened.crashes)])
    trouble += [entry["at"] + entry["took_s"] for entry in evidence.entries if _failed_grant(entry)]
    trouble.sort()
    lost = lost_time(evidence)
    for call in evidence.calls:
        story = STORIES[call.intent.story]
        if story.content in NOT_KEPT or story.in_a_hurry:
            continue
        if call.problem == "credential-rejected" and not _in_vain(change, evidence, call.ended_s):
            yield f"call {call.tag} was told credential-rejected at {call.ended_s:.1f} s, and another was good"
            return
        if call.problem == "credential-unavailable":
            place = bisect_left(trouble, call.sent_s - TROUBLE_S)
            hard = place < len(trouble) and trouble[place] <= call.ended_s
            hard |= any(begin <= call.ended_s and call.sent_s - TROUBLE_S <= end for begin, end in lost)
            if not hard:
                yield f"call {call.tag} got no token at {call.ended_s:.1f} s, and nothing was wrong"
                return


def outlived(evidence: Evidence) -> Iterator[str]:
    """No access token is sent after its end. It ends no later than its life after the proxy was given it."""
    ends = {grant.end: grant.at + grant.life_s for grant in evidence.tap.grants}
    for (at, tag), key in zip(evidence.tap.sends, evidence.tap.senders, strict=False):
        if at > ends.get(key, at):
            yield f"call {tag} was sent at {at:.1f} s under a token that had ended at {ends[key]:.1f} s"
            return


def unsaved(evidence: Evidence) -> Iterator[str]:
    """A token that came with a new refresh token is on the disk before it is used: else a crash loses the account."""
    for at, tag in evidence.tap.unsaved:
        yield f"call {tag} was sent at {at:.1f} s under a token that was not on the disk"
        return


def asked_twice(evidence: Evidence) -> Iterator[str]:
    """One refresh runs at a time: the token endpoint is not asked again before its answer has come."""
    crashes = [crash for crash, _ in evidence.happened.crashes]
    for (first_s, answered_s), (again_s, _) in pairwise(evidence.tap.asked):
        alone = any(first_s <= crash <= again_s for crash in crashes)
        if again_s < answered_s < float("inf") and not alone:
            yield f"a token was asked for at {again_s:.2f} s, and that of {first_s:.2f} s came at {answered_s:.2f} s"
            return


def disowned(evidence: Evidence) -> Iterator[str]:
    """The account is never lost: the vendor takes a refresh token again whose answer did not come."""
    if isinstance(_change(evidence), DrawnTokens):
        for line in evidence.lines:
            if line.get("note") == "reauth_required":
                yield f"a person had to connect the account again at {line['at']:.1f} s: {line.get('because', '')}"
                return


def outworn(evidence: Evidence) -> Iterator[str]:
    """A secret that was exchanged is not worn any more once the new one could be known. The vendor takes both."""
    change = _change(evidence)
    if not isinstance(change, DrawnExchange) or change.early:
        return
    until_s = change.source_s + NOTICED_S
    for (at, tag), key in zip(evidence.tap.sends, evidence.tap.senders, strict=False):
        if at > until_s and key == ENDS["old"]:
            yield f"call {tag} was sent at {at:.1f} s under the old key, exchanged at {change.source_s:.1f} s"
            return


def _in_vain(change: CredentialChange, evidence: Evidence, at: float) -> bool:
    """True where no proxy could have had a credential that is taken.

    One that has started anew knows no key but the one that the vendor does not take yet. And what is revoked while it
    is on its way, or is being stored, is refused to a call that has met a 401 before.
    """
    if isinstance(change, DrawnTokens):
        late_s = WAY_S + COMMITS * slow_disk_s(evidence)
        asked = [first_s for first_s, _ in evidence.tap.asked]
        return any(
            moment <= at <= moment + late_s and any(moment - late_s <= first_s <= moment for first_s in asked)
            for moment in change.revoked_s
        )
    if not change.early:
        return False
    started = any(change.source_s <= up_s <= change.taken_s for _, up_s in evidence.happened.crashes)
    return started and change.source_s <= at <= change.taken_s + NOTICED_S


def _failed_grant(entry: object) -> bool:
    assert isinstance(entry, dict)
    return entry["operation"] == ASKED and (entry["status"] != 200 or bool(entry["faults"]))
