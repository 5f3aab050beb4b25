"""Makes observations of requests and tunnels, where anybody listens: what was asked, what came of it, and how often.

It reads what is there when a request has ended, and changes nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass

from tidegate.plan.planning import UNLISTED
from tidegate.proxy.call.call import Call
from tidegate.proxy.call.reply import Reply
from tidegate.proxy.forward.observation import Observation, Observations, Way
from tidegate.proxy.forward.tunnel import ByteTunnel
from tidegate.proxy.onramp.reply_writer import AppExchange
from tidegate.proxy.policies.destinations.destination import Destination
from tidegate.proxy.policies.destinations.host_rules import HostDecision
from tidegate.world.world import World

KEY_HEADERS = (
    "Idempotency-Key", "X-Idempotency-Key", "Idempotence-Key", "PayPal-Request-Id", "Idempotency-Id", "X-Request-Key",
)  # fmt: skip
"""Headers in which vendors take an idempotency key, as far as no vendor file names one."""


@dataclass(frozen=True, slots=True)
class Aim:
    """Where one request goes, and what was decided of it."""

    scheme: str
    to: Destination
    path: str
    decision: HostDecision
    way: Way


@dataclass(frozen=True, slots=True)
class Passed:
    """What became of a request that was passed on as it is."""

    status: int
    media_type: str = ""
    mark: bytes = b""
    """The bytes that tell its content from another."""
    sent_bytes: int = 0
    received_bytes: int = 0
    refused: str = ""


class Observer:
    """Makes the observations of one proxy."""

    def __init__(self, world: World, observations: Observations) -> None:
        self.observations = observations
        self._world = world

    @property
    def wanted(self) -> bool:
        """True where anybody listens."""
        return self.observations.wanted

    def called(
        self, exchange: AppExchange, aim: Aim, key_header: str | None
    ) -> Callable[[Call | None, Reply], object] | None:
        """Who is to be told of the end of a vendor's call; None where nobody listens. See CallService.answer."""
        if not self.wanted:
            return None

        def seen(call: Call | None, reply: Reply) -> None:
            status, problem = reply.status, reply.problem
            content = call.content if call is not None else None
            passed = Passed(
                202 if reply.accepted is not None else status if problem is None else problem.status,
                _media_type(reply),
                content.mark if content is not None else b"",
                (content.length or 0) if content is not None else 0,
                call.streamed.bytes if call is not None and call.streamed is not None else len(reply.body),
                "" if problem is None else problem.name,
            )
            vendor = exchange.upstream.name if exchange.upstream is not None else ""
            operation = call.plan.operation if call is not None and call.plan.operation != UNLISTED else ""
            self.passed(exchange, aim, passed, vendor=vendor, operation=operation, key_header=key_header)

        return seen

    def passed(
        self,
        exchange: AppExchange,
        aim: Aim,
        passed: Passed,
        *,
        vendor: str = "",
        operation: str = "",
        key_header: str | None = None,
    ) -> None:
        """A request has ended."""
        if not self.wanted:
            return
        now, path = self._world.now(), aim.path.partition("?")[0]
        request = hash((exchange.app, exchange.method, aim.scheme, aim.to, aim.path, passed.mark))
        names = (key_header,) if key_header is not None else KEY_HEADERS
        self.observations.add(
            Observation(
                at=self._world.wall(), app=exchange.app, way=aim.way, scheme=aim.scheme, host=aim.to.host,
                port=aim.to.port, method=exchange.method, path=path, status=passed.status, vendor=vendor,
                operation=operation, keyed=any(name in exchange.headers for name in names),
                repeat=self.observations.repeat(request, now), media_type=passed.media_type,
                took_s=now - exchange.began, sent_bytes=passed.sent_bytes, received_bytes=passed.received_bytes,
                refused=passed.refused,
            )
        )  # fmt: skip

    def tunnelled(
        self, app: str, to: Destination, *, status: int, tunnel: ByteTunnel | None = None, refused: str = ""
    ) -> None:
        """A tunnel has ended, or was refused."""
        if self.wanted:
            took_s = 0.0 if tunnel is None else self._world.now() - tunnel.began
            sent, received = (0, 0) if tunnel is None else (tunnel.app.bytes, tunnel.host.bytes)
            self.observations.add(
                Observation(
                    at=self._world.wall(), app=app, way="tunnel", scheme="", host=to.host, port=to.port,
                    method="CONNECT", path="", status=status, took_s=took_s, sent_bytes=sent, received_bytes=received,
                    refused=refused,
                )
            )  # fmt: skip


def _media_type(reply: Reply) -> str:
    if reply.vendor_headers is None:
        return ""
    return reply.vendor_headers.get("Content-Type", "").partition(";")[0].strip().lower()
