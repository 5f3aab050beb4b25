"""The query of a list of calls: which are looked for, from where on, and how many.

Everything foreign is bounded here, and what cannot be meant is a `Misread` with its reason and the nearest name.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from tidegate.problems import PROBLEMS
from tidegate.proxy.call.finished_call import FinishedCall
from tidegate.proxy.call.outcome import Outcome, Verdict
from tidegate.proxy.desk.delivery_query import TEXT_CHARS_MAX, Given, Misread, moment, no_such
from tidegate.proxy.telemetry.recent_calls import TurnedAway

LIMIT, LIMIT_MAX = 50, 1000
UNSUCCESSFUL = "unsuccessful"
"""As a verdict: every one but success."""
WORDS: Mapping[str, tuple[str, ...]] = {
    "verdict": (*map(str, Verdict), UNSUCCESSFUL),
    "outcome": tuple(map(str, Outcome)),
    "problem": tuple(PROBLEMS),
}
FILTERS = ("id", "app", "vendor", "operation", *WORDS, "since", "until")
PAGING = ("after", "limit")


@dataclass(frozen=True, slots=True)
class CallQuery:
    """The calls that are looked for; what is empty says nothing. `since` and `until` are seconds since 1970."""

    id: str = ""
    """The beginning of the call's id; or the whole of its trace's, of a delivery's that it carried, of the call's that
    it repeats, or of the vendor's name for one of its requests."""
    app: str = ""
    vendor: str = ""
    operation: str = ""
    verdict: str = ""
    outcome: str = ""
    problem: str = ""
    since: float = 0.0
    until: float = math.inf
    after: str = ""
    limit: int = LIMIT

    def matches(self, call: FinishedCall) -> bool:
        """Whether a call is one of these. Asked of every call in memory, so what rules out most comes first."""
        plan = call.plan
        return (
            (not self.vendor or plan.vendor == self.vendor)
            and (not self.app or call.app == self.app)
            and (not self.verdict or call.verdict == self.verdict or self._went_wrong(call))
            and (not self.problem or (call.problem is not None and call.problem.name == self.problem))
            and (not self.outcome or (call.writes and call.outcome == self.outcome))
            and (not self.operation or plan.operation == self.operation)
            and self.since <= call.wall < self.until
            and (not self.id or self._names(call))
        )

    def matches_turned_away(self, one: TurnedAway) -> bool:
        """The same of a request that never became a call: it had no operation and no outcome."""
        return (
            self.verdict in ("", Verdict.REFUSED, UNSUCCESSFUL)
            and not (self.operation or self.outcome)
            and self.vendor in ("", one.vendor)
            and self.app in ("", one.app)
            and self.problem in ("", one.problem.name)
            and self.since <= one.wall < self.until
            and one.call_id.startswith(self.id)
        )

    def _went_wrong(self, call: FinishedCall) -> bool:
        return self.verdict == UNSUCCESSFUL and call.verdict is not Verdict.SUCCESS

    def _names(self, call: FinishedCall) -> bool:
        return (
            call.call_id.startswith(self.id)
            or self.id in (call.trace_id, call.repeats)
            or (call.carried is not None and self.id in call.carried.ids)
            or any(attempt.request_id == self.id for attempt in call.attempts)
        )


def read_call_query(given: Given, wall: float) -> CallQuery | Misread:
    """The calls that fields ask for; of a field that is given more than once the last counts. `wall` is now."""
    one = {name: values[-1] for name, values in given.items()}
    misread = _misread(one)
    if misread is not None:
        return misread
    times = {name: moment(name, one.pop(name, ""), wall) for name in ("since", "until")}
    limit = one.pop("limit", str(LIMIT))
    if not (limit.isascii() and limit.isdigit() and len(limit) < 6 and 1 <= int(limit) <= LIMIT_MAX):
        return Misread(f"limit is a whole number from 1 to {LIMIT_MAX}")
    for time in times.values():
        if isinstance(time, Misread):
            return time
    since, until = (time for time in times.values() if not isinstance(time, Misread))
    return CallQuery(
        **one, since=0.0 if since is None else since, until=math.inf if until is None else until, limit=int(limit)
    )


def _misread(one: Mapping[str, str]) -> Misread | None:
    for name, value in one.items():
        known = (*FILTERS, *PAGING)
        if name not in known:
            return Misread(no_such("filter", name, known))
        if len(value) > TEXT_CHARS_MAX or not value.isprintable():
            return Misread(f"{name} is longer than {TEXT_CHARS_MAX} characters, or has some that cannot be shown")
        words = WORDS.get(name, ())
        if words and value and value not in words:
            return Misread(no_such(name, value, words))
    return None
