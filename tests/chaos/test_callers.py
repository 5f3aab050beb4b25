"""The search's apps: which answers they take for final, what they repeat under which key, and what they remember."""

from typing import Any, cast

import pytest

from tidegate.chaos.apps import Intent, Told
from tidegate.chaos.callers import STORIES, Caller, request
from tidegate.chaos.client import Client, NotConnected
from tidegate.chaos.loop import run
from tidegate.chaos.naive import Answer, ConnectionLost
from tidegate.chaos.world import VirtualWorld

LOST = ConnectionLost("lost", final=False)
REFUSED = NotConnected("refused", final=False)


class Script:
    """Stands for the client: gives one answer after the other."""

    def __init__(self, *steps: int | Exception) -> None:
        self.steps = list(steps)
        self.sent: list[bytes] = []

    async def ask(self, sent: bytes, patience_s: float) -> Answer:
        self.sent.append(sent)
        step = self.steps.pop(0)
        if isinstance(step, Exception):
            raise step
        return Answer(step, {"Tidegate-Attempts": "2", "Tidegate-Problem": "outcome-unknown"}, b"")


def pursued(story: str, *steps: int | Exception) -> tuple[Told, Script, Caller]:
    async def main() -> tuple[Told, Script, Caller]:
        world, script = VirtualWorld(1), Script(*steps)
        caller = Caller(cast("Client", script), "stripe", world.random("x"), world.sleep, world.now, 20.0)
        ending = await caller.pursue(Intent("order-7", story, 0.0, 300.0))
        return ending.told, script, caller

    return run(main)


@pytest.mark.parametrize(
    ("story", "steps", "told"),
    [
        ("payment", [LOST, 504, 409, 503, 200], Told.DONE),
        ("charge", [503, 429, REFUSED, 200], Told.DONE),
        ("charge", [LOST], Told.UNKNOWN),
        ("charge", [504], Told.UNKNOWN),
        ("payment", [402], Told.NOT_APPLIED),
        ("payment", [500], Told.UNKNOWN),
        ("signup", [502], Told.UNKNOWN),
        ("member", [504, 504, 504, 504], Told.UNKNOWN),
        ("sale", [503], Told.NOT_APPLIED),
        ("read", [LOST, 502, 200], Told.DONE),
    ],
)
def test_an_app_repeats_what_it_may_and_stops_where_it_must(
    story: str, steps: list[int | Exception], told: Told
) -> None:
    found, script, _ = pursued(story, *steps)
    assert (found, script.steps) == (told, [])


def test_a_keyed_app_keeps_its_key_and_gives_each_call_a_tag() -> None:
    _, script, _ = pursued("payment", 503, 200)
    assert all(b"Idempotency-Key: order-7\r\n" in sent for sent in script.sent)
    assert [b"Shop-Call: order-7/1\r\n" in sent for sent in script.sent] == [True, False]


def test_what_an_app_was_told_is_remembered() -> None:
    _, _, caller = pursued("payment", 504, 200)
    first: Any = caller.asked[0]
    assert (first.tag, first.status, first.problem, first.attempts) == ("order-7/1", 504, "outcome-unknown", 2)
    assert len(caller.shown) == 2


def test_an_urgent_app_says_how_much_time_it_has() -> None:
    intent = Intent("order-1", "urgent", 0.0)
    assert b"Tidegate-Timeout: 1s\r\n" in request(intent, STORIES["urgent"], "stripe", "t")
    assert pursued("urgent", 200)[2].asked[0].allowed_s == 1.0
