"""The forward proxy as a running thing: policy, listener, tunnels; started, changed and stopped with the proxy.

What is done with a request is tidegate.proxy.forward.forward_onramp.
"""

import math
from collections.abc import Awaitable, Callable, Mapping

from aiohttp import web

from tidegate.proxy.assembly import ProxyParts
from tidegate.proxy.audit.audit_recorder import AuditRecorder
from tidegate.proxy.config import Config
from tidegate.proxy.discovery.recorder import DiscoveryRecorder
from tidegate.proxy.forward.certificate_authority import CertificateAuthority
from tidegate.proxy.forward.egress_log import EgressLog
from tidegate.proxy.forward.forward_onramp import ForwardOnRamp
from tidegate.proxy.forward.forward_policy import leaves_of, policy_of
from tidegate.proxy.forward.leaf_contexts import LeafContexts
from tidegate.proxy.forward.passage import Passage, PassageBounds
from tidegate.proxy.forward.tunnels import InsideServer
from tidegate.proxy.onramp.call_service import Answer, CallService
from tidegate.proxy.onramp.connection_limits import ConnectionLimits, bounds
from tidegate.proxy.onramp.gateway import GatewayRouter
from tidegate.proxy.onramp.server import AppServer
from tidegate.proxy.policies.residency.residency_rules import ResidencyWatch
from tidegate.proxy.settings.forward_config import ForwardSettings
from tidegate.proxy.telemetry.telemetry import Telemetry
from tidegate.proxy.upstream.upstream import Upstream
from tidegate.proxy.upstream_reports import address_listener
from tidegate.world import descriptors
from tidegate.world.world import Listener, World

HOSTS_CHARS_MAX = 1000
"""Of the hosts of a CA so much stands in the audit log."""

Serve = Callable[[web.BaseRequest], Awaitable[Answer]]

MakeServer = Callable[[type[AppServer], Serve, ConnectionLimits], AppServer]
"""Makes a server of a kind, whose requests the proxy counts."""


class ForwardProxy:
    """One for each proxy; it takes nothing where tidegate.yaml has no `forward`."""

    def __init__(
        self,
        world: World,
        service: CallService,
        gateway: GatewayRouter,
        telemetry: Telemetry,
        *,
        discovery: DiscoveryRecorder,
        residency: ResidencyWatch,
    ) -> None:
        self._discovery = discovery
        self.log = EgressLog(world, telemetry.note, address_listener("", telemetry, world))
        telemetry.metrics.registry.register(self.log)
        self.onramp = ForwardOnRamp(world, service, gateway, self.log)
        self.onramp.residency, self.onramp.on_tunnel = residency, discovery.tunnel
        self._world = world
        self._service = service
        self._telemetry = telemetry
        self._read: tuple[ForwardSettings | None, LeafContexts | None] = (None, None)
        """Settings, and the contexts of the CA that was read for them."""
        self._audit: AuditRecorder | None = None
        self._started, self._recorded = False, ""
        self._servers: list[AppServer] = []
        self._listener: Listener | None = None

    @property
    def shares_port(self) -> bool:
        """True where the gateway's port takes its requests."""
        return self.onramp.shares_port

    @property
    def port(self) -> int | None:
        """Its own port; None where it has none."""
        return None if self._listener is None else self._listener.port

    @property
    def authority(self) -> CertificateAuthority | None:
        """The CA in force."""
        policy = self.onramp.policy
        return policy.leaves.authority if policy is not None and policy.leaves is not None else None

    def authority_ends(self) -> float:
        """When the CA in force ends (since 1970); never where there is none."""
        authority = self.authority
        return authority.certificate.not_valid_after_utc.timestamp() if authority is not None else math.inf

    @property
    def busy(self) -> bool:
        """True while a request is under way on one of its connections, or an answer leaves."""
        return any(server.busy for server in self._servers)

    def begin(self, parts: ProxyParts, config: Config, environ: Mapping[str, str]) -> None:
        """Put the first configuration in force, and read the CA of each that follows. Raises UsageError."""
        parts.judge, self._audit = self.read, parts.audit
        self.read(config, environ)
        self.put(config, parts.upstreams)

    def read(self, config: Config, environ: Mapping[str, str]) -> None:
        """Read the CA of a configuration that is to come into force. Raises UsageError where it is no good."""
        kept = self.onramp.policy.leaves if self.onramp.policy is not None else None
        self._read = (config.forward, leaves_of(self._world, config, environ, kept))

    def put(self, config: Config, upstreams: Mapping[str, Upstream]) -> None:
        """From the next request on, this configuration is in force. Its CA was read, unless it is as it was."""
        onramp, (read_for, leaves) = self.onramp, self._read
        if read_for != config.forward:  # what was read last did not come into force
            leaves = onramp.policy.leaves if onramp.policy is not None else None
        onramp.policy = policy_of(config, upstreams, leaves)
        if onramp.policy is None:
            return
        settings = onramp.policy.settings
        bounds_of = PassageBounds(
            settings.connect, settings.first_byte, settings.idle, settings.total,
            config.body_kept_bytes, config.body_max_bytes,
        )  # fmt: skip
        if onramp.passage is None:
            onramp.passage = Passage(self._world, config.transport, bounds_of, self.log.on_address)
        onramp.passage.bounds, onramp.passage.discovery = bounds_of, self._discovery
        if self._started:
            self._record_authority()

    async def start(self, make_server: MakeServer) -> None:
        """Be ready for tunnels, and listen, where it has a port of its own. Raises OSError."""
        onramp, self._started = self.onramp, True
        self._record_authority()

        async def serve(request: web.BaseRequest) -> Answer:
            return await onramp.serve(request, self._service.exchange(request))

        async def serve_inside(request: web.BaseRequest) -> Answer:
            return await onramp.serve_inside(request, self._service.exchange(request))

        inside = onramp.tunnels.server = make_server(InsideServer, serve_inside, self._limits("tunnels"))
        self._servers.append(inside)
        address = onramp.policy.settings.listen if onramp.policy is not None else None
        if address is not None:
            server = make_server(AppServer, serve, self._limits("forward"))
            self._servers.append(server)
            self._listener = await self._world.listen(server, address.host, address.port)

    def _record_authority(self) -> None:
        """Record a CA that has come into force: whoever has its key can speak for these hosts to every app."""
        authority = self.authority
        if authority is None or self._audit is None or authority.fingerprint == self._recorded:
            return
        self._recorded, until = authority.fingerprint, authority.certificate.not_valid_after_utc
        self._audit.record(
            "ca.used", target="ca", certificate=self._recorded, hosts=", ".join(authority.names)[:HOSTS_CHARS_MAX],
            until=until.isoformat(),
        )  # fmt: skip

    def _limits(self, port: str) -> ConnectionLimits:
        limits = ConnectionLimits(
            bounds(descriptors.reserved_from()),
            self._world.now,
            lambda text, facts: self._telemetry.note(text, self._world.wall(), **facts),
        )
        self._telemetry.metrics.ports[port] = limits
        return limits

    async def drain(self) -> None:
        """Wait until no tunnel carries anything any more."""
        await self.onramp.tunnels.drain()

    async def close(self, within_s: float) -> None:
        """Stop listening, end what is under way, close every connection."""
        if self._listener is not None:
            await self._listener.close()
        await self.onramp.tunnels.close()
        for server in self._servers:
            await server.end(within_s)
        if self.onramp.passage is not None:
            await self.onramp.passage.close()
