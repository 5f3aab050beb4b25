"""What has come on a connection that the loop has not read yet.

Who writes to a connection on which the other end has answered, and which it has closed, gets an error, and the loop
gives the connection up, with an answer that nobody has read. So before a write a look is taken (RFC 9112 §9.5).
"""

import asyncio
import os
import select
from contextlib import suppress

from tidegate.world.world import World


def has_unread(transport: asyncio.BaseTransport) -> bool:
    """True where bytes, an end or an error wait at the connection's socket. It does not block."""
    end = transport.get_extra_info("socket")
    if end is None or end.fileno() < 0:  # there is none in the virtual world, and none of a connection that is over
        return False
    look = select.poll()
    look.register(end.fileno(), select.POLLIN)
    return bool(look.poll(0))


def what_is_left(transport: asyncio.BaseTransport, bytes_max: int) -> bytes:
    """What waits at the socket of a connection that the loop has given up: it is open until `connection_lost` returns.

    At most so many bytes, and not for TLS, of which these would be the cipher's.
    """
    end, parts = transport.get_extra_info("socket"), list[bytes]()
    if end is not None and transport.get_extra_info("sslcontext") is None:
        with suppress(OSError):
            while bytes_max > 0 and (part := os.read(end.fileno(), bytes_max)):
                parts.append(part)
                bytes_max -= len(part)
    return b"".join(parts)


async def let_read(world: World, transport: asyncio.BaseTransport) -> None:
    """Let the loop read what waits, if anything does."""
    if has_unread(transport):
        for _ in range(2):  # in the first turn it sees that there is something, in the second it has read it
            await world.sleep(0)
