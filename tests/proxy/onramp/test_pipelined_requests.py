"""Requests behind one that is under way: which of their bytes are a head's, that has to come in time."""

from aiohttp import web

from tests.proxy.onramp.test_server import OK, WHOLE, answer, connections, serving
from tests.waiting import until
from tidegate.proxy.onramp.connection_limits import Bounds, ConnectionLimits
from tidegate.world.raw_response import RawResponse
from tidegate.world.world import RealWorld


async def test_content_that_comes_behind_a_call_under_way_is_no_head() -> None:
    async def handle(request: web.BaseRequest) -> RawResponse:
        if request.method == "GET":
            [connection] = connections(limits)
            await until(lambda: connection._messages and connection._messages[-1][1].total_bytes == 3)
        else:
            assert await request.read() == b"abcd"
        return RawResponse(OK, keep_alive=True)

    limits = ConnectionLimits(Bounds(8, 8), RealWorld().now)
    async with serving(handle, limits, head_timeout_s=0.05) as (reader, writer):
        writer.write(WHOLE + b"POST /a HTTP/1.1\r\nHost: t\r\nContent-Length: 4\r\n\r\na")
        await until(lambda: limits)
        [connection] = connections(limits)
        await until(lambda: connection.busy and connection._messages)
        for byte in (b"b", b"c"):
            seen = connection._messages[-1][1].total_bytes
            writer.write(byte)
            await until(lambda: not connection._messages or connection._messages[-1][1].total_bytes > seen)  # noqa: B023
        assert await answer(reader) == (200, b"ok")
        writer.write(b"d")
        assert await answer(reader) == (200, b"ok")
        assert not connection._head_began
