"""Opens a connection to a vendor: resolve its name, check each address, connect to the address that was checked.

Whatever fails here, nothing of a request has left. What an address may be is decided in tidegate.proxy.wire.egress.
"""

import asyncio
import ssl
from collections.abc import Callable
from typing import TypeVar

from tidegate.proxy.wire import egress
from tidegate.proxy.wire.transport import NotSent, Origin
from tidegate.world.world import World

P = TypeVar("P", bound=asyncio.BaseProtocol)


async def dial(world: World, origin: Origin, factory: Callable[[], P]) -> P:
    """A new connection to the first of the vendor's addresses that takes one. Raises NotSent."""
    try:
        addresses = await world.resolve(origin.host, origin.port)
    except OSError as error:
        raise NotSent("dns_error", f"{origin.host} has no address: {error}") from error
    last = NotSent("dns_error", f"{origin.host} has no address")
    for address in addresses:
        why = "" if origin.private else egress.refusal(address)
        if why:
            last = NotSent("destination_ip_prohibited", f"{origin.host}: {why}")
            continue
        try:
            return await world.connect(factory, address, origin.port, tls=origin.tls, server_name=origin.host)
        except OSError as error:
            last = not_connected(error, address, origin.port)
    raise last


def not_connected(error: OSError, address: str, port: int) -> NotSent:
    """The NotSent for a failure to connect."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return NotSent("tls_certificate_error", error.verify_message)
    if isinstance(error, ssl.SSLError):
        return NotSent("tls_protocol_error", str(error))
    if isinstance(error, ConnectionRefusedError):
        return NotSent("connection_refused", f"{address}:{port} refused the connection")
    return NotSent("destination_unavailable", f"{address}:{port}: {error}")
