"""The light client: whole answers, kept connections, and a clear word where there was no answer."""

import pytest
from aiohttp import web

from tidegate.chaos.apps.http_client import HttpClient, HttpResponse, NotConnected
from tidegate.chaos.apps.naive_sdk import ConnectionLost
from tidegate.chaos.world.virtual_loop import run
from tidegate.chaos.world.virtual_world import VirtualWorld

GET = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
seen: list[object] = []


async def serve(world: VirtualWorld, status: int = 200, wait_s: float = 0.0) -> None:
    async def answer(request: web.BaseRequest) -> web.Response:
        seen.append(request.transport)
        await world.sleep(wait_s)
        if status == 0:
            assert request.transport is not None
            request.transport.abort()
        return web.Response(status=status or 200, body=b"x" * 100_000)

    await world.machine("server").listen(web.Server(answer), "127.0.0.1", 80)


def test_it_reads_whole_answers_and_uses_a_connection_again() -> None:
    async def main() -> list[HttpResponse]:
        world = VirtualWorld(1)
        await serve(world)
        client = HttpClient(world, "127.0.0.1", 80)
        found = [await client.ask(GET, 10.0) for _ in range(3)]
        client.close()
        return found

    seen.clear()
    answers = run(main)
    assert [(answer.status, len(answer.body)) for answer in answers] == [(200, 100_000)] * 3
    assert len(set(map(id, seen))) == 1


def test_a_connection_that_ends_without_an_answer_is_lost() -> None:
    async def main() -> None:
        world = VirtualWorld(1)
        await serve(world, status=0)
        with pytest.raises(ConnectionLost) as lost:
            await HttpClient(world, "127.0.0.1", 80).ask(GET, 10.0)
        assert not isinstance(lost.value, NotConnected)

    run(main)


async def stream(world: VirtualWorld, pieces: int) -> None:
    """Sends a piece each second; the connection ends after `pieces` of five."""

    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        response = web.StreamResponse()
        response.enable_chunked_encoding()
        await response.prepare(request)
        for _ in range(pieces):
            await response.write(b"piece")
            await world.sleep(1.0)
        if pieces < 5 and request.transport is not None:
            request.transport.close()
        return response

    await world.machine("server").listen(web.Server(answer), "127.0.0.1", 80)


@pytest.mark.parametrize(
    ("pieces", "patience_s", "heard"),
    [
        pytest.param(5, 10.0, (25, True), id="whole"),
        pytest.param(3, 10.0, (15, False), id="the other side breaks off"),
        pytest.param(5, 2.5, (15, False), id="we hang up"),
    ],
)
def test_of_a_stream_that_does_not_end_well_the_first_part_is_kept(
    pieces: int, patience_s: float, heard: tuple[int, bool]
) -> None:
    async def main() -> tuple[HttpResponse, float]:
        world = VirtualWorld(1)
        await stream(world, pieces)
        client = HttpClient(world, "127.0.0.1", 80)
        found = await client.ask(GET, patience_s)
        client.close()
        return found, world.now()

    found, ended_s = run(main)
    assert (len(found.body), found.whole) == heard
    assert found.headed_s < 0.1
    assert ended_s == pytest.approx(min(pieces, patience_s), abs=0.01)


def test_where_nobody_listens_nothing_was_sent() -> None:
    async def main() -> None:
        with pytest.raises(NotConnected):
            await HttpClient(VirtualWorld(1), "127.0.0.1", 80).ask(GET, 10.0)

    run(main)


def test_it_hangs_up_when_its_patience_is_used_up() -> None:
    async def main() -> float:
        world = VirtualWorld(1)
        await serve(world, wait_s=60.0)
        with pytest.raises(ConnectionLost) as lost:
            await HttpClient(world, "127.0.0.1", 80).ask(GET, 1.5)
        assert isinstance(lost.value.__cause__, TimeoutError)
        return world.now()

    assert run(main) == pytest.approx(1.5, abs=0.01)
