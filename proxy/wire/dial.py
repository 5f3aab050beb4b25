"""Opens connections to a vendor: resolve its name, check each address, connect to an address that was checked.

Several addresses are raced (RFC 8305): the next one is tried when the one before has failed, or has said nothing for
250 ms, and the first that connects wins. So an address that drops everything costs a quarter of a second, once: the
address that took a connection last is tried first. One that takes connections and does not answer is tried last.

Whatever fails here, nothing of a request has left. What an address may be is decided in tidegate.proxy.wire.egress.
"""

import asyncio
import errno
import socket
import ssl
from collections.abc import Callable, Iterable, Sequence
from itertools import chain, zip_longest
from typing import Generic, TypeVar

from tidegate.proxy.wire.egress import AddressDecision
from tidegate.proxy.wire.exchange_errors import NotSent, OutOfMeans
from tidegate.proxy.wire.pool_connection import Connection
from tidegate.proxy.wire.transport import Origin
from tidegate.world import descriptors
from tidegate.world.world import World

ADDRESSES_MAX = 64
"""Of a name's addresses, so many are looked at."""

ATTEMPT_DELAY_S = 0.25
"""The Connection Attempt Delay that RFC 8305 §5 recommends."""


class DialledEnd(asyncio.Protocol):
    """One end of a connection that is not spoken HTTP on."""

    transport: asyncio.Transport | None = None
    address = ""
    """The address that it leads to."""

    def close(self) -> None:
        """Close the connection."""
        if self.transport is not None:
            self.transport.close()


D = TypeVar("D", Connection, DialledEnd)


def new_connection() -> Connection:
    """One for HTTP that is not connected yet."""
    return Connection(asyncio.get_running_loop())


class Dialer(Generic[D]):
    """Makes connections to one vendor, each a `factory()`. It remembers which address took the last one."""

    def __init__(self, world: World, origin: Origin, factory: Callable[[], D]) -> None:
        self._world = world
        self._origin = origin
        self._factory: Callable[[], D] = factory
        self._last = ""
        self._failed: dict[str, None] = {}
        """Addresses that took a connection and did not answer on it, the one that did so last at the end."""

    def failed(self, address: str) -> None:
        """No answer came on a connection to this address."""
        if self._last == address:
            self._last = ""
        self._failed.pop(address, None)
        if len(self._failed) >= ADDRESSES_MAX:
            del self._failed[next(iter(self._failed))]
        self._failed[address] = None

    async def dial(self, within_s: float) -> D:
        """A new connection to one of the vendor's addresses. Raises NotSent where none takes one in time."""
        found: list[str] = []
        try:
            async with self._world.timeout(within_s):
                found = await self._addresses()
                if len(found) == 1:
                    return await self._connect(found[0])
                return await self._race(in_order(found, self._last, self._failed))
        except TimeoutError as error:
            if not found:
                raise NotSent("dns_timeout", f"no address of {self._origin.host} in {within_s:g} s") from error
            raise NotSent("connection_timeout", f"no connection in {within_s:g} s") from error

    async def _addresses(self) -> list[str]:
        """Those that may be connected to. Raises NotSent where there is none."""
        host, port = self._origin.host, self._origin.port
        try:
            resolved = await self._world.resolve(host, port)
        except OSError as error:
            raise not_resolved(error, host) from error
        decisions = [self._origin.judged(address) for address in resolved[:ADDRESSES_MAX]]
        addresses = [decision.address for decision in decisions if not decision.refused]
        if not addresses:
            if not resolved:
                raise NotSent("dns_error", f"{host} has no address")
            raise NotSent("destination_ip_prohibited", f"{host}: {decisions[-1].reason}")
        return addresses

    async def _connect(self, address: str) -> D:
        origin = self._origin
        try:
            connection = await self._world.connect(
                self._factory, address, origin.port, tls=origin.tls, server_name=origin.host.removesuffix(".")
            )  # TLS names have no dot at their end (RFC 6066 §3)
        except OSError as error:
            raise not_connected(error, address, origin.port) from error
        if connection.transport is not None and descriptors.in_reserve(connection.transport):
            connection.close()
            raise OutOfMeans("there are no descriptors for another connection: the last are kept for the proxy itself")
        if connection.transport is not None and not origin.private and _is_own(connection.transport):
            origin.on_address(AddressDecision(address, "this machine", "warned" if origin.warns else "refused"))
            if not origin.warns:
                connection.close()
                raise NotSent("destination_ip_prohibited", f"{origin.host}: {address} is this machine itself")
        connection.address = self._last = address
        return connection

    async def _race(self, addresses: Sequence[str]) -> D:
        """The first connection that is made, each address with a start of its own. The others are given up."""
        waiting = [*reversed(addresses)]
        racing: set[asyncio.Task[D]] = set()
        failure = NotSent("dns_error", "no address was tried")
        winner: asyncio.Task[D] | None = None
        try:
            while winner is None and (racing or waiting):
                if waiting:
                    racing.add(asyncio.get_running_loop().create_task(self._connect(waiting.pop())))
                ended, racing = await asyncio.wait(
                    racing, timeout=ATTEMPT_DELAY_S if waiting else None, return_when=asyncio.FIRST_COMPLETED
                )
                for task in ended:
                    error = task.exception()
                    if error is None and winner is None:
                        winner = task
                    elif error is None:
                        task.result().close()
                    elif isinstance(error, NotSent):
                        failure = failure if isinstance(failure, OutOfMeans) else error
                    else:
                        raise error
        finally:
            for task in racing:
                task.add_done_callback(_close)  # it may connect in the very turn in which it is cancelled
                task.cancel()
        if winner is None:
            raise failure
        return winner.result()


def in_order(addresses: Sequence[str], first: str = "", last: Iterable[str] = ()) -> list[str]:
    """Addresses in the order in which they are tried: families in turn (RFC 8305 §4), the one that is known first.

    `last` are those that failed, in their order; they come at the end.
    """
    leading = ":" in addresses[0]
    families = (
        [one for one in addresses if (":" in one) is leading],
        [one for one in addresses if (":" in one) is not leading],
    )
    mixed = [one for one in chain.from_iterable(zip_longest(*families)) if one is not None]
    failed = {address: rank for rank, address in enumerate(last, 1)}
    return sorted(mixed, key=lambda address: (address != first, failed.get(address, 0)))


def _is_own(transport: asyncio.BaseTransport) -> bool:
    """True where a connection leads to the very machine that it comes from, by whatever address (a public one, too)."""
    here, there = transport.get_extra_info("sockname"), transport.get_extra_info("peername")
    return isinstance(here, tuple) and isinstance(there, tuple) and here[0] == there[0]


def _close(task: "asyncio.Task[D]") -> None:
    """Close a connection that nobody waits for any more."""
    if not task.cancelled() and task.exception() is None:
        task.result().close()


def not_resolved(error: OSError, host: str) -> NotSent:
    """The error type of a failure to look a name up. The resolver needs descriptors too, and does not say so."""
    if error.errno == socket.EAI_MEMORY or descriptors.out_of_means(error) or descriptors.none_left():
        return OutOfMeans(f"there are no means to look {host} up: {error}")
    return NotSent("dns_error", f"{host} has no address: {error}")


def not_connected(error: OSError, address: str, port: int) -> NotSent:
    """The error type of a failure to connect (RFC 9209 §2.3)."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return NotSent("tls_certificate_error", error.verify_message.rstrip("."))
    if isinstance(error, ssl.SSLError):
        return NotSent("tls_protocol_error", str(error))
    if descriptors.out_of_means(error) or (error.errno == errno.EADDRNOTAVAIL and ":" not in address):
        # For IPv4 the latter says that no local port is left (ip(7)); for IPv6 that this machine has no such address.
        return OutOfMeans(f"there are no means for a connection: {error.strerror or error}")
    if isinstance(error, ConnectionRefusedError):
        return NotSent("connection_refused", f"{address}:{port} refused the connection")
    why = str(error) or "the connection was ended before it was ready"  # asyncio says nothing of an end in a handshake
    return NotSent("destination_unavailable", f"{address}:{port}: {why}")
