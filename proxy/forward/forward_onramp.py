"""The on-ramp of apps that use Tidegate as their proxy: HTTP_PROXY (absolute form) and HTTPS_PROXY (CONNECT).

    request ─▶ destination, read strictly ─▶ app (Proxy-Authorization) ─▶ host rules ─┬─ a vendor's ─▶ its pipeline
                                                                                      ├─ allowed ───▶ passed, a tunnel
                                                                                      └─ else ──────▶ 403 egress-denied
    CONNECT of a host that is opened ─▶ TLS with a certificate of our own ─▶ each request inside as above
    (without TLS where its port speaks none: clients of WebSockets, and some of HTTP, send a CONNECT for every URL)

A CONNECT that is refused ends its connection: nothing that was sent behind it is read as a request (RFC 9931).
The connection to a tunnel's host is made before the app is told 200.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from aiohttp import web

from tidegate.problems import PROBLEMS
from tidegate.proxy.access.app_tokens import LOCAL
from tidegate.proxy.call.reply import Reply, refused
from tidegate.proxy.forward.egress_log import EgressLog, Way
from tidegate.proxy.forward.forward_policy import ForwardPolicy
from tidegate.proxy.forward.passage import Passage, PassageTarget
from tidegate.proxy.forward.tunnels import Inside, InsideConnection, Tunnels
from tidegate.proxy.forward.vendor_origins import VendorOrigin
from tidegate.proxy.onramp.app_stream import DETACHED
from tidegate.proxy.onramp.call_service import Answer, CallService
from tidegate.proxy.onramp.gateway import GatewayRouter, unsafe_path
from tidegate.proxy.onramp.reply_writer import CALLS_PATH, AppExchange
from tidegate.proxy.onramp.server import cancel_when_gone, known_peer
from tidegate.proxy.policies.destinations.destination import Destination, read_authority
from tidegate.proxy.policies.destinations.host_rules import HostDecision
from tidegate.proxy.policies.residency.vendor_residency import NO_RESIDENCY
from tidegate.proxy.wire.exchange_errors import NotSent, OutOfMeans
from tidegate.url_port import USUAL_PORTS
from tidegate.world.world import World

NO_TOKEN = "Put a Tidegate token into the proxy's URL, as http://app:TOKEN@host:port."  # noqa: S105 - no token

_READ_AS = {"http": "http", "https": "https", "ws": "http", "wss": "https"}
"""The schemes that are fetched. A WebSocket is asked for by a request of HTTP, at the same server (RFC 6455 §3)."""

_ABSOLUTE = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://([^/?#]*)(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Aim:
    """Where one request goes, and what was decided of it."""

    scheme: str
    to: Destination
    path: str
    decision: HostDecision


class ForwardOnRamp:
    """The on-ramp of one proxy. Without a policy it takes nothing."""

    def __init__(self, world: World, service: CallService, gateway: GatewayRouter, log: EgressLog) -> None:
        self.policy: ForwardPolicy | None = None
        self.passage: Passage | None = None
        self.tunnels = Tunnels(world, log)
        self.residency = NO_RESIDENCY.watch
        self.on_tunnel: Callable[[str], object] = str
        """Told the host of each tunnel that nobody looks into."""
        self._world = world
        self._service = service
        self._gateway = gateway
        self._log = log

    @property
    def shares_port(self) -> bool:
        """True where the gateway's port takes its requests."""
        return self.policy is not None and self.policy.settings.listen is None

    async def serve(self, request: web.BaseRequest, exchange: AppExchange, target: str | None = None) -> Answer:
        """Answer a request in absolute form, or a CONNECT. `target` is the former's."""
        if exchange.method == "CONNECT":
            return await self.connect(request, exchange)
        if target is None:
            target = request._message.path  # noqa: SLF001 - as it was sent, see tidegate.proxy.onramp.server
        absolute = _ABSOLUTE.fullmatch(target)
        if absolute is None:
            return self._unread(exchange, target, "This is a forward proxy: send the whole URL, or CONNECT.")
        scheme = _READ_AS.get(absolute[1].lower())
        if scheme is None:
            return self._unread(exchange, target, f"A URL with the scheme {absolute[1].lower()[:16]} is not fetched.")
        to = read_authority(absolute[2], USUAL_PORTS[scheme])
        if isinstance(to, str):
            return self._unread(exchange, target, f"The server in the URL is not taken: {to}.")
        app = self._app(exchange)
        if app is None:
            return self._service.turn_away(exchange, refused(PROBLEMS["proxy-unauthorized"], NO_TOKEN))
        policy = self._in_force
        decision = policy.rules.decide(to, app, vendor=bool(policy.origins.at(scheme, to)))
        self._log.decided("absolute", app, to, decision)
        path = absolute[3] if absolute[3].startswith("/") else f"/{absolute[3]}"
        return await self._pass_on(request, exchange, Aim(scheme, to, path, decision))

    async def connect(self, request: web.BaseRequest, exchange: AppExchange) -> Answer:
        """Answer a CONNECT: refuse it, or give its connection away to a tunnel."""
        target = request._message.path  # noqa: SLF001 - as it was sent
        to = _connect_target(request, exchange, target)
        if isinstance(to, str):
            return self._unread(exchange, target, to, "tunnel")
        app = self._app(exchange)
        if app is None:
            return self._service.turn_away(exchange, refused(PROBLEMS["proxy-unauthorized"], NO_TOKEN))
        policy = self._in_force
        scheme = policy.spoken_at(to)
        decision = policy.rules.decide(to, app, vendor=bool(policy.origins.at(scheme, to)))
        self._log.decided("tunnel", app, to, decision)
        if decision.refused:
            return self._service.turn_away(exchange, refused(PROBLEMS["egress-denied"], _denial(to, decision)))
        if decision.action == "open":
            why = policy.unopened(to, self._world.wall()) if scheme == "https" else ""
            if why:
                return self._service.turn_away(exchange, refused(PROBLEMS["egress-denied"], f"{to.authority}: {why}."))
            peer = known_peer(request.protocol)
            self.tunnels.open(request, Inside(app, scheme, to, decision, policy, exchange.headers, peer))
            return DETACHED
        return await self._tunnel(request, exchange, to, decision)

    async def serve_inside(self, request: web.BaseRequest, exchange: AppExchange) -> Answer:
        """Answer a request inside an opened tunnel, which goes to the host of its CONNECT alone."""
        connection = request.protocol
        assert isinstance(connection, InsideConnection)
        inside = connection.inside
        ended = self._judged_again(inside)
        if ended is not None:
            exchange.keep_alive = False
            return self._service.turn_away(exchange, ended)
        exchange.app = inside.app
        target, host = request._message.path, exchange.headers.get("Host")  # noqa: SLF001 - as it was sent
        absolute = _ABSOLUTE.fullmatch(target)
        if absolute is not None and _READ_AS.get(absolute[1].lower()) == inside.scheme:
            host, target = absolute[2], absolute[3] if absolute[3].startswith("/") else f"/{absolute[3]}"
        if exchange.method == "CONNECT" or not target.startswith("/") or request.version.major != 1:
            return self._unread(exchange, target, "Inside a tunnel a request names its path.", "opened")
        if host is not None and read_authority(host, USUAL_PORTS[inside.scheme]) != inside.to:
            exchange.keep_alive = False
            detail = f"This tunnel leads to {inside.to.authority}, and the request names another host."
            return self._service.turn_away(exchange, refused(PROBLEMS["misdirected"], detail))
        return await self._pass_on(request, exchange, Aim(inside.scheme, inside.to, target, inside.decision))

    def _judged_again(self, inside: Inside) -> Reply | None:
        """Why a request inside an opened tunnel is not served any more: tokens end, and a reload changes the rules."""
        policy, to = self.policy, inside.to
        if policy is None:
            return refused(PROBLEMS["egress-denied"], "There is no forward proxy any more.")
        if policy.needs_token:
            app = self._service.admission.identify_again(inside.headers, inside.peer, "Proxy-Authorization")
            if app is None:
                return refused(PROBLEMS["app-unauthorized"], "The token that this tunnel was asked for with has ended.")
            inside.app = app
        if policy is not inside.policy:
            vendor = bool(policy.origins.at(inside.scheme, to))
            inside.policy, inside.decision = policy, policy.rules.decide(to, inside.app, vendor=vendor)
            self._log.decided("opened", inside.app, to, inside.decision)
        if inside.decision.action == "open":
            return None
        return refused(PROBLEMS["egress-denied"], f"{to.authority} is not opened any more: {inside.decision}.")

    async def _pass_on(self, request: web.BaseRequest, exchange: AppExchange, aim: Aim) -> Answer:
        """To the vendor's pipeline, or as it is."""
        policy, service = self._in_force, self._service
        if aim.decision.refused:
            return service.turn_away(exchange, refused(PROBLEMS["egress-denied"], _denial(aim.to, aim.decision)))
        bare = aim.path.partition("?")[0]
        why = unsafe_path(aim.path, bare)
        if why:
            return service.turn_away(exchange, refused(PROBLEMS["bad-request"], f"The path {why}."))
        origins = policy.origins.at(aim.scheme, aim.to)
        if origins and aim.path.startswith(CALLS_PATH):
            return await service.show_call(exchange, aim.path.removeprefix(CALLS_PATH))
        if aim.decision.action == "open":
            for origin in origins:
                rest = origin.below(aim.path)
                if rest is not None:
                    return await self._call(request, exchange, origin, rest)
        if aim.decision.reason == "vendor":
            known = ", ".join(f"{origin.origin}{origin.path}" for origin in origins)
            detail = f"{bare[:100]} is not below {known}, and no rule under forward.rules allows the rest of this host."
            return service.turn_away(exchange, refused(PROBLEMS["egress-denied"], detail))
        denied = self._denied(exchange, aim.to, aim.decision)
        if denied is not None:
            return service.turn_away(exchange, denied)
        assert self.passage is not None
        target = PassageTarget(aim.scheme, aim.to, aim.path, aim.decision.reach)
        answer = await self.passage.carry(request, exchange, target)
        return service.turn_away(exchange, answer) if isinstance(answer, Reply) else answer

    async def _call(self, request: web.BaseRequest, exchange: AppExchange, origin: VendorOrigin, rest: str) -> Answer:
        exchange.base, exchange.urls, exchange.upstream = origin.origin, origin.urls, origin.upstream
        route = self._gateway.route(exchange.method, f"/{origin.upstream.name}{rest}", exchange.headers)
        if isinstance(route, Reply):
            return self._service.turn_away(exchange, route)
        return await self._service.answer(request, exchange, route)

    async def _tunnel(
        self, request: web.BaseRequest, exchange: AppExchange, to: Destination, decision: HostDecision
    ) -> Answer:
        denied = self._denied(exchange, to, decision)
        if denied is not None:
            return self._service.turn_away(exchange, denied)
        cancel_when_gone(request.protocol, cancel=True)
        try:
            tunnel = await self.tunnels.dial(to, decision, self._in_force, exchange.app)
        except NotSent as error:
            problem = PROBLEMS["overloaded" if isinstance(error, OutOfMeans) else "vendor-unavailable"]
            if error.error == "destination_ip_prohibited":
                self._log.denied("tunnel", exchange.app, to.authority, "address", str(error))
                problem = PROBLEMS["egress-denied"]
            return self._service.turn_away(exchange, refused(problem, str(error), error=error.error))
        if request.transport is None:
            tunnel.close("app")
            raise ConnectionResetError("the app went away")
        self.on_tunnel(to.host if to.port == USUAL_PORTS["https"] else to.authority)
        self.tunnels.carry(request, tunnel)
        return DETACHED

    def _denied(self, exchange: AppExchange, to: Destination, decision: HostDecision) -> Reply | None:
        """The refusal of what may not go to the region of a host. Nobody looks into it, so it may hold anything."""
        rules = self.residency.rules
        if rules.written is None:
            return None
        resident = rules.decide(rules.home_of(exchange.app), "personal", decision.region)
        self.residency.count("forward", "no vendor", resident)
        return None if resident.sends else refused(PROBLEMS["residency-denied"], resident.why(to.authority))

    @property
    def _in_force(self) -> ForwardPolicy:
        assert self.policy is not None
        return self.policy

    def _app(self, exchange: AppExchange) -> str | None:
        """The app, by its token; None where it has to show one and does not."""
        if not self._in_force.needs_token:
            exchange.app = LOCAL
            return LOCAL
        app = self._service.admission.identify(exchange, "Proxy-Authorization")
        exchange.app = app or ""
        return app

    def _unread(self, exchange: AppExchange, target: str, detail: str, way: Way = "absolute") -> Answer:
        self._log.denied(way, exchange.app, target, "unread", detail)
        reply = refused(PROBLEMS["bad-request"], detail, error="http_request_error")
        return self._service.turn_away(exchange, reply)


def _connect_target(request: web.BaseRequest, exchange: AppExchange, target: str) -> Destination | str:
    """The server that a CONNECT names, or why it is not taken."""
    to = read_authority(target)
    if isinstance(to, str):
        return f"The target of CONNECT is not taken: {to}."
    host = exchange.headers.get("Host")
    if host is not None and read_authority(host, to.port) != to:
        return "Host and the target of CONNECT differ (RFC 9112 §3.2.3)."
    if request.version.major != 1:
        return "HTTP/1.1 and HTTP/1.0 are spoken here."
    if "Transfer-Encoding" in exchange.headers or exchange.headers.get("Content-Length", "0") != "0":
        return "A CONNECT has no content (RFC 9110 §9.3.6)."
    return to


def _denial(to: Destination, decision: HostDecision) -> str:
    return f"{to.authority} is not allowed: {decision}."
