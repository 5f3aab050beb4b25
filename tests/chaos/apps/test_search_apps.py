"""The search's apps: which answers they take for final, what they repeat under which key, and what they remember."""

from typing import Any, cast

import pytest

from tidegate.chaos.apps.http_client import HttpClient, HttpResponse, NotConnected
from tidegate.chaos.apps.naive_sdk import ConnectionLost
from tidegate.chaos.apps.retry_loop import Intent, ReportedOutcome
from tidegate.chaos.apps.search_apps import SearchApp
from tidegate.chaos.apps.stories import STORIES, request
from tidegate.chaos.world.virtual_loop import run
from tidegate.chaos.world.virtual_world import VirtualWorld

LOST = ConnectionLost("lost", final=False)
REFUSED = NotConnected("refused", final=False)


BROKEN = HttpResponse(200, {}, b"data: ", 0.1, whole=False)
Step = int | Exception | HttpResponse


def heard(status: int) -> HttpResponse:
    return HttpResponse(status, {"Tidegate-Attempts": "2", "Tidegate-Problem": "outcome-unknown"}, b"", 0.1)


class Script:
    """Stands for the client: gives one answer after the other."""

    def __init__(self, *steps: Step) -> None:
        self.steps = list(steps)
        self.sent: list[bytes] = []

    async def ask(self, sent: bytes, patience_s: float, *, halves: bool = False) -> HttpResponse:
        assert not halves or len(sent) > 2000
        self.sent.append(sent)
        step = self.steps.pop(0)
        if isinstance(step, Exception):
            raise step
        return step if isinstance(step, HttpResponse) else heard(step)


def pursued(story: str, *steps: Step) -> tuple[ReportedOutcome, Script, SearchApp]:
    async def main() -> tuple[ReportedOutcome, Script, SearchApp]:
        world, script = VirtualWorld(1), Script(*steps)
        caller = SearchApp(cast("HttpClient", script), world.random("x"), world.sleep, world.now, 20.0)
        ending = await caller.pursue(Intent("order-7", story, 0.0, 300.0))
        return ending.outcome, script, caller

    return run(main)


@pytest.mark.parametrize(
    ("story", "steps", "told"),
    [
        ("payment", [LOST, 504, 409, 503, 200], ReportedOutcome.DONE),
        ("charge", [503, 429, REFUSED, 200], ReportedOutcome.DONE),
        ("charge", [LOST], ReportedOutcome.UNKNOWN),
        ("charge", [504], ReportedOutcome.UNKNOWN),
        ("payment", [402], ReportedOutcome.NOT_APPLIED),
        ("payment", [500], ReportedOutcome.UNKNOWN),
        ("signup", [502], ReportedOutcome.UNKNOWN),
        ("member", [504, 504, 504, 504], ReportedOutcome.UNKNOWN),
        ("sale", [503], ReportedOutcome.NOT_APPLIED),
        ("read", [LOST, 502, 200], ReportedOutcome.DONE),
        ("chat", [BROKEN, LOST, 200], ReportedOutcome.DONE),
        ("skim", [BROKEN, BROKEN], ReportedOutcome.UNKNOWN),
        ("charge", [BROKEN], ReportedOutcome.UNKNOWN),
        ("leave", [503, 504, 200], ReportedOutcome.DONE),
        ("leave", [404], ReportedOutcome.NOT_APPLIED),
        ("quit", [LOST, 404], ReportedOutcome.UNKNOWN),
    ],
)
def test_an_app_repeats_what_it_may_and_stops_where_it_must(
    story: str, steps: list[Step], told: ReportedOutcome
) -> None:
    found, script, _ = pursued(story, *steps)
    assert (found, script.steps) == (told, [])


def test_a_keyed_app_keeps_its_key_and_gives_each_call_a_tag() -> None:
    _, script, _ = pursued("payment", 503, 200)
    assert all(b"Idempotency-Key: order-3\r\n" in sent for sent in script.sent)
    assert [b"Call-Tag: order-7/1\r\n" in sent for sent in script.sent] == [True, False]


def test_what_an_app_was_told_is_remembered() -> None:
    _, _, caller = pursued("payment", 504, 200)
    first: Any = caller.calls[0]
    assert (first.tag, first.status, first.problem, first.attempts) == ("order-7/1", 504, "outcome-unknown", 2)
    assert [one.answer.status for one in caller.calls if one.answer] == [504, 200]


def test_an_answer_that_broke_is_no_answer_but_when_it_began_and_what_came_of_it_is_known() -> None:
    _, _, caller = pursued("chat", BROKEN, 200)
    first: Any = caller.calls[0]
    assert (first.status, first.headed_s, first.answer.body) == (0, 0.1, b"data: ")


@pytest.mark.parametrize(
    ("told", "least_s", "most_s"),
    [("7", 7.0, 8.0), ("Thu, 01 Jan 2026 00:06:00 GMT", 0.0, 1.0)],
)
def test_an_app_waits_as_it_is_told_where_it_is_told_in_seconds(told: str, least_s: float, most_s: float) -> None:
    _, _, caller = pursued("payment", HttpResponse(429, {"Retry-After": told}, b"", 0.1), 200)
    first, second = caller.calls
    assert least_s <= second.sent_s - first.ended_s <= most_s


def test_an_urgent_app_says_how_much_time_it_has() -> None:
    intent = Intent("order-1", "urgent", 0.0)
    assert b"Tidegate-Timeout: 1s\r\n" in request(intent, STORIES["urgent"], "t")
    assert pursued("urgent", 200)[2].calls[0].allowed_s == 1.0


@pytest.mark.parametrize(("story", "same"), [("enroll", True), ("revise", False), ("repeat", True)])
def test_what_is_done_comes_again_under_its_key_with_the_same_content_or_another_end(story: str, same: bool) -> None:
    told, script, caller = pursued(story, 503, 200, 422)
    assert told is ReportedOutcome.DONE
    _, done, again = script.sent
    assert again.replace(b"order-7/3", b"order-7/2") == done if same else again[-20:] != done[-20:]
    rest = done.partition(b"\r\n\r\n")[2]
    later, _, other = again.partition(b"\r\n\r\n")
    assert len(rest) == len(other)
    assert [line for line in later.split(b"\r\n") if b"Key" in line] == [b"Idempotency-Key: order-3"]
    assert other[:1024] == rest[:1024]
    assert [call.again for call in caller.calls] == ["", "", STORIES[story].again]
    assert (len(rest) > 1024) is (STORIES[story].content == "long")


def test_what_is_not_done_does_not_come_again() -> None:
    _, script, caller = pursued("revise", 402)
    assert (len(script.sent), len(caller.calls)) == (1, 1)
