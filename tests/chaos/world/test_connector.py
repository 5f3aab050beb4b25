"""aiohttp's client on a world: what is relied on of its undocumented parts."""

import pytest
from aiohttp import ClientConnectorError, ClientError, ServerDisconnectedError, SocketTimeoutError, web

from tidegate.chaos.world.connector import WorldConnector, client_session
from tidegate.chaos.world.virtual_loop import run
from tidegate.chaos.world.virtual_world import VirtualWorld

sleep = VirtualWorld(0).sleep


def test_a_lost_connection_is_an_error_and_not_a_second_request() -> None:
    async def main() -> int:
        world, requests = VirtualWorld(1), 0

        async def cut(request: web.BaseRequest) -> web.Response:
            nonlocal requests
            requests += 1
            assert request.transport is not None
            request.transport.close()
            return web.Response()

        await world.listen(web.Server(cut), "127.0.0.1", 80)
        async with client_session(WorldConnector(world), 30) as session:
            with pytest.raises(ServerDisconnectedError):
                await session.get("http://127.0.0.1/")
        return requests

    assert run(main) == 1


def test_a_connection_is_used_again() -> None:
    async def main() -> set[str]:
        world, peers = VirtualWorld(1), set()

        async def answer(request: web.BaseRequest) -> web.Response:
            assert request.transport is not None
            peers.add(str(request.transport.get_extra_info("peername")))
            return web.Response()

        await world.listen(web.Server(answer), "127.0.0.1", 80)
        async with client_session(WorldConnector(world), 30) as session:
            for _ in range(3):
                async with session.get("http://127.0.0.1/") as reply:
                    await reply.read()
        return peers

    assert len(run(main)) == 1


def test_nobody_listening_is_a_connector_error() -> None:
    async def main() -> None:
        async with client_session(WorldConnector(VirtualWorld(1)), 30) as session:
            await session.get("http://127.0.0.1/")

    with pytest.raises(ClientConnectorError):
        run(main)


def test_a_silent_server_is_given_up_after_the_timeout() -> None:
    async def main() -> float:
        world = VirtualWorld(1)

        async def silent(_request: web.BaseRequest) -> web.Response:
            await sleep(1000)
            return web.Response()

        await world.listen(web.Server(silent), "127.0.0.1", 80)
        async with client_session(WorldConnector(world), 30) as session:
            with pytest.raises(SocketTimeoutError):
                await session.get("http://127.0.0.1/")
        return world.now()

    assert 30 <= run(main) < 31


def test_an_answer_with_a_chunk_that_cannot_be_read_is_given_up_in_the_end() -> None:
    async def main() -> float:
        world = VirtualWorld(1)

        async def garbled(request: web.BaseRequest) -> web.Response:
            assert request.transport is not None
            request.transport.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n")
            await sleep(1)
            request.transport.write(b"no chunk\r\n")
            await sleep(1000)
            return web.Response()

        await world.listen(web.Server(garbled), "127.0.0.1", 80)
        async with client_session(WorldConnector(world), 30) as session:
            answer = await session.get("http://127.0.0.1/")
            with pytest.raises((TimeoutError, ClientError)):
                await answer.read()
        return world.now()

    assert run(main) < 61
