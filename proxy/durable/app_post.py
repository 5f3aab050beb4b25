"""The way to one app: its connections, the breaker before it, and one post of a delivery over them, signed.

It knows HTTP and signatures, and nothing of what becomes of a delivery.
"""

import ssl
from urllib.parse import urlsplit

import orjson

from tidegate.policy.breaker import Breaker as BreakerSettings
from tidegate.proxy.policies.delivery.delivery import Delivery
from tidegate.proxy.policies.delivery.inbox_decision import PostResult
from tidegate.proxy.policies.dialects.dialect_reader import retry_after_s
from tidegate.proxy.policies.resilience.circuit_breaker import CircuitBreaker
from tidegate.proxy.policies.webhooks.standard_webhooks import sign
from tidegate.proxy.webhook_routes import EndpointRoute
from tidegate.proxy.wire.exchange_errors import NoAnswer, NotSent, OutOfMeans
from tidegate.proxy.wire.transport import Origin, Timers, VendorAnswer
from tidegate.proxy.wire.transport_choice import transport_for
from tidegate.url_port import port_of
from tidegate.world.world import World

CONNECT_S = 5.0
IDLE_MAX_S = 4.0
"""A connection that was idle for longer is not used again: Node's servers close theirs after 5 s."""
ANSWER_BYTES_MAX = 16 * 1024
"""So much of an app's answer is read, to be shown. After a longer one the connection is closed."""

BREAKER = BreakerSettings.model_validate(
    {"window": "60s", "calls": 5, "slow": "60s", "open": "2.5s", "open_max": "10s", "probes": 1, "ramp": "0s"}
)
"""One probe at a time, at least every ten seconds: an app that is back is noticed soon, and not run over."""


class AppDoor:
    """See the module. One for each app; `change` puts another route in force."""

    def __init__(self, world: World, route: EndpointRoute, transport: str = "auto") -> None:
        self._world = world
        self._transport_choice = transport
        self.route = route
        self.breaker = CircuitBreaker(BREAKER, world.random(f"breaker of app {route.app}"))
        self._transport = transport_for(transport)(world, _origin(route))

    async def change(self, route: EndpointRoute) -> None:
        """Go by another route from now on. Posts under way end as they began."""
        before, self.route = self.route, route
        if (before.settings.url, before.trust) != (route.settings.url, route.trust):
            old, self._transport = self._transport, transport_for(self._transport_choice)(self._world, _origin(route))
            self.breaker = CircuitBreaker(BREAKER, self._world.random(f"breaker of app {route.app}"))
            await old.close()

    async def close(self) -> None:
        """Close its connections."""
        await self._transport.close()

    async def post(self, delivery: Delivery, trace: str = "") -> PostResult:
        """Post a delivery once, under this traceparent. What goes wrong is in the result."""
        settings, now = self.route.settings, self._world.now()
        ends = now + settings.timeout
        timers = Timers(min(CONNECT_S, settings.timeout), settings.timeout, settings.timeout, settings.timeout)
        try:
            answer = await self._transport.exchange(
                self._request(delivery, trace), method="POST", idle_max_s=IDLE_MAX_S, timers=timers
            )
            body = await _beginning(answer, ends)
        except NotSent as error:
            return PostResult(error=error.error, detail=str(error), ours=isinstance(error, OutOfMeans))
        except NoAnswer as error:
            return PostResult(error=error.error, detail=str(error))
        said = answer.headers.get("Retry-After")
        wait_s = None if said is None else retry_after_s(said, answer.headers.get("Date"), self._world.wall())
        return PostResult(answer.status, retry_after_s=wait_s, body=body)

    def _request(self, delivery: Delivery, trace: str) -> bytes:
        new, parts = delivery.new, urlsplit(self.route.settings.url)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        lines = [
            ("Host", parts.netloc.rpartition("@")[2]),
            ("User-Agent", "Tidegate"),
            ("Content-Length", str(len(new.body))),
            *orjson.loads(new.headers),
            *sign(self.route.keys, new.id, new.body, self._world.wall()).items(),
            *([("traceparent", trace)] if trace else []),
        ]
        head = "".join(f"{name}: {value}\r\n" for name, value in lines)
        return f"POST {target} HTTP/1.1\r\n{head}\r\n".encode("latin-1", "replace") + new.body


async def _beginning(answer: VendorAnswer, ends: float) -> bytes:
    """The beginning of an answer's body. The status has come, so a body that breaks off changes nothing."""
    if answer.rest is None:
        return answer.body[:ANSWER_BYTES_MAX]
    try:
        body, _ = await answer.rest.gather(max(ends, 0.0), ends, ANSWER_BYTES_MAX)
        return body[:ANSWER_BYTES_MAX]
    except NoAnswer:
        return b""
    finally:
        answer.rest.close()


def _origin(route: EndpointRoute) -> Origin:
    """Where the app listens. It may be a private address: the operator wrote it down himself."""
    parts, tls = urlsplit(route.settings.url), None
    if parts.scheme == "https":
        tls = ssl.create_default_context(cadata=route.trust.decode() if route.trust else None)
    port = port_of(parts)
    return Origin(parts.hostname or "", port, tls, private=True, trust=route.trust)
