"""The tunnels that are open: made, watched, counted, and ended where the proxy stops.

A tunnel of which nobody reads the content is tidegate.proxy.forward.tunnel; one that is opened speaks TLS to the app
and is then a connection like any other, of a server of its own.
"""

import asyncio
import ssl
from collections.abc import Coroutine
from dataclasses import dataclass
from itertools import islice
from typing import Any

from aiohttp import web
from multidict import CIMultiDictProxy

from tidegate.proxy.access.peers import Peer
from tidegate.proxy.forward.egress_log import EgressLog
from tidegate.proxy.forward.forward_policy import ForwardPolicy
from tidegate.proxy.forward.tunnel import ByteTunnel, Judge
from tidegate.proxy.onramp.server import AppConnection, AppServer
from tidegate.proxy.policies.destinations.client_hello import seen_name
from tidegate.proxy.policies.destinations.destination import Destination
from tidegate.proxy.policies.destinations.host_rules import HostDecision
from tidegate.proxy.wire.dial import Dialer, DialledEnd
from tidegate.proxy.wire.exchange_errors import OutOfMeans
from tidegate.proxy.wire.transport import Origin
from tidegate.world.world import World

ESTABLISHED = b"HTTP/1.1 200 Connection established\r\n\r\n"
BUSY_EVERY_S = 0.02
SPARED_QUIET_S = 10.0
"""A tunnel on which nothing has moved for so long may be closed to make room for another."""
SEARCHED_MAX = 512
"""Of the oldest tunnels, so many are looked at for one that can make room."""
QUIET_S = 1.0
"""A tunnel on which nothing has moved for so long is closed when the proxy stops; others may go on until its end."""


@dataclass(slots=True)
class Inside:
    """What a connection inside an opened tunnel is bound to. Its scheme is http where it is spoken without TLS."""

    app: str
    scheme: str
    to: Destination
    decision: HostDecision
    policy: ForwardPolicy
    """The one by which it was decided; a reload puts another in its place."""
    headers: CIMultiDictProxy[str]
    """Of its CONNECT, which say who asks."""
    peer: Peer
    """Who was at the other end of its connection."""


class InsideConnection(AppConnection):
    """A connection inside an opened tunnel."""

    __slots__ = ("inside",)
    inside: Inside


class InsideServer(AppServer):
    """Makes the connections inside opened tunnels."""

    connection_class = InsideConnection


class Tunnels:
    """The tunnels of one proxy. `server` makes the connections inside those that are opened."""

    def __init__(self, world: World, log: EgressLog) -> None:
        self.server: AppServer | None = None
        self._world = world
        self._log = log
        self._open: dict[ByteTunnel, None] = {}
        """The oldest first."""
        self._tasks: set[asyncio.Task[None]] = set()
        log.tunnels_open = self.__len__

    def __len__(self) -> int:
        return len(self._open) + len(self._tasks)

    async def dial(self, to: Destination, decision: HostDecision, policy: ForwardPolicy, app: str = "") -> ByteTunnel:
        """A tunnel whose host is connected. Raises NotSent."""
        settings = policy.settings
        if len(self._open) >= settings.tunnels_max and not self.make_room():
            raise OutOfMeans(f"forward.tunnels_max: {settings.tunnels_max} tunnels are open")
        judge = None if decision.any_name or to.is_address else self._naming(to, app, warns=policy.rules.warns)
        tunnel = ByteTunnel(self._world, idle_s=settings.idle, total_s=settings.total, judge=judge)
        self._open[tunnel] = None
        tunnel.on_end = self._forget
        try:
            reach = decision.reach
            origin = Origin(
                to.host, to.port, None,
                private=reach == "allow", warns=reach == "warn", on_address=self._log.on_address,
            )  # fmt: skip
            await Dialer[DialledEnd](self._world, origin, lambda: tunnel.host).dial(settings.connect)
        except BaseException:
            self._forget(tunnel)
            raise
        return tunnel

    def _naming(self, to: Destination, app: str, *, warns: bool) -> Judge:
        """Lets a handshake pass that names this host, or nobody; and what is no handshake."""

        def judge(begun: bytes) -> bool | None:
            seen = seen_name(begun)
            if seen.state == "more":
                return None
            if seen.state == "none" or (seen.state == "named" and seen.name.removesuffix(".") == to.host):
                return True
            because = f"the handshake names {seen.name[:100]}" if seen.name else "the handshake cannot be read"
            if warns:
                self._log.write("egress warned", way="tunnel", app=app, to=to.authority, because=because)
            else:
                self._log.denied("tunnel", app, to.authority, "server name", because)
            return warns

        return judge

    def carry(self, request: web.BaseRequest, tunnel: ByteTunnel) -> None:
        """Tell the app that it is connected, and let bytes pass from now on."""

        def ended(tunnel: ByteTunnel) -> None:
            self._forget(tunnel)
            self._log.tunnels["tunnel", tunnel.ended_by] += 1
            self._log.bytes["sent",] += tunnel.app.bytes
            self._log.bytes["received",] += tunnel.host.bytes

        tunnel.on_end = ended
        transport, early = _detached(request)
        transport.write(ESTABLISHED)
        transport.set_protocol(tunnel.app)
        tunnel.app.connection_made(transport)
        tunnel.begin(early)

    def make_room(self) -> bool:
        """Close the tunnel on which nothing has moved for longest. False where something moves on each."""
        begun = (tunnel for tunnel in islice(self._open, SEARCHED_MAX) if tunnel.begun)
        quietest = max(begun, key=lambda tunnel: tunnel.quiet_s, default=None)
        if quietest is None or quietest.quiet_s < SPARED_QUIET_S:
            return False
        self._forget(quietest)  # its place is free at once, and its end is counted when it comes
        quietest.close("made room")
        return True

    def _forget(self, tunnel: ByteTunnel) -> None:
        self._open.pop(tunnel, None)

    async def drain(self) -> None:
        """Close the tunnels on which nothing moves, and wait until there are no more."""
        while self._open or self._tasks:
            for tunnel in [*self._open]:
                if tunnel.quiet_s >= QUIET_S:
                    tunnel.close("stopping")
            await self._world.sleep(BUSY_EVERY_S)

    async def close(self) -> None:
        """Close every tunnel."""
        for task in [*self._tasks]:
            task.cancel()
        for tunnel in [*self._open]:
            tunnel.close("stopping")
        await self._world.sleep(0)

    def open(self, request: web.BaseRequest, inside: Inside) -> None:
        """Tell the app that it is connected, and speak with it as its host would."""
        policy = inside.policy
        leaves = policy.leaves if inside.scheme == "https" else None
        context = leaves.context(inside.to.host) if leaves is not None else None
        transport, early = _detached(request)
        transport.write(ESTABLISHED)
        if context is not None:
            self._run(self._secure(transport, early, inside, context, policy.settings.handshake))
            return
        connection = self._connection(inside)
        transport.set_protocol(connection)
        connection.connection_made(transport)
        if early:
            connection.data_received(early)
        transport.resume_reading()

    def _connection(self, inside: Inside) -> InsideConnection:
        assert self.server is not None
        made = self.server()
        assert isinstance(made, InsideConnection)
        made.inside = inside
        return made

    async def _secure(
        self, transport: asyncio.Transport, early: bytes, inside: Inside, context: ssl.SSLContext, within_s: float
    ) -> None:
        def connection() -> asyncio.Protocol:
            self._log.handshakes["done",] += 1
            return self._connection(inside)

        try:
            await self._world.serve_tls(transport, connection, context, early=early, within_s=within_s)
        except OSError as error:
            self._log.handshakes["failed",] += 1
            why = type(error).__name__ if not error.args else str(error.args[-1])
            self._log.write("tunnel handshake failed", app=inside.app, to=inside.to.authority, error=why[:200])

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _detached(request: web.BaseRequest) -> tuple[asyncio.Transport, bytes]:
    protocol = request.protocol
    assert isinstance(protocol, AppConnection)
    return protocol.detach()
