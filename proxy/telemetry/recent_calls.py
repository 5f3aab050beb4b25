"""What became of a call: the recent ones from memory, those whose outcome matters for longer from the store.

Answers `GET /_tidegate/calls/{id}`. An app sees its own calls only. It decides nothing about outcomes.
"""

from collections import OrderedDict
from collections.abc import Callable

from tidegate.proxy.call.finished_call import FinishedCall
from tidegate.proxy.call.outcome import Outcome
from tidegate.proxy.store.records import Records, StoredCall
from tidegate.proxy.telemetry.log_line import attempt_of, stamp

RECENT_MAX = 4096
"""Calls kept in memory."""

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


class RecentCalls:
    """The calls that ended lately. `before_find` brings in those that are still to be written down."""

    def __init__(self, size: int = RECENT_MAX) -> None:
        self.before_find: Callable[[], object] = lambda: None
        self._size = size
        self._calls: OrderedDict[str, FinishedCall] = OrderedDict()

    def add(self, ended: FinishedCall) -> None:
        """Keep a call, and let go of the oldest where there are too many."""
        self._calls[ended.call_id] = ended
        if len(self._calls) > self._size:
            self._calls.popitem(last=False)

    def find(self, call_id: str) -> FinishedCall | None:
        """A call by its id."""
        self.before_find()
        return self._calls.get(call_id)


async def lookup(call_id: str, app: str, recent: RecentCalls, records: Records) -> dict[str, object] | None:
    """What became of a call of this app's, as a JSON-able document, or None where nothing (any more) is known.

    The store speaks last: a call whose outcome was unknown when it ended may have been settled since.
    """
    stored = await records.find_call(call_id)
    ended = recent.find(call_id)
    if stored is not None and stored.app == app:
        document = _of_stored(stored)
        if ended is not None:
            document["attempts"] = [attempt_of(attempt) for attempt in ended.attempts]
        return document
    return _of_ended(ended) if ended is not None and ended.app == app else None


def _of_stored(stored: StoredCall) -> dict[str, object]:
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


def _of_ended(ended: FinishedCall) -> dict[str, object]:
    document: dict[str, object] = {
        "call": ended.call_id,
        "vendor": ended.plan.vendor,
        "operation": ended.plan.operation,
        **({"outcome": str(ended.outcome)} if ended.writes else {}),
        "began": stamp(ended.wall - ended.took_s),
        "ended": stamp(ended.wall),
        "status": ended.status,
        "attempts": [attempt_of(attempt) for attempt in ended.attempts],
    }
    if ended.problem is not None:
        document["problem"] = ended.problem.name
    return _advised(document, keyed=False) if ended.writes else document


def _advised(document: dict[str, object], *, keyed: bool) -> dict[str, object]:
    outcome = str(document["outcome"])
    advice = ADVICE.get(f"{outcome} keyed" if keyed else outcome) or ADVICE.get(outcome)
    if advice is not None:
        document["advice"] = advice
    return document
