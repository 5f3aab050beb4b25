"""Look-up of calls that have ended: recent ones in memory, those whose outcome matters for longer in the store.

Answers `GET /_tidegate/calls/{id}`. An app sees its own calls only. It decides nothing about outcomes.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain

from tidegate.problems import Problem
from tidegate.proxy.call.finished_call import FinishedCall
from tidegate.proxy.call.outcome import Outcome, Verdict
from tidegate.proxy.store.records import Records, StoredCall
from tidegate.proxy.telemetry.log_line import attempt_of, stamp

RECENT_MAX = 4096
"""Calls kept in memory, of every kind; and so many of those that did not go smoothly."""

TURNED_AWAY_MAX = 1024
"""So many requests that never became calls are kept in memory."""
SUCCESS = Verdict.SUCCESS
"""By a name of its own: a member of an enumeration is looked up slowly, and this is done for each call."""

OUTCOMES = {
    "done": str(Outcome.DONE),
    "failed": str(Outcome.APPLIED_BUT_FAILED),
    "unknown": str(Outcome.UNKNOWN),
    "running": "running",
}
ADVICE = {
    "running": "It has not ended. Ask again.",
    "unknown keyed": "It may have happened. Send the same request with the same Idempotency-Key to find out.",
    "unknown": "It may have happened, and it had no key. Look at the vendor before you send it again.",
    "not applied": "It did not happen. It is safe to send it again.",
}


@dataclass(frozen=True, slots=True)
class TurnedAway:
    """A request that was answered without becoming a call: no app, no vendor, or nothing that can be read.

    `wall` is when, in seconds since 1970; `app` and `vendor` are empty where they are not known.
    """

    call_id: str
    wall: float
    app: str
    vendor: str
    method: str
    problem: Problem
    detail: str
    """What whoever sent it was told."""


class RecentCalls:
    """The calls that ended lately, and those of longer ago that somebody may ask for: what did not go smoothly.

    Else a busy minute would push out the calls of the trouble before it. `before_find` adds those that telemetry has
    not passed on yet.
    """

    def __init__(self, size: int = RECENT_MAX) -> None:
        self.before_find: Callable[[], object] = lambda: None
        self._size = size
        self._calls: OrderedDict[str, FinishedCall] = OrderedDict()
        self._rough: OrderedDict[str, FinishedCall] = OrderedDict()
        """Those that did not go smoothly: they stand in both as long as they are recent."""
        self.turned_away: OrderedDict[str, TurnedAway] = OrderedDict()
        """Requests that never became calls, by the id that they were answered with."""

    def add(self, finished: FinishedCall) -> None:
        """Remember a call, and forget the oldest where there are too many."""
        self._calls[finished.call_id] = finished
        if len(self._calls) > self._size:
            self._calls.popitem(last=False)
        if finished.verdict is not SUCCESS or len(finished.attempts) > 1:
            self._rough[finished.call_id] = finished
            if len(self._rough) > self._size:
                self._rough.popitem(last=False)

    def add_turned_away(self, one: TurnedAway) -> None:
        """Remember a request that did not become a call."""
        self.turned_away[one.call_id] = one
        if len(self.turned_away) > TURNED_AWAY_MAX:
            self.turned_away.popitem(last=False)

    def find(self, call_id: str) -> FinishedCall | None:
        """A call by its id; None where it is not remembered."""
        self.before_find()
        return self._calls.get(call_id) or self._rough.get(call_id)

    def newest(self) -> Iterator[FinishedCall]:
        """Every call that is remembered, the newest first. It is not to be added to meanwhile."""
        self.before_find()
        older = (call for call in reversed(self._rough.values()) if call.call_id not in self._calls)
        return chain(reversed(self._calls.values()), older)


async def lookup(call_id: str, app: str, recent: RecentCalls, records: Records) -> dict[str, object] | None:
    """The end of a call of this app's, as a JSON-able document; None where nothing (any more) is known of it.

    The store has the last word: a call whose outcome was unknown when it ended may have been settled since.
    """
    stored = await records.find_call(call_id)
    finished = recent.find(call_id)
    if stored is not None and stored.app == app:
        document = _document_of_stored(stored)
        if finished is not None:
            document["attempts"] = [attempt_of(attempt) for attempt in finished.attempts]
        return document
    return _document_of_finished(finished) if finished is not None and finished.app == app else None


def _document_of_stored(stored: StoredCall) -> dict[str, object]:
    document: dict[str, object] = {
        "call": stored.call_id,
        "vendor": stored.vendor,
        "operation": stored.operation,
        "outcome": OUTCOMES[stored.state],
        "began": stamp(stored.began_wall),
    }
    if stored.ended_wall:
        document["ended"] = stamp(stored.ended_wall)
    if stored.status:
        document["status"] = stored.status
    return _advised(document, keyed=stored.keyed)


def _document_of_finished(finished: FinishedCall) -> dict[str, object]:
    document: dict[str, object] = {
        "call": finished.call_id,
        "vendor": finished.plan.vendor,
        "operation": finished.plan.operation,
        **({"outcome": str(finished.outcome)} if finished.writes else {}),
        "began": stamp(finished.wall - finished.took_s),
        "ended": stamp(finished.wall),
        "status": finished.status,
        "attempts": [attempt_of(attempt) for attempt in finished.attempts],
    }
    if finished.problem is not None:
        document["problem"] = finished.problem.name
    return _advised(document, keyed=False) if finished.writes else document


def _advised(document: dict[str, object], *, keyed: bool) -> dict[str, object]:
    outcome = str(document["outcome"])
    advice = ADVICE.get(f"{outcome} keyed" if keyed else outcome) or ADVICE.get(outcome)
    if advice is not None:
        document["advice"] = advice
    return document
