"""One POST to an address, through the world, for its status: all that a webhook needs of an HTTP client.

The connection is not kept. The answer's body is not read.
"""

import asyncio
import ssl
from typing import Literal, cast
from urllib.parse import urlsplit

from tidegate.url_port import port_of
from tidegate.world.world import World

HEAD_BYTES_MAX = 65_536


class PostError(Exception):
    """There was no answer. `kind` is why, in words that vendors use."""

    def __init__(self, kind: Literal["http_timeout", "connection_failed", "ssl_error"]) -> None:
        super().__init__(kind)
        self.kind = kind


class _Asking(asyncio.Protocol):
    """Sends one request and waits for the status line."""

    def __init__(self, request: bytes) -> None:
        self._request = request
        self._read = b""
        self.transport: asyncio.Transport | None = None
        self.status: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)  # uvloop's is none by its class
        self.transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        self._read += data
        line, line_end, _ = self._read.partition(b"\r\n")
        if self.status.done():
            return
        parts = line.split()
        if line_end and len(parts) > 1 and parts[1].isdigit():
            self.status.set_result(int(parts[1]))
        elif line_end or len(self._read) > HEAD_BYTES_MAX:
            self.status.set_exception(PostError("connection_failed"))

    def connection_lost(self, _error: Exception | None) -> None:
        if not self.status.done():
            self.status.set_exception(PostError("connection_failed"))


async def post(
    world: World, url: str, headers: dict[str, str], body: bytes, timeout_s: float, method: str = "POST"
) -> int:
    """The status of the answer. Raises PostError where none came within `timeout_s`."""
    parts = urlsplit(url)
    secure = parts.scheme == "https"
    host, port = parts.hostname or "", port_of(parts)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    lines = {"Host": parts.netloc.rpartition("@")[2], **headers, "Content-Length": str(len(body))}
    head = "".join(f"{name}: {value}\r\n" for name, value in {**lines, "Connection": "close"}.items())
    request = f"{method} {target} HTTP/1.1\r\n{head}\r\n".encode("latin-1", "replace") + body
    asking: _Asking | None = None
    try:
        async with world.timeout(timeout_s):
            address = (await world.resolve(host, port))[0]
            tls = ssl.create_default_context() if secure else None
            asking = await world.connect(lambda: _Asking(request), address, port, tls=tls, server_name=host)
            return await asking.status
    except TimeoutError:
        raise PostError("http_timeout") from None
    except ssl.SSLError:
        raise PostError("ssl_error") from None
    except (OSError, IndexError):
        raise PostError("connection_failed") from None
    finally:
        if asking is not None and asking.transport is not None:
            asking.status.cancel()
            asking.transport.close()
