"""The server's side of TLS on a connection that is open already, as after CONNECT: asyncio's own, with two things more.

What comes with the handshake's last bytes waits until there is a protocol for it, and bytes that were read before the
handshake began are part of it. Leans on asyncio's order of callbacks, and on its TLS being a buffered protocol, in
uvloop too; tests/tidegate/world/test_tls_server.py holds both.
"""

import asyncio
import ssl
from collections.abc import Callable
from typing import Any


class _Gate(asyncio.Protocol):
    """Keeps what comes before the protocol is there. It is little: reading is paused."""

    def __init__(self) -> None:
        self.transport: asyncio.BaseTransport | None = None
        self.data: list[bytes] = []
        self.ended = False
        self.lost = False
        self.error: Exception | None = None

    def data_received(self, data: bytes) -> None:
        self.data.append(data)

    def eof_received(self) -> None:
        self.ended = True

    def connection_lost(self, exc: Exception | None) -> None:
        self.lost, self.error = True, exc


async def serve_tls(
    transport: asyncio.Transport,
    factory: Callable[[], asyncio.BaseProtocol],
    context: ssl.SSLContext,
    early: bytes,
    within_s: float,
) -> None:
    """See tidegate.world.world.World.serve_tls."""
    loop, gate = asyncio.get_running_loop(), _Gate()
    task = loop.create_task(loop.start_tls(transport, gate, context, server_side=True, ssl_handshake_timeout=within_s))
    try:
        if early:
            await asyncio.sleep(0)  # noqa: TID251 - one turn of the loop, in which the task begins
            loop.call_soon(_feed, transport, early)
        secured = await task
    finally:
        if not task.done() or task.cancelled() or task.exception() is not None:
            task.cancel()
            transport.abort()
    assert secured is not None
    protocol = factory()
    secured.set_protocol(protocol)
    protocol.connection_made(secured)
    if isinstance(protocol, asyncio.Protocol):
        for data in gate.data:
            protocol.data_received(data)
        if gate.ended and not protocol.eof_received():
            secured.close()
    if gate.lost:
        protocol.connection_lost(gate.error)


def _feed(transport: asyncio.Transport, data: bytes) -> None:
    """Give TLS what was read before it began, ahead of what comes."""
    protocol: Any = transport.get_protocol()  # a buffered protocol; uvloop's is none by its class
    left = memoryview(data)
    while left:
        room = protocol.get_buffer(len(left))
        taken = min(len(room), len(left))
        memoryview(room)[:taken] = left[:taken]
        protocol.buffer_updated(taken)
        left = left[taken:]
