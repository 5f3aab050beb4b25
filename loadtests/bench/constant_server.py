"""The simulator's yardstick: a bare aiohttp handler that always says the same bytes, on uvloop.

python -m tidegate.loadtests.bench.constant_server --port 9300 --bytes 1500
"""

import argparse

import uvloop
from aiohttp import web


def constant(size: int) -> web.Application:
    """An application that answers everything with a JSON string of `size` bytes."""
    body = b'"%s"' % (b"x" * max(size - 2, 0))

    async def answer(request: web.Request) -> web.Response:
        await request.read()
        return web.Response(body=body, content_type="application/json")

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    return app


def main() -> None:
    """Run as a program, until it is stopped."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--bytes", type=int, required=True)
    given = parser.parse_args()
    web.run_app(
        constant(given.bytes),
        host="127.0.0.1",
        port=given.port,
        print=None,
        access_log=None,
        loop=uvloop.new_event_loop(),
    )


if __name__ == "__main__":
    main()
