"""A vendor that repeats to the app whatever it was sent, in every way that vendors do, and breaks off in the middle.

What it does with a request the last word of its path says. It also plays the collector of spans, and the app that takes
webhooks and results: all that they are sent is kept.
"""

import gzip
import json
import socket
import struct
from contextlib import AsyncExitStack, suppress
from typing import Self

from aiohttp import web

from tests.acceptance.canary.slots import Canaries
from tests.serving import listening
from tidegate.world.world import RealWorld

WORLD = RealWorld()
STATUSES = {"rejected": 401, "failing": 503, "throttled": 429, "moved": 303}


class EchoVendor:
    """See the module. Listens on one port for all its parts."""

    def __init__(self, canaries: Canaries) -> None:
        self.spans: list[bytes] = []
        self.pushed: list[bytes] = []
        self.posts: list[bytes] = []
        self.seen: list[tuple[str, dict[str, str], bytes]] = []
        self.port = self.grants = 0
        self._canaries = canaries
        self._running = AsyncExitStack()

    async def __aenter__(self) -> Self:
        server = web.Server(self._handle, access_log=None)
        self.port = await self._running.enter_async_context(listening(server))
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._running.aclose()

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        body = await request.read()
        if request.path.startswith(("/v1/traces", "/v1/metrics")):
            (self.spans if request.path.startswith("/v1/traces") else self.pushed).append(body)
            return web.Response()
        if request.path.startswith("/app"):
            self.posts.append(repr([*request.headers.items()]).encode() + body)
            return web.Response(status=410 if request.path.endswith("gone") else 204)
        if request.path == "/oauth/token":
            return self._grant(request, body)
        self.seen.append((request.raw_path, dict(request.headers), body))
        return await self._answer(request, request.path.rpartition("/")[2], self._echo(request, body))

    def _grant(self, request: web.BaseRequest, body: bytes) -> web.Response:
        """A token, short-lived; now and then an error that repeats the request."""
        self.grants += 1
        if self.grants % 3 == 2:
            error = {"error": "temporarily_unavailable", "error_description": f"{request.headers} {body.decode()}"}
            return web.json_response(error, status=503)
        token = {
            "access_token": self._canaries["granted access token"],
            "refresh_token": self._canaries["granted refresh token"],
            "expires_in": 3,
            "token_type": "Bearer",
        }
        return web.json_response(token)

    def _echo(self, request: web.BaseRequest, body: bytes) -> bytes:
        """All that was sent, as a JSON document that quotes it."""
        whole = {
            "url": request.raw_path,
            "headers": dict(request.headers),
            "body": body.decode("latin-1"),
            "access_token": self._canaries["answer access_token"],
            "refresh_token": self._canaries["answer refresh_token"],
        }
        return json.dumps(whole).encode()

    async def _answer(self, request: web.BaseRequest, word: str, echo: bytes) -> web.StreamResponse:
        sent = request.headers.get("Authorization", "")
        headers = {
            "Content-Type": "application/json",
            "Set-Cookie": f"session={self._canaries['set-cookie']}",
            "X-Echo": sent,
            "X-Answer": self._canaries["answer header"],
            "X-Request-Id": f"req-{sent}",
        }
        if word in ("stream", "cut"):
            return await self._stream(request, headers, echo, cut=word == "cut")
        if word in ("reset", "nonsense", "line", "hang"):
            return await self._break(request, word, sent.encode())
        if word == "refused":
            error = {"code": sent, "message": f"{self._canaries['error text']} {sent}", "echo": echo.decode()}
            body = json.dumps({"error": error}).encode()
            return web.Response(status=400, reason=f"No {sent}", headers=headers, body=body)
        if word == "gzip":
            return web.Response(headers={**headers, "Content-Encoding": "gzip"}, body=gzip.compress(echo))
        if word == "moved":
            where = f"/api/things/x?token={self._canaries['location']}&key={sent.partition(' ')[2]}"
            headers["Location"] = where
        if word == "throttled":
            headers["Retry-After"] = "1"
        return web.Response(status=STATUSES.get(word, 200), headers=headers, body=echo)

    async def _stream(
        self, request: web.BaseRequest, headers: dict[str, str], echo: bytes, *, cut: bool
    ) -> web.StreamResponse:
        response = web.StreamResponse(headers={**headers, "Content-Type": "text/event-stream"})
        response.enable_chunked_encoding()
        await response.prepare(request)
        events = b"data: " + echo + b"\n\ndata: " + request.headers.get("Authorization", "").encode() + b"\n\n"
        last = len(events) - 10 if cut else len(events)
        for at in range(0, last, 11):
            with suppress(ConnectionError):
                await response.write(events[at : min(at + 11, last)])
            await WORLD.sleep(0.001)
        if cut and request.transport is not None:
            request.transport.close()
            return response
        with suppress(ConnectionError):
            await response.write_eof()
        return response

    async def _break(self, request: web.BaseRequest, word: str, sent: bytes) -> web.StreamResponse:
        transport = request.transport
        assert transport is not None
        if word == "hang":
            await WORLD.sleep(30)
        if word == "nonsense":
            transport.write(b"HTTP/1.1 %b no\r\n\r\n" % sent)
        elif word == "line":
            transport.write(b"HTTP/1.1 200 OK\r\nbad line %b\r\nContent-Length: 2\r\n\r\nok" % sent)
        else:
            transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            transport.abort()
            return web.Response()
        transport.close()
        return web.Response()
