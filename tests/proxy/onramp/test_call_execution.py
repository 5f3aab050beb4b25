"""Whatever happens in a pipeline, a reply comes of it."""

import asyncio
from typing import Any

import pytest

from tests.proxy.examples import attempt, call, plan, reply
from tidegate.chaos.world.virtual_loop import run
from tidegate.chaos.world.virtual_world import VirtualWorld
from tidegate.proxy.call.call import Call
from tidegate.proxy.call.outcome import Outcome
from tidegate.proxy.call.reply import Reply
from tidegate.proxy.onramp.call_execution import CallExecution


class Told:
    """A telemetry that remembers what it was told."""

    def __init__(self) -> None:
        self.recorded: list[str] = []
        self.crashes: list[str] = []

    def record(self, of: Call, answer: Reply, now: float, wall: float) -> None:
        self.recorded.append(of.stop or "ended")

    def crashed(self, call_id: str, error: BaseException, wall: float) -> None:
        self.crashes.append(type(error).__name__)


def execution(told: Any) -> CallExecution:
    return CallExecution(VirtualWorld(1), told)


@pytest.mark.parametrize(
    ("sent", "idempotency", "problem"),
    [
        (True, "vendor-key", "outcome-unknown"),
        (False, "vendor-key", "internal-error"),
        (True, "safe", "internal-error"),
    ],
)
def test_a_bug_of_ours_is_a_refusal_that_says_what_may_have_happened(
    sent: bool, idempotency: str, problem: str
) -> None:
    made = call(plan=plan(idempotency=idempotency), attempts=[attempt(sent=sent)], outcome=Outcome.NOT_APPLIED)

    async def bug(_: Call) -> Reply:
        raise KeyError

    told = Told()
    got = run(lambda: execution(told).carry_out(bug, made))
    assert got.problem is not None
    assert (got.problem.name, told.crashes) == (problem, ["KeyError"])


def test_a_call_that_is_cancelled_is_recorded(tmp_path: object) -> None:
    told, made = Told(), call(attempts=[attempt()], outcome=Outcome.NOT_APPLIED)

    async def hang(_: Call) -> Reply:
        await asyncio.Event().wait()
        raise AssertionError

    async def story() -> None:
        task = asyncio.ensure_future(execution(told).carry_out(hang, made))
        await asyncio.tasks.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    run(story)
    assert (told.recorded, made.outcome) == (["cancelled"], Outcome.UNKNOWN)


def test_a_call_that_no_app_waits_for_is_recorded() -> None:
    told = Told()

    async def well(_: Call) -> Reply:
        return reply()

    run(lambda: execution(told).carry_out(well, call()))
    assert told.recorded == ["ended"]
