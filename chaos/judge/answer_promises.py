"""The judge of what apps were given: whole answers that are whole and to the point, streams that are one answer's.

Functions of the evidence, as in chaos/judge/promises.py. They read the bytes that reached the app, the wire, and
nothing of the proxy's own words.
"""

from collections.abc import Iterator

import orjson

from tidegate.chaos.apps.search_apps import OPERATIONS, REMOVAL, STORIES, AppCall, app_of, member_of
from tidegate.chaos.judge.evidence import Evidence
from tidegate.chaos.search_vendors import FRESH_S

EVENTS = "text/event-stream"
SAID = "You said: "
"""The language-model vendor repeats the question after these words."""
END = b"[DONE]"
LISTED = {"GetPaymentIntents": "/v1/payment_intents", "GetRefunds": "/v1/refunds"}
"""What a list calls itself, by the operation that asks for it."""
COME_AGAIN = frozenset(
    {"idempotency-conflict", "overloaded", "rate-limited", "store-unavailable", "vendor-unavailable"}
)
"""Problems for which docs/problems.md promises a Retry-After."""


def whole(evidence: Evidence) -> Iterator[str]:
    """An answer that broke off is never taken for whole; a stream is one answer's, or a first part of one."""
    for asked in evidence.asked:
        answer = asked.answer
        if answer is None or not 200 <= answer.status < 300:
            continue
        if answer.headers.get("Content-Type", "").startswith(EVENTS):
            flaw = _flaw(asked, answer.body)
        else:
            flaw = "is no JSON" if answer.whole and not _is_json(answer.body) else ""
        if flaw:
            yield f"the answer to call {asked.tag}, which looked {'whole' if answer.whole else 'broken'}, {flaw}"


def committed(evidence: Evidence) -> Iterator[str]:
    """When the first byte of an answer has reached the app, its call sends nothing more to the vendor."""
    last = dict[str, float]()
    for at, tag in evidence.tap.sends:
        last[tag] = at
    for asked in evidence.asked:
        sent_s = last.get(asked.tag)
        if asked.headed_s is not None and sent_s is not None and sent_s > asked.headed_s:
            yield f"call {asked.tag} was answered from {asked.headed_s:.3f} s on, and sent again at {sent_s:.3f} s"
            return


def crossed(evidence: Evidence) -> Iterator[str]:
    """An answer was made for the app that gets it, or for another call of the same app."""
    apps = {ending.intent.id: app_of(ending.intent) for ending in evidence.endings}
    for asked in evidence.asked:
        name = asked.answer.headers.get("Request-Id") if asked.answer is not None else None
        tag = evidence.tap.answers.get(name) if name is not None else None
        if tag is not None and apps[tag.partition("/")[0]] != app_of(asked.intent):
            yield f"call {asked.tag} was given the answer to {tag}, which is another app's"
            return


def strange(evidence: Evidence) -> Iterator[str]:
    """An answer is of the kind that was asked for, and about what was asked."""
    for asked in evidence.asked:
        answer = asked.answer
        if STORIES[asked.intent.story].streams or answer is None or not answer.whole or not 200 <= answer.status < 300:
            continue
        media = answer.headers.get("Content-Type", "")
        if media != "application/json" or (_is_json(answer.body) and not _is_about(asked, answer.body)):
            yield f"call {asked.tag} was given {media or 'what is called nothing'}: {answer.body[:60]!r}"
            return


def stale(evidence: Evidence) -> Iterator[str]:
    """A stored answer is given for as long as it is fresh. It is no younger than since somebody was first told it."""
    first = dict[str, float]()
    for asked in evidence.asked:
        name = asked.answer.headers.get("Request-Id") if asked.answer is not None else None
        if name is None or asked.headed_s is None or STORIES[asked.intent.story].writes:
            continue
        told_s = first.setdefault(name, asked.headed_s)
        if asked.headed_s - told_s > FRESH_S:
            yield f"call {asked.tag} was given an answer that was {asked.headed_s - told_s:.1f} s old"
            return


def vague(evidence: Evidence) -> Iterator[str]:
    """Who is told to come again is told when."""
    for asked in evidence.asked:
        after = asked.answer.headers.get("Retry-After", "") if asked.answer is not None else "0"
        if asked.problem in COME_AGAIN and not after.isdecimal():
            yield f"call {asked.tag} was told {asked.problem}, and not when to come again"
            return


def _is_about(asked: AppCall, body: bytes) -> bool:
    intent, operation, told = asked.intent, OPERATIONS[asked.intent.story], orjson.loads(body)
    try:
        if operation == REMOVAL:
            return bool(told["id"] == member_of(intent))
        if operation in LISTED:
            return bool(told["url"] == LISTED[operation])
        return bool(told["metadata"]["order_id"] == intent.id)
    except (KeyError, TypeError):
        return False


def _flaw(asked: AppCall, body: bytes) -> str:
    """What is wrong with the bytes of an event stream, empty where nothing is."""
    answer = asked.answer
    assert answer is not None
    *events, rest = body.split(b"\n\n")
    if not all(event.startswith(b"data: ") for event in events):
        return "holds what is no event"
    data = [event.removeprefix(b"data: ") for event in events]
    ended = data[-1:] == [END]
    chunks = [orjson.loads(one) for one in data[: -1 if ended else None] if _is_json(one)]
    if len(chunks) < len(data) - ended:
        return "holds an event that cannot be read"
    if len({chunk["id"] for chunk in chunks}) > 1:
        return "is put together from two"
    words = "".join(choice["delta"].get("content", "") for chunk in chunks for choice in chunk["choices"])
    wanted = f"{SAID}{asked.intent.id}"
    if answer.whole and (rest or not ended or words != wanted):
        return f"has no end: {words!r}"
    return "" if wanted.startswith(words) else f"is another: {words!r}"


def _is_json(data: bytes) -> bool:
    try:
        orjson.loads(data)
    except orjson.JSONDecodeError:
        return False
    return True
