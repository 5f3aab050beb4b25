"""A WebSocket through the proxy, in the virtual world: aiohttp's own client and server on both ends."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientWebSocketResponse, WSMsgType, WSServerHandshakeError, web

from tests.proxy.town import SECRET, VENDOR, Town, play
from tidegate.proxy.stages.relay.websocket import LEAVE_S
from tidegate.proxy.wire.websocket_frames import close_frame

POLICY = VENDOR["policy"] | {"stream": {"idle": "5s", "total": "60s"}}
Talk = Callable[[web.WebSocketResponse], Awaitable[None]]


def talking(
    folder: Path, talk: Talk, story: Callable[[Town, ClientWebSocketResponse], Awaitable[Any]], **options: Any
) -> Any:
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
        async with town.session.ws_connect(url, headers={"Authorization": "Bearer app"}, **options) as socket:
            return await story(town, socket)

    facts = VENDOR["facts"] | {"base_url": "http://93.184.216.35"}
    return play(folder, [200], told, policy=POLICY, facts=facts)


async def echo(socket: web.WebSocketResponse) -> None:
    async for message in socket:
        await socket.send_str(f"you said {message.data}")


async def ended(town: Town) -> dict[str, Any]:
    for _ in range(100):
        if lines := [line for line in town.log() if "took_ms" in line]:
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

    async def story(town: Town, socket: ClientWebSocketResponse) -> tuple[WSMsgType, int | None, str | None]:
        message = await socket.receive()
        assert (await ended(town))["verdict"] == "success"
        return message.type, socket.close_code, message.extra

    assert talking(tmp_path, leave, story) == (WSMsgType.CLOSE, 4001, "enough")


def test_the_apps_close_reaches_the_vendor(tmp_path: Path) -> None:
    found: list[object] = []

    async def listen(socket: web.WebSocketResponse) -> None:
        message = await socket.receive()
        found.extend((message.type, socket.close_code, message.extra))

    async def story(town: Town, socket: ClientWebSocketResponse) -> int | None:
        await socket.close(code=4002, message=b"done")
        assert (await ended(town))["verdict"] == "success"
        return socket.close_code

    assert talking(tmp_path, listen, story) == 1000, "what aiohttp's server answers it with"
    assert found == [WSMsgType.CLOSE, 4002, "done"]


def test_pings_and_pongs_pass_both_ways_and_count_as_movement(tmp_path: Path) -> None:
    async def ping(socket: web.WebSocketResponse) -> None:
        await socket.ping(b"are you there")
        await echo(socket)

    async def story(town: Town, socket: ClientWebSocketResponse) -> list[tuple[WSMsgType, bytes]]:
        heard = []
        for turn in range(4):  # in all longer than the idle time
            await socket.ping(b"%d" % turn)
            await town.world.sleep(3.0)
            message = await socket.receive()
            heard.append((message.type, bytes(message.data)))
        return heard

    heard = talking(tmp_path, ping, story, autoping=False)
    assert heard == [(WSMsgType.PING, b"are you there"), *[(WSMsgType.PONG, b"%d" % turn) for turn in range(3)]]


@pytest.mark.parametrize("how", ["close", "abort"])
def test_a_vendor_that_vanishes_is_a_broken_connection_to_the_app(tmp_path: Path, how: str) -> None:
    async def vanish(socket: web.WebSocketResponse) -> None:
        await socket.send_str("one")
        assert socket._req is not None
        transport = socket._req.transport
        assert transport is not None
        getattr(transport, how)()
        await asyncio.get_running_loop().create_future()

    async def story(town: Town, socket: ClientWebSocketResponse) -> tuple[object, ...]:
        one = await socket.receive_str()
        message = await socket.receive()
        line = await ended(town)
        return one, message.type, socket.close_code, line["verdict"], line["error"]

    found = talking(tmp_path, vanish, story)
    assert found == ("one", WSMsgType.CLOSED, 1006, "failed", "connection_terminated")


def test_a_vendor_that_says_goodbye_and_resets_the_connection_has_ended_it_well(tmp_path: Path) -> None:
    async def leave(socket: web.WebSocketResponse) -> None:
        assert socket._req is not None
        transport = socket._req.transport
        assert transport is not None
        transport.write(close_frame(1008))
        transport.abort()
        await asyncio.get_running_loop().create_future()

    async def story(town: Town, socket: ClientWebSocketResponse) -> tuple[object, ...]:
        message = await socket.receive()
        return message.type, message.data, (await ended(town))["verdict"]

    assert talking(tmp_path, leave, story) == (WSMsgType.CLOSE, 1008, "success")


def test_an_app_that_vanishes_is_a_broken_connection_to_the_vendor(tmp_path: Path) -> None:
    found: list[object] = []

    async def listen(socket: web.WebSocketResponse) -> None:
        message = await socket.receive()
        found.extend((message.type, socket.close_code))

    async def story(town: Town, socket: ClientWebSocketResponse) -> tuple[str, str]:
        socket._response.connection.transport.close()  # type: ignore[union-attr]  # it is open
        line = await ended(town)
        await town.world.sleep(0.1)
        return line["verdict"], line["error"]

    assert talking(tmp_path, listen, story) == ("cancelled", "connection_terminated")
    assert found in ([WSMsgType.CLOSED, 1006], [WSMsgType.CLOSING, 1006])


def test_a_proxy_that_stops_says_goodbye_to_both(tmp_path: Path) -> None:
    found: list[object] = []

    async def listen(socket: web.WebSocketResponse) -> None:
        message = await socket.receive()
        found.extend((message.type, socket.close_code))

    async def story(town: Town, socket: ClientWebSocketResponse) -> tuple[bool, WSMsgType, int | None, str, str]:
        draining = asyncio.ensure_future(town.proxy.drain(10.0))
        message = await socket.receive()
        drained = await draining
        line = await ended(town)
        return drained, message.type, socket.close_code, line["verdict"], line["stop"]

    assert talking(tmp_path, listen, story) == (True, WSMsgType.CLOSE, 1001, "success", "stopping")
    assert found == [WSMsgType.CLOSE, 1001]


def test_the_goodbye_waits_for_the_end_of_a_frame(tmp_path: Path) -> None:
    """The proxy stops in the middle of a message: it comes whole, and what begins after it does not come."""
    stopping = asyncio.Event()

    async def slowly(socket: web.WebSocketResponse) -> None:
        assert socket._req is not None
        transport = socket._req.transport
        assert transport is not None
        transport.write(b"\x81\x05he")
        await stopping.wait()
        transport.write(b"ll")
        transport.write(b"o\x81\x04more")
        await socket.receive()

    async def story(town: Town, socket: ClientWebSocketResponse) -> tuple[bool, list[object]]:
        await town.world.sleep(0.3)
        draining = asyncio.ensure_future(town.proxy.drain(10.0))
        await town.world.sleep(0.3)
        stopping.set()
        said = [(await socket.receive()).data, (await socket.receive()).type]
        return await draining, said

    assert talking(tmp_path, slowly, story) == (True, ["hello", WSMsgType.CLOSE])


def test_an_end_that_does_not_answer_the_goodbye_does_not_hold_up_the_stop(tmp_path: Path) -> None:
    async def silent(_: web.WebSocketResponse) -> None:
        await asyncio.get_running_loop().create_future()

    async def story(town: Town, socket: ClientWebSocketResponse) -> tuple[bool, bool]:
        began = town.world.now()
        drained = await town.proxy.drain(10.0)
        return drained, town.world.now() - began < LEAVE_S + 0.5

    assert talking(tmp_path, silent, story) == (True, True)


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


def test_a_connection_in_which_nobody_speaks_is_no_failure_of_the_vendors(tmp_path: Path) -> None:
    async def story(town: Town, socket: ClientWebSocketResponse) -> tuple[str, int]:
        assert (await socket.receive()).type is WSMsgType.CLOSED
        line = await ended(town)
        breaker = town.proxy.upstreams["things"].breakers.get("default")
        return line["verdict"], breaker.snapshot(town.world.now()).bad

    assert talking(tmp_path, echo, story) == ("failed", 0)


def test_a_secret_that_the_vendor_says_in_a_message_is_masked(tmp_path: Path) -> None:
    async def story(_: Town, socket: ClientWebSocketResponse) -> list[str]:
        said = []
        for word in (SECRET, f"x {SECRET[:-1]}"):  # what only begins like it goes on at once
            await socket.send_str(word)
            said.append(await socket.receive_str())
        return said

    masked = "[redacted]".ljust(len(SECRET), "*")
    assert talking(tmp_path, echo, story) == [f"you said {masked}", f"you said x {SECRET[:-1]}"]
