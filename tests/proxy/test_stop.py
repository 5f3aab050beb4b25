"""A stop takes as long as `drain` says: what is under way then is ended, and never looks whole."""

import asyncio
from pathlib import Path

import pytest
from aiohttp import ClientError

from tests.proxy.town import SSE, Step, Stream, Town, play
from tidegate.proxy.app import BUSY_EVERY_S, END_S

DRAIN_S = 2.0
ENDLESS: Step = Stream([b"data: x\n\n"] * 400, every_s=0.25, headers=SSE)
LONG: Step = Stream([bytes(300_000)] * 40, every_s=0.25, headers={"Content-Length": "12000000"})
OK: Step = (200, {}, b"{}")


def stopped(folder: Path, step: Step, method: str = "GET", path: str = "/things/things/1") -> tuple[str, float, bool]:
    """What the app saw of a call that is under way at a stop, the seconds of the stop, and if all had ended in time."""

    async def story(town: Town) -> tuple[str, float, bool]:
        async def app() -> str:
            try:
                return str((await town.ask(method, path, data=b"a" if method == "POST" else None)).status)
            except ClientError as error:
                return type(error).__name__

        asked = asyncio.ensure_future(app())
        await town.world.sleep(0.8)
        began = town.world.now()
        ended = await town.proxy.drain(DRAIN_S)
        await town.proxy.close()
        return await asked, town.world.now() - began, ended

    return play(folder, [step], story)


@pytest.mark.parametrize("step", [ENDLESS, LONG], ids=["chunked", "with a length"])
def test_a_stream_is_broken_off_when_the_time_is_over(tmp_path: Path, step: Step) -> None:
    seen, took_s, in_time = stopped(tmp_path, step)
    assert (seen, in_time) == ("ClientPayloadError", False)
    assert DRAIN_S <= took_s <= DRAIN_S + END_S


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_call_without_an_answer_is_ended_when_the_time_is_over(tmp_path: Path, method: str) -> None:
    seen, took_s, in_time = stopped(tmp_path, "hang", method, "/things/shots" if method == "POST" else "/things/x")
    assert (seen, in_time) == ("ServerDisconnectedError", False)
    assert DRAIN_S <= took_s <= DRAIN_S + END_S


def test_a_stop_ends_as_soon_as_the_last_call_has(tmp_path: Path) -> None:
    seen, took_s, in_time = stopped(tmp_path, Stream([b"data: x\n\n"] * 6, every_s=0.25, headers=SSE))
    assert (seen, in_time) == ("200", True)
    assert took_s < DRAIN_S


def test_an_idle_proxy_stops_at_once(tmp_path: Path) -> None:
    seen, took_s, in_time = stopped(tmp_path, OK)
    assert (seen, in_time) == ("200", True)
    assert took_s < BUSY_EVERY_S
