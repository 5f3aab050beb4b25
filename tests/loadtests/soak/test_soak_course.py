"""The course of a soak: every call with its time, and what was held now and then."""

import asyncio
from collections.abc import Iterator

import aiohttp
import pytest
from aiohttp import web

from tests.loadtests.soak.test_soak_verdict import REST
from tests.serving import listening
from tidegate.loadtests.programs import RunError
from tidegate.loadtests.soak import soak_course
from tidegate.loadtests.soak.resources import HeldResources
from tidegate.loadtests.soak.soak_course import SoakRecorder


def clock() -> Iterator[float]:
    """Each look at it is half a second later."""
    at_s = 100.0
    while True:
        yield at_s
        at_s += 0.5


def recorder() -> SoakRecorder:
    ticks = clock()
    return SoakRecorder(lambda: next(ticks))


async def test_calls_are_recorded_with_their_times_whoever_makes_them() -> None:
    recorded = recorder()

    async def answer(_request: web.BaseRequest) -> web.Response:
        return web.Response(text="ok")

    traces = [recorded.trace()]
    async with listening(web.Server(answer)) as port, aiohttp.ClientSession(trace_configs=traces) as client:
        for _ in range(2):
            async with client.get(f"http://127.0.0.1:{port}") as got:
                await got.read()
    assert recorded.course.calls == [(0.5, 0.5), (1.5, 0.5)]


def test_a_stretch_has_its_begin_and_end_even_where_it_fails() -> None:
    recorded = recorder()
    with recorded.stretch("warm-up"):
        pass
    with pytest.raises(RunError), recorded.stretch("straight"):
        raise RunError("gone")
    assert recorded.course.stretches == {"warm-up": (0.5, 1.0), "straight": (1.5, 2.0)}


async def test_looks_are_thinned_out_and_one_that_fails_is_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    recorded, pauses, answers = recorder(), list[float](), iter([REST, None, REST, REST, REST])
    monkeypatch.setattr(soak_course, "LOOKS_MAX", 4)

    def look() -> HeldResources:
        held = next(answers)
        if held is None:
            raise RunError("no answer")
        return held

    async def pause(wait_s: float) -> None:
        pauses.append(wait_s)
        if len(pauses) == 5:
            raise asyncio.CancelledError

    monkeypatch.setattr(asyncio, "sleep", pause)
    with pytest.raises(asyncio.CancelledError):
        await recorded.watch(look)
    assert pauses == [1.0, 1.0, 1.0, 1.0, 2.0]
    assert len(recorded.course.looks) == 2
