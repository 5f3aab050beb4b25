"""An answer as bytes, in the shape that aiohttp's server expects of a response.

aiohttp's own responses cost two or three sends, and three times as long. What is relied on beyond the documented API
(the duck type of a response, the protocol's flow control) is held by tests/tidegate/world/test_raw_response.py;
aiohttp's minor version is pinned. It knows nothing of what the bytes say.
"""

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aiohttp import web
    from aiohttp.web_protocol import RequestHandler


STALLED_S = 120.0
"""A client that does not read its answer for so long is given up: it holds the answer's memory and a connection."""


class RawResponse:
    """One answer, head and body. Unless `keep_alive`, the server closes the connection after it."""

    __slots__ = ("_data", "keep_alive")

    def __init__(self, data: bytes, *, keep_alive: bool = True) -> None:
        self._data = data
        self.keep_alive = keep_alive

    async def prepare(self, request: "web.BaseRequest") -> None:
        """Write it. Raises ConnectionResetError where the client has gone."""
        transport = request.transport
        if transport is None or transport.is_closing():
            raise ConnectionResetError("the client closed the connection")
        transport.write(self._data)
        protocol = request.protocol
        if protocol._paused:  # noqa: SLF001 - see the module's docstring
            await _drained(protocol, transport)

    async def write_eof(self) -> None:
        """Nothing is left to write."""


async def _drained(protocol: "RequestHandler", transport: asyncio.Transport) -> None:
    """Wait while the client reads. Raises ConnectionResetError where it has stopped."""
    drained = asyncio.ensure_future(protocol._drain_helper())  # noqa: SLF001 - see the module's docstring
    try:
        while True:
            left = transport.get_write_buffer_size()
            # Whoever is cancelled in there takes aiohttp's one waiter along: so it is asked once, and waited for here.
            await asyncio.wait((drained,), timeout=STALLED_S)
            if drained.done():
                return drained.result()
            if transport.get_write_buffer_size() >= left:
                transport.abort()
                raise ConnectionResetError(f"the client read nothing for {STALLED_S:g} s")
    finally:
        drained.cancel()
