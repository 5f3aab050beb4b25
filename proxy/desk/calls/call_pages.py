"""The admin pages of calls: those that ended lately, newest first, and one of them as a timeline.

Only what is in memory is looked through; a call whose outcome is unknown is in the outbox as well.
"""

from collections.abc import Iterator, Mapping
from http import HTTPStatus

import orjson

from tidegate.problems import PROBLEMS
from tidegate.proxy.call.finished_call import FinishedCall
from tidegate.proxy.call.outcome import Outcome, Verdict
from tidegate.proxy.desk.calls.call_timeline import timeline
from tidegate.proxy.desk.delivery_query import Misread, no_such, parse_query
from tidegate.proxy.desk.page import Page, json_page, not_allowed, refusal
from tidegate.proxy.telemetry.recent_calls import RecentCalls
from tidegate.proxy.telemetry.telemetry import Telemetry

PATH = "/calls"
LIMIT, LIMIT_MAX = 50, 1000
TEXT_CHARS_MAX = 256
WORDS: Mapping[str, tuple[str, ...]] = {
    "verdict": tuple(map(str, Verdict)),
    "outcome": tuple(map(str, Outcome)),
    "problem": tuple(PROBLEMS),
}
FILTERS = ("app", "vendor", "operation", *WORDS)
PAGING = ("after", "limit")


class CallPages:
    """See the module. A call shows what its log line does."""

    def __init__(self, recent: RecentCalls, telemetry: Telemetry) -> None:
        self._recent = recent
        self._telemetry = telemetry

    def answer(self, method: str, path: str, query: str) -> Page:
        """The answer to a request for `/calls` or `/calls/ID`. `query` is as it was sent."""
        if method not in ("GET", "HEAD"):
            return not_allowed("GET, HEAD")
        name = path.removeprefix(PATH).strip("/")
        return self._one(name) if name else self._list(query)

    def _one(self, call_id: str) -> Page:
        call = self._recent.find(call_id)
        if call is None:
            return refusal(404, "this call is not in memory; the log has it, and the outbox what becomes of it")
        return json_page(200, self._shown(call) | {"timeline": timeline(call)})

    def _list(self, query: str) -> Page:
        given = parse_query(query)
        wanted = given if isinstance(given, Misread) else _wanted({name: values[-1] for name, values in given.items()})
        if isinstance(wanted, Misread):
            return refusal(HTTPStatus.BAD_REQUEST, wanted.why)
        limit, after = int(wanted.pop("limit", str(LIMIT))), wanted.pop("after", "")
        found = list[FinishedCall]()
        for call in self._newest(after):
            if all(_facts(call)[name] == value for name, value in wanted.items()):
                found.append(call)
                if len(found) > limit:
                    break
        more = {"next": found[limit - 1].call_id} if len(found) > limit else {}
        return json_page(200, {"calls": [self._shown(call) for call in found[:limit]], **more})

    def _newest(self, after: str) -> Iterator[FinishedCall]:
        """Calls, the newest first; those that ended before `after` where that is the id of one in memory."""
        begun = not after or self._recent.find(after) is None
        for call in self._recent.newest():
            if begun:
                yield call
            begun = begun or call.call_id == after

    def _shown(self, call: FinishedCall) -> dict[str, object]:
        line: dict[str, object] = orjson.loads(self._telemetry.line(call))
        return line


def _facts(call: FinishedCall) -> Mapping[str, str]:
    return {
        "app": call.app,
        "vendor": call.plan.vendor,
        "operation": call.plan.operation,
        "verdict": str(call.verdict),
        "outcome": str(call.outcome) if call.writes else "",
        "problem": call.problem.name if call.problem is not None else "",
    }


def _wanted(given: dict[str, str]) -> dict[str, str] | Misread:
    for name, value in given.items():
        known = (*FILTERS, *PAGING)
        if name not in known:
            return Misread(no_such("filter", name, known))
        if len(value) > TEXT_CHARS_MAX or not value.isprintable():
            return Misread(f"{name} is longer than {TEXT_CHARS_MAX} characters, or has some that cannot be shown")
        words = WORDS.get(name, ())
        if words and value not in words:
            return Misread(no_such(name, value, words))
    limit = given.get("limit", "1")
    if not (limit.isascii() and limit.isdigit() and len(limit) < 6 and 1 <= int(limit) <= LIMIT_MAX):
        return Misread(f"limit is a whole number from 1 to {LIMIT_MAX}")
    return given
