"""An answer as bytes, in the shape that aiohttp's server expects of a response.

aiohttp's own responses cost two or three sends, and three times as long. What is relied on beyond the documented API
(the duck type of a response, the protocol's flow control) is held by tests/tidegate/world/test_raw_response.py;
aiohttp's minor version is pinned. It knows nothing of what the bytes say.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aiohttp import web


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
            await protocol._drain_helper()  # noqa: SLF001

    async def write_eof(self) -> None:
        """Nothing is left to write."""
