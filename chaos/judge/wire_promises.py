"""The judge of the wire: what reached the vendor is what the apps sent, each on a connection that is right for it.

Functions of the evidence, as in chaos/judge/promises.py. The content of some requests looks like a request: where the
proxy does not say how long it is, the vendor reads it as one, and its journal shows what no app has asked for.
"""

from collections.abc import Iterator, Mapping

from tidegate.chaos.apps.stories import HIDDEN_PATH
from tidegate.chaos.judge.evidence import Evidence
from tidegate.chaos.timeline.credential_change import ASKED, DrawnTokens

SPARES_MAX, SPARES_MOST = 4, 16
"""Connections that may be open when nobody calls: those that were made ahead for the next writes. In the traffic of a
search they are few; a proxy makes no more than the second."""

NEAR_S = 1.0
"""A success that comes so shortly before the call's time is up may come too late for its commits."""


def smuggled(evidence: Evidence) -> Iterator[str]:
    """What the vendor did is what an app has asked for."""
    asked = {*evidence.operations.values()}
    if evidence.file is not None:
        asked |= {plan.lookup.operation for plan in evidence.file.plans.values() if plan.lookup is not None}
    if isinstance(evidence.drawn.change, DrawnTokens):
        asked.add(ASKED)
    for entry in evidence.entries:
        named, path = entry["operation"], entry.get("path", "")
        if named not in asked if named else evidence.file is None and path.startswith(HIDDEN_PATH):
            yield f"the vendor was asked for {named or path} at {entry['at']:.3f} s, by no app"
            return


def mixed_up(evidence: Evidence) -> Iterator[str]:
    """A request that carries a content of its own is answered for itself, not for another one."""
    for call in evidence.calls:
        if evidence.story(call).content == "usual" or call.answer is None:
            continue
        tag = evidence.tap.answers.get(call.answer.headers.get(evidence.request_id, ""))
        if tag is not None and tag.partition("/")[0] != call.intent.id:
            yield f"call {call.tag}, which has a content, was given the answer to {tag}"
            return


def worn(evidence: Evidence) -> Iterator[str]:
    """A resend goes on a connection that has carried nothing: the vendor may have closed all the others."""
    first = dict[str, float]()
    for at, tag in evidence.tap.sends:
        first.setdefault(tag, at)
    ends = evidence.ends
    for at, tag in evidence.tap.reused:
        if first[tag] < at <= ends.get(tag, at):
            yield f"call {tag} was sent again at {at:.3f} s on a connection that had been used"
            return


def wasted(evidence: Evidence) -> Iterator[str]:
    """A whole success that has reached the proxy is what the app is told, and nothing is sent after it."""
    crashes = evidence.happened.crashes
    ends = evidence.ends
    last = {tag: at for at, tag in evidence.tap.sends if at <= ends.get(tag, at)}
    for call in evidence.calls:
        at = evidence.tap.successes.get(call.tag)
        if (
            at is None
            or at > call.ended_s
            or call.headed_s is None
            or any(crash >= call.sent_s and crash <= call.ended_s for crash, _ in crashes)
        ):
            continue
        if last[call.tag] > at or (call.status >= 500 and at < call.sent_s + call.allowed_s - NEAR_S):
            yield f"call {call.tag} had a success at {at:.3f} s, and was told {call.status} {call.problem}"
            return


def at_rest(evidence: Evidence) -> Iterator[str]:
    """When nobody has called for long, nothing is held but spare connections: a sentence for each thing left over."""
    yield from not_at_rest(evidence.rest, SPARES_MAX if evidence.file is None else SPARES_MOST)


def not_at_rest(rest: Mapping[str, int], spares_max: int = SPARES_MAX) -> Iterator[str]:
    """A sentence for each thing that was left over."""
    for name, count in rest.items():
        if count > (spares_max if name.startswith("connections to") else 0):
            yield f"{count} {name}, and nobody has called for long"
