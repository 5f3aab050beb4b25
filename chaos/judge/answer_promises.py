"""The judge of what apps were given: whole answers in time and to the point, streams that are one answer's.

Functions of the evidence, as in chaos/judge/promises.py. They read the bytes that reached the app, the wire, and
nothing of the proxy's own words.
"""

from collections.abc import Iterator

import orjson

from tidegate.chaos.apps.http_client import HttpResponse
from tidegate.chaos.apps.search_apps import REPEATABLE, AppCall
from tidegate.chaos.apps.stories import REFUND, REMOVAL, Story, app_of, member_of
from tidegate.chaos.judge.evidence import Evidence
from tidegate.chaos.judge.excuses import COMMITS, LATE_S, slow_disk_s

EVENTS = "text/event-stream"
SAID = "You said: "
"""The language-model vendor repeats the question after these words."""
END = b"[DONE]"
LISTED = {"GetPaymentIntents": "/v1/payment_intents", "GetRefunds": "/v1/refunds"}
"""The name that a list gives itself, by the operation that asks for it."""
MISMATCH = 422
"""Of the same key with another content (draft-ietf-httpapi-idempotency-key-header §2.7)."""
COME_AGAIN = frozenset(
    {"idempotency-conflict", "overloaded", "rate-limited", "store-unavailable", "vendor-unavailable"}
)
"""Problems for which docs/problems.md promises a Retry-After."""


def whole(evidence: Evidence) -> Iterator[str]:
    """An answer that broke off is never taken for whole; a stream is one answer's, or a first part of one."""
    for call in evidence.calls:
        answer = call.answer
        if answer is None or not 200 <= answer.status < 300:
            continue
        if answer.headers.get("Content-Type", "").startswith(EVENTS):
            flaw = "" if evidence.story(call).is_drawn else _flaw(call, answer.body)
        else:
            expected = not evidence.story(call).is_drawn or (answer.body and _says_json(answer))
            flaw = "is no JSON" if expected and answer.whole and not _is_json(answer.body) else ""
        if flaw:
            yield f"the answer to call {call.tag}, which looked {'whole' if answer.whole else 'broken'}, {flaw}"


def committed(evidence: Evidence) -> Iterator[str]:
    """A call of which the first byte has reached the app sends nothing more, unless the app was told that it will."""
    last = dict[str, float]()
    for at, tag in evidence.tap.sends:
        last[tag] = at
    for call in evidence.calls:
        sent_s = None if call.goes_on else last.get(call.tag)
        if call.headed_s is not None and sent_s is not None and sent_s > call.headed_s:
            yield f"call {call.tag} was answered from {call.headed_s:.3f} s on, and sent again at {sent_s:.3f} s"
            return


def crossed(evidence: Evidence) -> Iterator[str]:
    """An answer was made for the app that gets it, or for another call of the same app."""
    apps = {ending.intent.id: app_of(ending.intent) for ending in evidence.endings}
    for call in evidence.calls:
        name = call.answer.headers.get(evidence.request_id) if call.answer is not None else None
        tag = evidence.tap.answers.get(name) if name is not None else None
        if tag is not None and apps[tag.partition("/")[0]] != app_of(call.intent):
            yield f"call {call.tag} was given the answer to {tag}, which is another app's"
            return


def strange(evidence: Evidence) -> Iterator[str]:
    """An answer is of the kind that was asked for, and about what was asked."""
    for call in evidence.calls:
        answer, story = call.answer, evidence.story(call)
        if story.streams or answer is None or not answer.whole or not 200 <= answer.status < 300:
            continue
        media = answer.headers.get("Content-Type", "")
        if call.goes_on:
            continue  # its answer is a record of ours
        if story.is_drawn:
            if (other := _made_for_another(evidence, call, story)) is not None:
                yield f"call {call.tag} was given the answer to {other}"
                return
            continue
        if media != "application/json" or (_is_json(answer.body) and not _is_about(call, story, answer.body)):
            yield f"call {call.tag} was given {media or 'what is called nothing'}: {answer.body[:60]!r}"
            return


def mistaken(evidence: Evidence) -> Iterator[str]:
    """Under the key of a request that is done the same content gets its answer, and another one gets 422.

    Another than that gets nothing that could be taken for its own; either may be told to come again.
    """
    for call in evidence.calls:
        if not call.again or call.status in REPEATABLE:
            continue
        if call.again == "other" and call.status != MISMATCH:
            yield f"call {call.tag} came with another content under a key that was used, and was told {call.status}"
            return
        if call.again == "same" and not 200 <= call.status < 300:
            yield f"call {call.tag} came again, with the same content and key, and was told {call.status}"
            return


def stale(evidence: Evidence) -> Iterator[str]:
    """A stored answer is given for as long as it is fresh. It is no younger than since somebody was first told it."""
    first = dict[str, float]()
    for call in evidence.calls:
        name = call.answer.headers.get(evidence.request_id) if call.answer is not None else None
        story = evidence.story(call)
        if name is None or call.headed_s is None or story.writes or story.fresh_s is None:
            continue
        first_s = first.setdefault(name, call.headed_s)
        if call.headed_s - first_s > story.fresh_s:
            yield f"call {call.tag} was given an answer that was {call.headed_s - first_s:.1f} s old"
            return


def vague(evidence: Evidence) -> Iterator[str]:
    """An app that is told to come again is told when."""
    for call in evidence.calls:
        after = call.answer.headers.get("Retry-After", "") if call.answer is not None else "0"
        if call.problem in COME_AGAIN and not after.isdecimal():
            yield f"call {call.tag} was told {call.problem}, and not when to come again"
            return


def late(evidence: Evidence) -> Iterator[str]:
    """The first byte comes within the call's time, and the last within the stream's."""
    late_s = LATE_S + COMMITS * slow_disk_s(evidence)
    total_s = evidence.policy.stream.total + late_s
    for call in evidence.calls:
        heard_s = call.ended_s if call.headed_s is None else call.headed_s
        took_s, streamed_s = heard_s - call.sent_s, call.ended_s - heard_s
        if took_s > call.allowed_s + late_s:
            yield f"call {call.tag} was answered after {took_s:.3f} s; it had {call.allowed_s:g} s"
        if streamed_s > total_s:
            yield f"call {call.tag} was streamed for {streamed_s:.3f} s"


def _made_for_another(evidence: Evidence, call: AppCall, story: Story) -> str | None:
    """The tag of the call that an answer was made for, where this one may not have it.

    A read may have what another one of its operation was answered; a write only what was answered to its own intent.
    """
    assert call.answer is not None
    tag = evidence.tap.answers.get(call.answer.headers.get(evidence.request_id, ""))
    made_for = tag.partition("/")[0] if tag is not None else call.intent.id
    if made_for == call.intent.id:
        return None
    names = {ending.intent.id: ending.intent.story for ending in evidence.endings}
    return tag if story.writes or evidence.stories[names[made_for]].operation != story.operation else None


def _is_about(call: AppCall, story: Story, body: bytes) -> bool:
    intent, operation, content = call.intent, story.operation, orjson.loads(body)
    try:
        if operation == REMOVAL:
            return bool(content["id"] == member_of(intent))
        if operation in LISTED:
            return bool(content["url"] == LISTED[operation])
        if operation == REFUND and content["object"] == "list":  # what its lookup was answered
            return any(one["metadata"]["order_id"] == intent.id for one in content["data"])
        return bool(content["metadata"]["order_id"] == intent.id)
    except (KeyError, TypeError):
        return False


def _flaw(call: AppCall, body: bytes) -> str:
    """The flaw of the bytes of an event stream, in words; empty where there is none."""
    answer = call.answer
    assert answer is not None
    *events, rest = body.split(b"\n\n")
    if not all(event.startswith(b"data: ") for event in events):
        return "holds what is no event"
    data = [event.removeprefix(b"data: ") for event in events]
    ended = data[-1:] == [END]
    chunks = [orjson.loads(event) for event in data[: -1 if ended else None] if _is_json(event)]
    if len(chunks) < len(data) - ended:
        return "holds an event that cannot be read"
    if len({chunk["id"] for chunk in chunks}) > 1:
        return "is put together from two"
    words = "".join(choice["delta"].get("content", "") for chunk in chunks for choice in chunk["choices"])
    wanted = f"{SAID}{call.intent.id}"
    if answer.whole and (rest or not ended or words != wanted):
        return f"has no end: {words!r}"
    return "" if wanted.startswith(words) else f"is another: {words!r}"


def _says_json(answer: HttpResponse) -> bool:
    return "json" in answer.headers.get("Content-Type", "")


def _is_json(data: bytes) -> bool:
    try:
        orjson.loads(data)
    except orjson.JSONDecodeError:
        return False
    return True
