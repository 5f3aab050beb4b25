"""A call as the console shows it: a row of a list, and the bars of a timeline. Pure: from the desk's documents."""

from collections.abc import Mapping
from dataclasses import dataclass

from tidegate.proxy.console.desk_answer import Document

TONES: Mapping[str, str] = {
    "success": "good", "rejected": "warn", "throttled": "warn", "contention": "warn", "cancelled": "warn",
    "credential": "bad", "failed": "bad", "refused": "bad",
}  # fmt: skip
"""Verdict → how it is coloured."""
SCALE = 1000.0
"""The width of a timeline in the units of its drawing."""
BAR_MIN = 4.0
"""What took no time is seen all the same."""


@dataclass(frozen=True, slots=True)
class CallRow:
    """One call of a list."""

    id: str
    ended: str
    vendor: str
    operation: str
    app: str
    status: int
    took_s: float
    tries: int
    became: str
    """Its problem or verdict, and the outcome of a write."""
    tone: str


@dataclass(frozen=True, slots=True)
class TimelineBar:
    """One event of a call. `x` and `width` are out of SCALE."""

    at_s: float
    took_s: float
    what: str
    why: str
    note: str
    kind: str
    """How it is coloured: wait, good, warn, bad, or none for a moment."""
    x: float
    width: float


def call_row(line: Document) -> CallRow:
    """A call's log line as a row."""
    outcome = line.get("outcome", "")
    ended = line.get("problem") or line["verdict"]
    if line.get("stop") == "deferred":
        ended, outcome = "accepted for later", outcome if outcome == "unknown" else ""
    return CallRow(
        id=line["call"],
        ended=line["ts"],
        vendor=line["vendor"],
        operation=line["operation"],
        app=line["app"],
        status=line["status"],
        took_s=line["took_ms"] / 1000,
        tries=len(line["attempts"]),
        became=f"{ended}, {outcome}" if outcome and ended != f"outcome-{outcome}" else ended,
        tone="bad" if outcome == "unknown" else TONES.get(line["verdict"], "warn"),
    )


def timeline_bars(line: Document) -> tuple[TimelineBar, ...]:
    """The events of one call, as wide as they took."""
    whole_ms = max(line["took_ms"], *(event["at_ms"] + event.get("took_ms", 0.0) for event in line["timeline"]), 0.001)
    attempts = {f"attempt {attempt['n']}": attempt for attempt in line["attempts"]}
    return tuple(_bar(event, attempts.get(event["what"]), whole_ms) for event in line["timeline"])


def _bar(event: Document, attempt: Document | None, whole_ms: float) -> TimelineBar:
    at_ms, took_ms = event["at_ms"], event.get("took_ms", 0.0)
    width = max(took_ms / whole_ms * SCALE, BAR_MIN)
    kind = "moment"
    if attempt is not None:
        kind = TONES.get(attempt["verdict"], "warn")
    elif took_ms:
        kind = "wait"
    return TimelineBar(
        at_ms / 1000, took_ms / 1000, event["what"], event["why"], _note(attempt), kind,
        round(min(at_ms / whole_ms * SCALE, SCALE - width), 1), round(width, 1),
    )  # fmt: skip


def _note(attempt: Document | None) -> str:
    """What the vendor calls this attempt, for who has to ask there."""
    return f"The vendor's id: {attempt['request_id']}" if attempt and attempt.get("request_id") else ""
