"""The yardstick: a bare aiohttp forwarder, as a user would write it. No retries, limits, deadlines, log or metrics.

`web.Application` on one side, one `ClientSession` on the other, bodies streamed both ways, on asyncio's loop or uvloop:

    python -m tidegate.loadtests.bench.forwarder --port 9201 --upstream http://127.0.0.1:9200 --loop uvloop
"""

import argparse
import asyncio
from collections.abc import AsyncIterator

import uvloop
from aiohttp import ClientSession, ClientTimeout, DummyCookieJar, TCPConnector, web

_HOP_BY_HOP = {
    "connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "te", "trailer", "transfer-encoding",
    "upgrade", "host",
}  # fmt: skip

SESSION = web.AppKey("session", ClientSession)


def forwarder(upstream: str) -> web.Application:
    """An application that passes every request on to `upstream`, an address without a slash at its end."""

    async def session(app: web.Application) -> AsyncIterator[None]:
        async with ClientSession(
            connector=TCPConnector(limit=0),
            cookie_jar=DummyCookieJar(),
            auto_decompress=False,
            timeout=ClientTimeout(total=30),
        ) as client:
            app[SESSION] = client
            yield

    async def forward(request: web.Request) -> web.StreamResponse:
        async with request.app[SESSION].request(
            request.method,
            f"{upstream}{request.raw_path}",
            headers=[(name, value) for name, value in request.headers.items() if name.lower() not in _HOP_BY_HOP],
            data=request.content if request.body_exists else None,
            allow_redirects=False,
        ) as answer:
            reply = web.StreamResponse(status=answer.status, reason=answer.reason)
            for name, value in answer.headers.items():
                if name.lower() not in _HOP_BY_HOP:
                    reply.headers.add(name, value)
            await reply.prepare(request)
            async for part in answer.content.iter_any():
                await reply.write(part)
            await reply.write_eof()
            return reply

    app = web.Application()
    app.cleanup_ctx.append(session)
    app.router.add_route("*", "/{path:.*}", forward)
    return app


def main() -> None:
    """Run as a program."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--upstream", required=True)
    parser.add_argument("--loop", choices=("asyncio", "uvloop"), required=True)
    given = parser.parse_args()
    loop = uvloop.new_event_loop() if given.loop == "uvloop" else asyncio.new_event_loop()
    web.run_app(forwarder(given.upstream), host="127.0.0.1", port=given.port, access_log=None, print=None, loop=loop)


if __name__ == "__main__":
    main()
