"""The door of an app that is away: nobody listens, or a post is answered as the mode says, until it is back."""

import asyncio
from typing import Any

import pytest
from aiohttp import web

from tidegate.chaos.apps.away_door import BUSY_S, AwayDoor
from tidegate.chaos.apps.http_client import HttpClient, NotConnected
from tidegate.chaos.apps.naive_sdk import ConnectionLost
from tidegate.chaos.trouble.surrounding_fault import AwayMode
from tidegate.chaos.world.virtual_loop import run
from tidegate.chaos.world.virtual_world import VirtualWorld

POST = b"POST /orders HTTP/1.1\r\nHost: app\r\nContent-Length: 2\r\n\r\n{}"


def statuses(*modes: AwayMode | None) -> list[Any]:
    """What a post gets in each of the modes, one after the other: a status with its Retry-After, or how it ends."""

    async def play() -> list[Any]:
        world = VirtualWorld(1)

        async def handle(request: web.BaseRequest) -> web.StreamResponse:
            return door.away(request) or web.Response(status=204)

        door = AwayDoor(world.machine("app"), web.Server(handle))
        await door.start("127.0.0.1", 3000)
        seen: list[Any] = []
        for mode in modes:
            door.send_away(mode)
            client = HttpClient(world.machine("caller"), "127.0.0.1", 3000)
            try:
                answer = await client.ask(POST, 5.0)
                seen.append((answer.status, answer.headers.get("Retry-After")))
            except (NotConnected, ConnectionLost) as error:
                seen.append(type(error))
            client.close()
            await asyncio.sleep(0)  # noqa: TID251 - a turn of the loop
        await door.close()
        return seen

    return run(play)


@pytest.mark.parametrize(
    ("mode", "seen"),
    [("refuse", NotConnected), ("error", (500, None)), ("busy", (503, str(BUSY_S))), ("deaf", ConnectionLost)],
)
def test_each_mode_is_what_a_post_gets_and_then_the_app_is_back(mode: AwayMode, seen: Any) -> None:
    assert statuses(None, mode, None) == [(204, None), seen, (204, None)]
