"""The judge of the inbox: a webhook that was taken reaches its apps, under one name and in its turn; a forged one none.

Functions of the evidence, as in chaos/judge/promises.py.
"""

from collections import Counter
from collections.abc import Iterator

from tidegate.chaos.apps.stories import APPS, app_of, key_of
from tidegate.chaos.judge.boxes.box_evidence import BoxEvidence, VendorPost
from tidegate.chaos.judge.boxes.outbox_promises import JUMP_S
from tidegate.chaos.judge.evidence import Evidence
from tidegate.chaos.judge.excuses import locked_out

WEBHOOKS = "webhooks"


def undelivered(evidence: Evidence) -> Iterator[str]:
    """A webhook whose vendor heard 2xx has been taken by every app in the end."""
    boxes = evidence.boxes
    if boxes is None:
        return
    got = {(post.app, post.body) for post in boxes.taken if post.purpose == WEBHOOKS and _is_good(post.status)}
    for post in boxes.posted:
        missing = [app for app in APPS if (app, post.body) not in got | boxes.poisoned]
        if post.genuine and _is_good(post.status) and missing:
            yield f"{post.event} was taken at {post.answered_s:.3f} s, and never came to {' and '.join(missing)}"
            return


def forged(evidence: Evidence) -> Iterator[str]:
    """What the vendor has not signed is not taken, and no app gets it."""
    boxes = evidence.boxes
    if boxes is None:
        return
    for post in boxes.posted:
        if not post.genuine and _is_good(post.status):
            yield f"{post.event} is forged, and was answered {post.status}"
            return
    genuine = {post.body for post in boxes.posted if post.genuine}
    for taken in boxes.taken:
        if taken.purpose == WEBHOOKS and taken.body not in genuine:
            yield f"{taken.app} was posted {taken.body[:60]!r}, which no vendor has signed"
            return


def renamed(evidence: Evidence) -> Iterator[str]:
    """An event has one name for an app at every try, however often the vendor sends it, and is signed."""
    boxes = evidence.boxes
    if boxes is None:
        return
    names = dict[tuple[str, bytes], str]()
    for post in boxes.taken:
        if not post.verified:
            yield f"{post.app} was posted {post.id or 'something'} without a signature that fits"
            return
        first = names.setdefault((post.app, post.body), post.id)
        jumped = any(abs(skew_s) >= JUMP_S for skew_s in evidence.happened.skews_s)
        if post.purpose == WEBHOOKS and first != post.id and not jumped:
            yield f"{post.app} was posted one event as {first} and as {post.id}"
            return


def disordered(evidence: Evidence) -> Iterator[str]:
    """With `block` an event waits until those of its thing that were taken before it have reached the app."""
    boxes = evidence.boxes
    if boxes is None or boxes.inbox_order != "block":
        return
    things = dict[str, dict[bytes, list[VendorPost]]]()
    for post in boxes.posted:
        if post.genuine:
            things.setdefault(post.thing, {}).setdefault(post.body, []).append(post)
    for app in APPS:
        first, done = _posts(boxes, app)
        for events in things.values():
            for body, tries in events.items():
                taken_s = min((post.answered_s for post in tries if _is_good(post.status)), default=float("inf"))
                for other, others in events.items():
                    later = other is not body and min(post.at for post in others) > taken_s
                    if later and first.get(other, float("inf")) < done.get(body, float("inf")):
                        yield f"{app} was posted {others[0].event} before it had {tries[0].event}"
                        return


def left_over(evidence: Evidence) -> Iterator[str]:
    """When all has been well for long, nothing waits but for a key, no lease is left, and nothing is half sent."""
    boxes = evidence.boxes
    if boxes is None:
        return
    locked = locked_out(evidence)
    calls = [call for call in evidence.calls if call.intent.id in locked]
    excused = {call.record for call in calls}
    keys = {(app_of(call.intent), key_of(call.intent)) for call in calls}  # an app that left was told of no record
    left = Counter(
        what for name, what in boxes.left.items() if name not in excused and boxes.keys.get(name) not in keys
    )
    if left:
        yield ", ".join(f"{count} of {what}" for what, count in sorted(left.items())) + " are left over"


def _posts(boxes: BoxEvidence, app: str) -> tuple[dict[bytes, float], dict[bytes, float]]:
    """When an app was first posted each event, and when it had it."""
    first, done = dict[bytes, float](), dict[bytes, float]()
    for post in boxes.taken:
        if post.app == app and post.purpose == WEBHOOKS:
            first.setdefault(post.body, post.at)
            if _is_good(post.status):
                done.setdefault(post.body, post.at)
    return first, done


def _is_good(status: int) -> bool:
    return 200 <= status < 300
