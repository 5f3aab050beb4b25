"""A vendor that answers as its script says, breaks off where the script says so, and keeps what it received.

It runs in the virtual world and on a real socket alike. It knows nothing of vendor files: the simulator is the one that
behaves like a certain vendor; this one behaves as a test needs it.
"""

import asyncio
import socket
import struct
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from email.utils import formatdate
from types import TracebackType
from typing import Literal, Self

from aiohttp import web

from tidegate.world.world import Listener, RealWorld, World

FOREVER_S = 10_000.0
"""The length of a `hang`, in seconds: longer than any caller waits."""

HALF = b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"


@dataclass(frozen=True, slots=True)
class ReceivedRequest:
    """A request as the vendor got it. `at_s` is the world's clock in seconds; `path` has the query with it."""

    at_s: float
    method: str
    path: str
    headers: Mapping[str, str]
    """Names are found in any case."""
    body: bytes


@dataclass(frozen=True)
class Stream:
    """An answer that comes in pieces, `every_s` seconds apart; then it ends, is `cut` off, or hangs.

    It is chunked, unless `headers` have a Content-Length.
    """

    pieces: Sequence[bytes]
    every_s: float = 0.0
    then: Literal["end", "cut", "hang"] = "end"
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=lambda: {"Content-Type": "application/octet-stream"})


WholeAnswer = tuple[int, Mapping[str, str], bytes]
"""Status, headers and body."""

Step = (
    int
    | WholeAnswer
    | Stream
    | bytes
    | Literal["reset", "hang", "half", "early"]
    | Callable[[ReceivedRequest], Awaitable[WholeAnswer]]
)
"""One step of a script: what the vendor does with one request.

- a status: with `{}` as body
- `(status, headers, body)`: an answer, with a Date header unless `headers` have one
- a `Stream`
- bytes: written as they are, then the connection is closed; empty bytes close it without a word
- `"reset"`: the connection is reset; `"hang"`: no answer ever; `"half"`: half an answer, then the end of the connection
- `"early"`: a 400 before the request's body is read
- a coroutine function that makes an answer of the request
"""


class ScriptedVendor:
    """A vendor that does one step of `script` for each request it receives, and the last step for ever.

    `script` may be replaced while it runs. Without a `world` it listens on a real socket.
    """

    def __init__(self, script: Sequence[Step], world: World | None = None) -> None:
        self.script = script
        self.world: World = world or RealWorld()
        self.received: list[ReceivedRequest] = []
        """The requests so far, the oldest first. One that was answered `early` has no body here."""
        self.written = 0
        """Bytes of streams that the wire has taken."""
        self.cut_off = False
        """True where the caller left in the middle of the last stream."""
        self._server = web.Server(self._handle, handler_cancellation=True, access_log=None)
        self._listener: Listener | None = None
        self.url = ""
        """The address it listens on, once it was started."""

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> None:
        """Listen; port 0 takes a free one. Raises OSError where the address is in use."""
        self._listener = await self.world.listen(self._server, host, port)
        self.url = f"http://{host}:{self._listener.port}"

    async def stop_listening(self) -> None:
        """Refuse new connections until it is started again; those that are open stay open."""
        if self._listener is not None:
            await self._listener.close()
            self._listener = None

    async def close(self) -> None:
        """Stop listening and close every connection."""
        await self.stop_listening()
        await self._server.shutdown(0)

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, _kind: type[BaseException] | None, _error: object, _trace: TracebackType | None) -> None:
        await self.close()

    def _next_step(self, received: int) -> Step:
        return self.script[min(received, len(self.script) - 1)]

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        early = self._next_step(len(self.received)) == "early"
        body = b"" if early else await request.content.read()
        received = ReceivedRequest(self.world.now(), request.method, request.raw_path, request.headers, body)
        # The step is chosen when the request is whole: of two at once, the one that is read first gets the earlier.
        step = "early" if early else self._next_step(len(self.received))
        self.received.append(received)
        if isinstance(step, str | bytes):
            return await self._break(request, step)
        if isinstance(step, Stream):
            return await self._stream(request, step)
        if isinstance(step, int):
            return web.Response(status=step, body=b"{}", content_type="application/json")
        status, headers, content = step if isinstance(step, tuple) else await step(received)
        headers = {"Date": formatdate(self.world.wall(), usegmt=True), **headers}
        return web.Response(status=status, headers=headers, body=content)

    async def _break(self, request: web.BaseRequest, step: str | bytes) -> web.StreamResponse:
        """Answer nothing, or not all. The response is not written: the connection is closing by then."""
        transport = request.transport
        assert transport is not None
        if step == "early":
            return web.Response(status=400, body=b"{}", content_type="application/json")
        if step == "hang":
            await self.world.sleep(FOREVER_S)
        if isinstance(step, bytes) or step == "half":
            transport.write(step if isinstance(step, bytes) else HALF)
            transport.close()
        else:
            plug = transport.get_extra_info("socket")
            if plug is not None:  # a kernel sends FIN, unless it is told not to linger (RFC 9293 §3.10.4, ABORT)
                plug.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            transport.abort()
        return web.Response()

    async def _stream(self, request: web.BaseRequest, step: Stream) -> web.StreamResponse:
        self.cut_off = False
        response = web.StreamResponse(status=step.status, headers=step.headers)
        if "Content-Length" not in step.headers:
            response.enable_chunked_encoding()
        try:
            await response.prepare(request)
            for piece in step.pieces:
                await self.world.sleep(step.every_s)
                await response.write(piece)
                self.written += len(piece)
            if step.then == "hang":
                await self.world.sleep(FOREVER_S)
        except (ConnectionError, asyncio.CancelledError):
            self.cut_off = True
            raise
        if step.then == "cut":
            assert request.transport is not None
            request.transport.close()
            return response
        await response.write_eof()
        return response
