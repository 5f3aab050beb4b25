"""The tunnels that are open: made, watched, counted, and ended where the proxy stops.

A tunnel of which nobody reads the content is tidegate.proxy.forward.tunnel; one that is opened speaks TLS to the app
and is then a connection like any other, of a server of its own.
"""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from tidegate.proxy.forward.egress_log import EgressLog
from tidegate.proxy.forward.forward_policy import ForwardPolicy
from tidegate.proxy.forward.tunnel import ByteTunnel
from tidegate.proxy.onramp.server import AppConnection, AppServer
from tidegate.proxy.policies.destinations.destination import Destination
from tidegate.proxy.policies.destinations.host_rules import HostDecision
from tidegate.proxy.wire.dial import Dialer, DialledEnd
from tidegate.proxy.wire.exchange_errors import NotSent, OutOfMeans
from tidegate.proxy.wire.transport import Origin
from tidegate.world.world import World

ESTABLISHED = b"HTTP/1.1 200 Connection established\r\n\r\n"
BUSY_EVERY_S = 0.02
QUIET_S = 1.0
"""A tunnel on which nothing has moved for so long is closed when the proxy stops; others may go on until its end."""


@dataclass(frozen=True, slots=True)
class Inside:
    """What a connection inside an opened tunnel is bound to."""

    app: str
    to: Destination
    decision: HostDecision


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
        self._open: set[ByteTunnel] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    def __len__(self) -> int:
        return len(self._open) + len(self._tasks)

    async def dial(self, to: Destination, decision: HostDecision, policy: ForwardPolicy) -> ByteTunnel:
        """A tunnel whose host is connected. Raises NotSent."""
        settings = policy.settings
        if len(self._open) >= settings.tunnels_max:
            raise OutOfMeans(f"forward.tunnels_max: {settings.tunnels_max} tunnels are open")
        tunnel = ByteTunnel(self._world, idle_s=settings.idle, total_s=settings.total)
        self._open.add(tunnel)
        tunnel.on_end = self._open.discard
        try:
            reach = decision.reach
            origin = Origin(
                to.host, to.port, None,
                private=reach == "allow", warns=reach == "warn", on_address=self._log.on_address,
            )  # fmt: skip
            async with self._world.timeout(settings.connect):
                await Dialer[DialledEnd](self._world, origin, lambda: tunnel.host).dial()
        except TimeoutError:
            self._open.discard(tunnel)
            raise NotSent("connection_timeout", f"no connection in {settings.connect:g} s") from None
        except BaseException:
            self._open.discard(tunnel)
            raise
        return tunnel

    def carry(self, request: web.BaseRequest, tunnel: ByteTunnel) -> None:
        """Tell the app that it is connected, and let bytes pass from now on."""

        def ended(tunnel: ByteTunnel) -> None:
            self._open.discard(tunnel)
            self._log.tunnels["tunnel", tunnel.ended_by] += 1
            self._log.bytes["sent",] += tunnel.app.bytes
            self._log.bytes["received",] += tunnel.host.bytes

        tunnel.on_end = ended
        transport, early = _detached(request)
        transport.write(ESTABLISHED)
        transport.set_protocol(tunnel.app)
        tunnel.app.connection_made(transport)
        tunnel.begin(early)

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

    def open(self, request: web.BaseRequest, inside: Inside, policy: ForwardPolicy) -> None:
        """Tell the app that it is connected, and speak TLS with it as its host would."""
        assert policy.leaves is not None
        context = policy.leaves.context(inside.to.host)
        transport, early = _detached(request)
        transport.write(ESTABLISHED)

        def connection() -> asyncio.Protocol:
            assert self.server is not None
            made = self.server()
            assert isinstance(made, InsideConnection)
            made.inside = inside
            self._log.handshakes["done",] += 1
            return made

        async def secure() -> None:
            try:
                await self._world.serve_tls(
                    transport, connection, context, early=early, within_s=policy.settings.handshake
                )
            except OSError as error:
                self._log.handshakes["failed",] += 1
                why = type(error).__name__ if not error.args else str(error.args[-1])
                self._log.write("tunnel handshake failed", app=inside.app, to=inside.to.authority, error=why[:200])

        self._run(secure())

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _detached(request: web.BaseRequest) -> tuple[asyncio.Transport, bytes]:
    protocol = request.protocol
    assert isinstance(protocol, AppConnection)
    return protocol.detach()
