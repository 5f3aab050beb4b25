"""The recording addon on a real wire: events pass as they come, and what is coded is written decoded."""

import asyncio
import gzip
from pathlib import Path

import pytest
from aiohttp import ClientSession, web

from tests.contracts.recording.wire import mitmdump
from tidegate.cassette.cassette_file import read
from tidegate.contracts.recording.recording import RecordingTarget, record, reverse_arguments
from tidegate.world.world import RealWorld


@pytest.mark.slow
async def test_events_pass_one_by_one_and_coded_bodies_are_written_decoded(tmp_path: Path) -> None:
    go_on = asyncio.Event()

    async def handle(request: web.BaseRequest) -> web.StreamResponse:
        if request.path == "/coded":
            return web.Response(body=gzip.compress(b'{"a": 1}'), headers={"Content-Encoding": "gzip"})
        answer = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await answer.prepare(request)
        await answer.write(b"data: 1\n\n")
        await go_on.wait()  # the app has seen the first before the second is written
        await answer.write(b"data: 2\n\n")
        return answer

    server = web.Server(handle, access_log=None)
    listener = await RealWorld().listen(server, "127.0.0.1", 0)
    base = f"http://127.0.0.1:{listener.port}"
    tape = tmp_path / "tape.jsonl"

    async def work(port: int, stop: object) -> None:
        async with ClientSession() as app:
            async with app.get(f"http://127.0.0.1:{port}/events") as answer:
                assert await answer.content.readuntil(b"\n\n") == b"data: 1\n\n"
                go_on.set()
                assert await answer.read() == b"data: 2\n\n"
            async with app.get(f"http://127.0.0.1:{port}/coded") as answer:
                assert await answer.json(content_type=None) == {"a": 1}
        assert callable(stop)
        stop()

    try:
        await record(
            mitmdump(), reverse_arguments(base, 0, None, tmp_path), RecordingTarget("x", base, tape), work, 0.0
        )
    finally:
        go_on.set()
        await listener.close()
        await server.shutdown(0.1)
    assert [one.answer.body for one in read(tape)] == [b"data: 1\n\ndata: 2\n\n", b'{"a": 1}']
