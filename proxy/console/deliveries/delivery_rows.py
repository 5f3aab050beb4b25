"""A delivery as the console shows it: a row of a list, and its story from its acceptance to now. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from tidegate.proxy.console.deliveries.delivery_words import TONES
from tidegate.proxy.console.desk_answer import Document
from tidegate.proxy.telemetry.log_line import stamp

OUTCOMES = {
    "done": "It was carried out.",
    "not applied": "It was not carried out.",
    "applied but failed": "It was begun and failed; the vendor keeps this answer for it.",
    "unknown": "It may have been carried out.",
    "": "No end of it is known.",
}
TONES_OF_TRIES = {"done": "good", "not applied": "warn", "applied but failed": "bad", "unknown": "bad"}
BY_HAND = {
    "replay": "had it sent again under its key",
    "redo": "had it sent under a new key",
    "confirm": "noted it as carried out",
    "cancel": "gave it up",
    "approve": "approved it",
    "refuse": "refused it",
}

WAIT_SHOWN_S = 1.0
"""A shorter wait is none."""


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """One delivery of a list."""

    id: str
    box: str
    app: str
    vendor: str
    operation: str
    state: str
    reason: str
    tone: str
    why: str
    tries: int
    accepted: str
    age_s: float
    next_try: str


@dataclass(frozen=True, slots=True)
class StoryLine:
    """Something that happened to a delivery. `call` leads to the call that it was tried by."""

    at: str
    took_s: float | None
    what: str
    why: str
    call: str = ""
    tone: str = ""


def delivery_row(of: Document, now: str) -> DeliveryRow:
    """A delivery of the desk's list as a row; `now` is the list's."""
    waits = of["state"] in ("queued", "waiting", "unknown")
    return DeliveryRow(
        of["id"], of["box"], of["app"], of["vendor"], of["operation"], of["state"], of["reason"], TONES[of["state"]],
        of["detail"], of["attempts"], of["accepted"], seconds_between(of["accepted"], now),
        (of["not_before"] or "") if waits else "",
    )  # fmt: skip


def seconds_between(earlier: str, later: str) -> float:
    """Seconds from one stamp to another; 0 where they are the other way round."""
    return max((datetime.fromisoformat(later) - datetime.fromisoformat(earlier)).total_seconds(), 0.0)


def story(of: Document) -> tuple[StoryLine, ...]:
    """What happened to one delivery, in order: its acceptance, its tries and the waits between them, people's acts."""
    lines = sorted([*_tries(of), *_acts(of)], key=lambda line: line.at)
    from_whom = (
        f"{of['vendor']} sent it for {of['app']}." if of["box"] == "inbox" else f"{of['app']} gave it to Tidegate."
    )
    told = [StoryLine(of["accepted"], None, "accepted", from_whom)]
    for line in lines:
        waited_s = seconds_between(_end(told[-1]), line.at)
        if waited_s >= WAIT_SHOWN_S and line.what != "by hand":
            told.append(StoryLine(_end(told[-1]), waited_s, "waited", _pause(of, told[-1])))
        told.append(line)
    return tuple(told)


def _pause(of: Document, before: StoryLine) -> str:
    """Why nothing was done for a time behind `before`."""
    order = f" Or for an earlier one of its order key, {of['order_key']}." if of["order_key"] else ""
    if before.what.startswith("try"):
        return f"A pause after a try that did not end well: longer each time, or as long as it was told.{order}"
    return f"It waited for its turn: for a worker, a breaker that was open, or a limit.{order}"


def _end(line: StoryLine) -> str:
    if not line.took_s:
        return line.at
    return stamp(datetime.fromisoformat(line.at).timestamp() + line.took_s)


def _tries(of: Document) -> Iterator[StoryLine]:
    for one in of["tries"]:
        took_s = seconds_between(one["began"], one["ended"]) if one["ended"] else None
        answer = f"The answer was {one['status']}. " if one["status"] else ""
        problem = f"{one['problem']}: " if one["problem"] else ""
        late = " This end came too late, and changed nothing." if one["late"] else ""
        why = f"{answer}{problem}{OUTCOMES.get(one['outcome'], one['outcome'])}{late}"
        tone = TONES_OF_TRIES.get(one["outcome"], "warn")
        yield StoryLine(one["began"], took_s, f"try {one['n']}", why, one["call"], tone)


def _acts(of: Document) -> Iterator[StoryLine]:
    for one in of["audit"]:
        if not isinstance(one, dict):
            continue
        edited = ", with another body" if one.get("edited") else ""
        note = f" — {one['note']}" if one.get("note") else ""
        done = BY_HAND.get(str(one.get("action")), str(one.get("action")))
        yield StoryLine(stamp(float(one.get("wall", 0.0))), None, "by hand", f"{one.get('by')} {done}{edited}.{note}")
