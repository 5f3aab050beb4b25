"""A connection of the load through CONNECT: TLS inside a tunnel, as an app has it that knows nothing but HTTPS_PROXY.

It knows no request; what is sent inside is its caller's.
"""

import asyncio
import ssl
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

P = TypeVar("P", bound=asyncio.Protocol)


class TunnelRefused(ConnectionError):
    """The proxy did not say 200."""


class _Established(asyncio.Protocol):
    """Waits for the answer to CONNECT. Nothing follows it before the handshake begins."""

    def __init__(self) -> None:
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._received = b""

    def data_received(self, data: bytes) -> None:
        self._received += data
        if b"\r\n\r\n" in self._received and not self.done.done():
            if self._received.startswith(b"HTTP/1.1 200 "):
                self.done.set_result(None)
            else:
                self.done.set_exception(TunnelRefused(self._received[:200].decode("latin-1")))

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(exc or TunnelRefused("the proxy closed the connection"))


async def through_tunnel(make: Callable[[], P], port: int, host: str, tls: ssl.SSLContext) -> P:
    """A protocol that speaks to `host` by TLS, through the proxy at a port of this machine. Raises OSError."""
    loop = asyncio.get_running_loop()
    transport, established = await loop.create_connection(_Established, "127.0.0.1", port)
    transport.write(f"CONNECT {host}:443 HTTP/1.1\r\nHost: {host}:443\r\n\r\n".encode())
    await established.done
    secured = await loop.start_tls(transport, established, tls, server_hostname=host)
    assert secured is not None
    protocol = make()
    secured.set_protocol(protocol)
    protocol.connection_made(secured)
    return protocol


def trusting(ca: Path) -> ssl.SSLContext:
    """TLS that trusts the CA of a file and no other."""
    return ssl.create_default_context(cafile=str(ca))
