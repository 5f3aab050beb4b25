"""The admin pages of calls: those that ended lately, newest first, and one of them as a timeline.

Only what is in memory is looked through; a call whose outcome is unknown is in the outbox as well.
"""

import heapq
from collections.abc import Iterator
from http import HTTPStatus
from itertools import islice

import orjson

from tidegate.proxy.call.finished_call import FinishedCall
from tidegate.proxy.call.outcome import Verdict
from tidegate.proxy.desk.calls.call_query import CallQuery, read_call_query
from tidegate.proxy.desk.calls.call_timeline import timeline, timeline_of_turned_away
from tidegate.proxy.desk.delivery_query import Misread, parse_query
from tidegate.proxy.desk.page import Page, json_page, not_allowed, refusal
from tidegate.proxy.telemetry.log_line import stamp
from tidegate.proxy.telemetry.recent_calls import RecentCalls, TurnedAway
from tidegate.proxy.telemetry.telemetry import Telemetry
from tidegate.world.world import World

PATH = "/calls"
Seen = FinishedCall | TurnedAway


class CallPages:
    """See the module. A call shows what its log line does."""

    def __init__(self, world: World, recent: RecentCalls, telemetry: Telemetry) -> None:
        self._world = world
        self._recent = recent
        self._telemetry = telemetry

    def answer(self, method: str, path: str, query: str) -> Page:
        """The answer to a request for `/calls` or `/calls/ID`. `query` is as it was sent."""
        if method not in ("GET", "HEAD"):
            return not_allowed("GET, HEAD")
        name = path.removeprefix(PATH).strip("/")
        return self._one(name) if name else self._list(query)

    def _one(self, call_id: str) -> Page:
        one = self._recent.find(call_id) or self._recent.turned_away.get(call_id)
        if one is None:
            return refusal(404, "this call is not in memory; the log has it, and the outbox what becomes of it")
        hidden = self._telemetry.redactor.text
        told = timeline(one) if isinstance(one, FinishedCall) else timeline_of_turned_away(one)
        events = [event | {"why": hidden(str(event["why"]))} for event in told]
        return json_page(200, self._shown(one) | {"timeline": events})

    def _list(self, query: str) -> Page:
        given = parse_query(query)
        wanted = given if isinstance(given, Misread) else read_call_query(given, self._world.wall())
        if isinstance(wanted, Misread):
            return refusal(HTTPStatus.BAD_REQUEST, wanted.why)
        limit = wanted.limit
        found = [*islice(self._newest(wanted), limit + 1)]
        more = {"next": found[limit - 1].call_id} if len(found) > limit else {}
        return json_page(200, {"calls": [self._shown(call) for call in found[:limit]], **more})

    def _newest(self, wanted: CallQuery) -> Iterator[Seen]:
        """What is wanted, the newest first; behind `after` where that is the id of one in memory."""
        recent, after = self._recent, wanted.after
        everything: Iterator[Seen] = recent.newest()
        if recent.turned_away:
            away = reversed(recent.turned_away.values())
            everything = heapq.merge(everything, away, key=lambda one: -one.wall)
        begun = not after or (recent.find(after) or recent.turned_away.get(after)) is None
        for one in everything:
            if begun and _is_wanted(wanted, one):
                yield one
            begun = begun or one.call_id == after

    def _shown(self, one: Seen) -> dict[str, object]:
        if isinstance(one, TurnedAway):
            return _line_of(one)
        line: dict[str, object] = orjson.loads(self._telemetry.line(one))
        return line


def _is_wanted(wanted: CallQuery, one: Seen) -> bool:
    return wanted.matches(one) if isinstance(one, FinishedCall) else wanted.matches_turned_away(one)


def _line_of(one: TurnedAway) -> dict[str, object]:
    """A request that never became a call, with every name that a call's line has."""
    facts = {
        "call": one.call_id,
        "app": one.app,
        "vendor": one.vendor,
        "operation": "",
        "method": one.method,
        "path": "",
    }
    problem = {"status": one.problem.status, "verdict": Verdict.REFUSED, "problem": one.problem.name}
    return {
        "ts": stamp(one.wall),
        **facts,
        "operation": "",
        **problem,
        "took_ms": 0.0,
        "queued_ms": 0.0,
        "attempts": [],
    }
