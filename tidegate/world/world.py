"""The world: clock, randomness, wire and disk, as one protocol, and the real one.

Everything that acts on its surroundings goes through a world, so that the same code runs in production and in the
virtual world of tidegate.chaos.world.virtual_world. This file knows nothing of HTTP, vendors or policies.

Timers and tasks come from the running event loop: `asyncio.get_running_loop().time()` is the monotonic clock of both
worlds (the virtual world brings its own loop), so `now` is never the wall clock and never goes back.
"""

import asyncio
import functools
import os
import random
import ssl
import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol, TypeVar

from tidegate.world.group_writer import C, GroupWriter, StorageEngine, WriterThread
from tidegate.world.name_lookup import NameLookups
from tidegate.world.tls_server import serve_tls
from tidegate.world.unix_listener import listen_on

P = TypeVar("P", bound=asyncio.BaseProtocol)

ProtocolFactory = Callable[[], asyncio.BaseProtocol]


class Listener(Protocol):
    """A listening address that can be closed."""

    @property
    def port(self) -> int:
        """The port that is listened on: the one that was taken, where 0 was given."""
        ...

    async def close(self) -> None:
        """Stop accepting; connections that are open stay open."""
        ...


class World(Protocol):
    """The surroundings of the program: everything that acts on it, or that it acts on."""

    def now(self) -> float:
        """Monotonic seconds. Only differences mean anything."""
        ...

    def wall(self) -> float:
        """Seconds since 1970-01-01 UTC, for stamps and HTTP dates. Never subtract two of these to get a duration."""
        ...

    def uptime(self) -> float:
        """Seconds since the machine started, those asleep included: every process of the machine reads the same."""
        ...

    def boot_id(self) -> str:
        """The name of that start of the machine, another one after the next; empty where nobody knows it."""
        ...

    def random(self, name: str) -> random.Random:
        """The stream of randomness for one use. Streams are independent: a new one does not disturb the others."""
        ...

    def call_later(self, delay_s: float, callback: Callable[..., object], *args: object) -> asyncio.TimerHandle:
        """Call `callback(*args)` after `delay_s` seconds unless the handle is cancelled."""
        ...

    async def sleep(self, delay_s: float) -> None:
        """Wait."""
        ...

    def timeout(self, delay_s: float) -> asyncio.Timeout:
        """A context that raises TimeoutError when its body takes longer than `delay_s` seconds."""
        ...

    async def resolve(self, host: str, port: int) -> list[str]:
        """The IP addresses of `host`, best first. Raises OSError where there are none."""
        ...

    async def connect(
        self, factory: Callable[[], P], address: str, port: int, *, tls: ssl.SSLContext | None, server_name: str
    ) -> P:
        """Connect to an IP address and return the protocol. `server_name` is what TLS verifies. Raises OSError."""
        ...

    async def listen(
        self, factory: ProtocolFactory, host: str, port: int, *, tls: ssl.SSLContext | None = None
    ) -> Listener:
        """Accept connections, each with a protocol of its own. Raises OSError (the address is in use, …)."""
        ...

    async def listen_unix(self, factory: ProtocolFactory, path: Path, mode: int) -> Listener:
        """The same on a Unix socket, whose file has this mode from the beginning. Its port is 0. Raises OSError."""
        ...

    async def serve_tls(
        self,
        transport: asyncio.Transport,
        factory: ProtocolFactory,
        context: ssl.SSLContext,
        *,
        early: bytes = b"",
        within_s: float,
    ) -> None:
        """Be the TLS server of an open connection, and make its protocol once the handshake is done.

        Nobody reads from `transport`; `early` is what was read of it already. Raises OSError where the handshake fails
        or takes longer than `within_s` seconds; the connection is closed then.
        """
        ...

    def group_writer(self, path: Path, engine: StorageEngine[C]) -> GroupWriter[C]:
        """Have `engine` open, or make, a file. Raises what the engine raises where it cannot."""
        ...


TLS_HANDSHAKE_S = 20.0
"""A handshake may take so long: as long as the head of a request."""
TLS_GOODBYE_S = 1.0
"""Who ends a connection says so, and need not wait until the other end has (RFC 8446 §6.1), which some never do."""
BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
"""Linux: a name that is drawn when the machine starts (random(4))."""


def _uptime() -> Callable[[], float]:
    """What World.uptime reads. CLOCK_MONOTONIC stands still while a machine sleeps (clock_gettime(2))."""
    if not hasattr(time, "CLOCK_BOOTTIME"):
        return time.monotonic
    return functools.partial(time.clock_gettime, time.CLOCK_BOOTTIME)


class _RealListener:
    def __init__(self, server: asyncio.Server) -> None:
        self._server = server
        self.port: int = server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        self._server.close()


class RealWorld:
    """Sockets, the machine's clocks, and files behind writer threads. A seed makes its randomness repeatable."""

    def __init__(self, seed: int | None = None) -> None:
        self._seed = seed
        self._lookups = NameLookups()

    now = staticmethod(time.monotonic)
    wall = staticmethod(time.time)
    uptime = staticmethod(_uptime())

    secret_bytes = staticmethod(os.urandom)
    """So many bytes of the system's randomness, for a secret that a person is given. No virtual world has it."""

    def boot_id(self) -> str:
        """See World.boot_id."""
        try:
            return BOOT_ID.read_text(encoding="ascii").strip()
        except (OSError, ValueError):
            return ""

    def random(self, name: str) -> random.Random:
        """See World.random."""
        return random.Random() if self._seed is None else random.Random(f"{self._seed}:{name}")  # noqa: S311

    def call_later(self, delay_s: float, callback: Callable[..., object], *args: object) -> asyncio.TimerHandle:
        """See World.call_later."""
        return asyncio.get_running_loop().call_later(delay_s, callback, *args)

    async def sleep(self, delay_s: float) -> None:
        """See World.sleep."""
        await asyncio.sleep(delay_s)

    def timeout(self, delay_s: float) -> asyncio.Timeout:
        """See World.timeout."""
        return asyncio.timeout(delay_s)

    async def resolve(self, host: str, port: int) -> list[str]:
        """See World.resolve."""
        return await self._lookups.addresses(host, port)

    async def connect(
        self, factory: Callable[[], P], address: str, port: int, *, tls: ssl.SSLContext | None, server_name: str
    ) -> P:
        """See World.connect."""
        _, protocol = await asyncio.get_running_loop().create_connection(
            factory,
            address,
            port,
            ssl=tls,
            server_hostname=server_name if tls else None,
            ssl_shutdown_timeout=TLS_GOODBYE_S if tls else None,
        )
        return protocol

    async def listen(
        self, factory: ProtocolFactory, host: str, port: int, *, tls: ssl.SSLContext | None = None
    ) -> Listener:
        """See World.listen."""
        patience_s = TLS_HANDSHAKE_S if tls is not None else None
        server = await asyncio.get_running_loop().create_server(
            factory, host, port, ssl=tls, ssl_handshake_timeout=patience_s, start_serving=False
        )
        try:
            await server.start_serving()
        except BaseException:  # cancelled in between: nobody else knows of the socket
            server.close()
            raise
        return _RealListener(server)

    async def listen_unix(self, factory: ProtocolFactory, path: Path, mode: int) -> Listener:
        """See World.listen_unix."""
        return await listen_on(factory, path, mode)

    async def serve_tls(
        self,
        transport: asyncio.Transport,
        factory: ProtocolFactory,
        context: ssl.SSLContext,
        *,
        early: bytes = b"",
        within_s: float,
    ) -> None:
        """See World.serve_tls."""
        await serve_tls(transport, factory, context, early, within_s)

    def group_writer(self, path: Path, engine: StorageEngine[C]) -> GroupWriter[C]:
        """See World.group_writer."""
        return WriterThread(path, engine)
