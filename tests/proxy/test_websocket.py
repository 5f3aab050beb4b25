"""A WebSocket through the proxy, in the virtual world: aiohttp's own client and server on both ends."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientWebSocketResponse, WSMsgType, WSServerHandshakeError, web

from tests.proxy.town import SECRET, VENDOR, Town, play

POLICY = VENDOR["policy"] | {"stream": {"idle": "5s", "total": "60s"}}
Talk = Callable[[web.WebSocketResponse], Awaitable[None]]


def talking(folder: Path, talk: Talk, story: Callable[[Town, ClientWebSocketResponse], Awaitable[Any]]) -> Any:
    """Play a story in which the vendor answers the handshake and then talks."""

    async def told(town: Town) -> Any:
        async def handle(request: web.BaseRequest) -> web.StreamResponse:
            town.asked = dict(request.headers)  # type: ignore[attr-defined]  # of this test
            socket = web.WebSocketResponse()
            await socket.prepare(request)
            await talk(socket)
            return socket

        server = web.Server(handle, access_log=None)
        await town.vendor.world.listen(server, "93.184.216.35", 80)
        url = f"http://127.0.0.1:{town.proxy.port}/things/things"
        async with town.session.ws_connect(url, headers={"Authorization": "Bearer app"}) as socket:
            return await story(town, socket)

    facts = VENDOR["facts"] | {"base_url": "http://93.184.216.35"}
    return play(folder, [200], told, policy=POLICY, facts=facts)


async def echo(socket: web.WebSocketResponse) -> None:
    async for message in socket:
        await socket.send_str(f"you said {message.data}")


async def ended(town: Town) -> dict[str, Any]:
    for _ in range(100):
        if lines := [line for line in town.log() if "outcome" in line]:
            return lines[-1]
        await town.world.sleep(0.05)
    raise AssertionError("no call has ended")


def test_messages_pass_both_ways_and_the_vendor_sees_our_credential(tmp_path: Path) -> None:
    async def story(town: Town, socket: ClientWebSocketResponse) -> list[str]:
        said = []
        for word in ("one", "two"):
            await socket.send_str(word)
            said.append(await socket.receive_str())
        assert town.asked["Authorization"] == f"Bearer {SECRET}"  # type: ignore[attr-defined]  # set above
        await socket.close()
        line = await ended(town)
        assert (line["status"], line["verdict"]) == (101, "success")
        assert line["streamed"]["bytes"] > 0
        assert town.proxy.upstreams["things"].transport.open == 0
        return said

    assert talking(tmp_path, echo, story) == ["you said one", "you said two"]


def test_large_messages_pass_to_a_slow_reader(tmp_path: Path) -> None:
    size = 3 * 1024 * 1024

    async def pour(socket: web.WebSocketResponse) -> None:
        await socket.send_bytes(bytes(size))
        await socket.receive()

    async def story(town: Town, socket: ClientWebSocketResponse) -> int:
        await town.world.sleep(2.0)
        return len(await socket.receive_bytes(timeout=None))

    assert talking(tmp_path, pour, story) == size


def test_the_vendors_close_reaches_the_app(tmp_path: Path) -> None:
    async def leave(socket: web.WebSocketResponse) -> None:
        await socket.close(code=4001, message=b"enough")

    async def story(_town: Town, socket: ClientWebSocketResponse) -> tuple[WSMsgType, int | None]:
        message = await socket.receive()
        return message.type, socket.close_code

    assert talking(tmp_path, leave, story) == (WSMsgType.CLOSE, 4001)


def test_a_connection_on_which_nothing_moves_is_ended(tmp_path: Path) -> None:
    async def silent(_: web.WebSocketResponse) -> None:
        await asyncio.get_running_loop().create_future()

    async def story(town: Town, socket: ClientWebSocketResponse) -> tuple[WSMsgType, str, str]:
        began = town.world.now()
        message = await socket.receive()
        assert 4.5 < town.world.now() - began < 6
        line = await ended(town)
        return message.type, line["verdict"], line["error"]

    found = talking(tmp_path, silent, story)
    assert found == (WSMsgType.CLOSED, "failed", "connection_read_timeout")


def test_a_refused_handshake_is_the_vendors_answer(tmp_path: Path) -> None:
    async def story(town: Town) -> int:
        url = f"http://127.0.0.1:{town.proxy.port}/things/things"
        with pytest.raises(WSServerHandshakeError) as refused:
            await town.session.ws_connect(url, headers={"Authorization": "Bearer app"})
        return refused.value.status

    assert play(tmp_path, [(404, {}, b"{}")], story) == 404
