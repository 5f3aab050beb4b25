"""One POST is sent as it is given, and its status or the reason for none comes back."""

import asyncio

import pytest
import uvloop

from tests.serving import serving
from tidegate.simulator.behaviour.webhook_post import PostError, post
from tidegate.world.world import RealWorld


async def posted(answer: bytes, timeout_s: float = 60.0) -> tuple[int, bytes]:
    """The status that came of an answer, and what was sent."""
    sent = b""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        sent = await reader.readuntil(b"\r\n\r\n") + await reader.readexactly(2)
        writer.write(answer)
        if not answer:
            await reader.read()  # until the vendor gives up

    async with serving(serve) as port:
        url = f"http://127.0.0.1:{port}/hooks?a=b"
        return await post(RealWorld(), url, {"X-Mark": "y"}, b"{}", timeout_s), sent


async def test_the_status_comes_back_and_the_request_is_whole() -> None:
    status, sent = await posted(b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n")
    assert status == 202
    assert sent.startswith(b"POST /hooks?a=b HTTP/1.1\r\nHost: 127.0.0.1:")
    assert b"\r\nX-Mark: y\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}" in sent


@pytest.mark.parametrize("answer", [b"nonsense\r\n", b"HTTP/1.1 \r\n", b"HTTP/1.1 2"])
async def test_what_is_no_answer_is_a_failed_connection(answer: bytes) -> None:
    with pytest.raises(PostError, match="connection_failed"):
        await posted(answer)


async def test_silence_is_a_timeout() -> None:
    with pytest.raises(PostError, match="http_timeout"):
        await posted(b"", timeout_s=0.2)


async def test_nobody_there_is_a_failed_connection() -> None:
    with pytest.raises(PostError, match="connection_failed"):
        await post(RealWorld(), "http://127.0.0.1:1/", {}, b"", 60.0)


async def answered_in_time() -> tuple[int, bytes]:
    async with RealWorld().timeout(60):
        return await posted(b"HTTP/1.1 204 No Content\r\n\r\n")


def test_uvloop_sends_it_too() -> None:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        assert runner.run(answered_in_time())[0] == 204
