"""When what Tidegate itself holds will end: apps' tokens, the CA, certificates. Worked out at each scrape.

Of a token's owner the one that ends last counts: a former token that runs out beside it is meant to. What does not end
is not shown.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping

from cryptography import x509
from prometheus_client.core import Metric
from prometheus_client.registry import Collector

from tidegate.proxy.access.app_tokens import AppTokens
from tidegate.proxy.access.listener_tls import TlsFiles
from tidegate.proxy.assembly import ProxyParts
from tidegate.proxy.telemetry.metric_family import Labels, gauge

NAME = "tidegate_expires_seconds"
LABELS = ("kind", "name")


class ExpiryMetrics(Collector):
    """See the module. `authority` says when the CA in force ends, `listeners` gives the TLS of every listener.

    Both, and the wall clock `wall`, are in seconds since 1970.
    """

    def __init__(
        self,
        parts: ProxyParts,
        authority: Callable[[], float],
        listeners: Iterable[TlsFiles],
        wall: Callable[[], float],
    ) -> None:
        self._parts, self._authority, self._listeners, self._wall = parts, authority, tuple(listeners), wall

    def describe(self) -> list[Metric]:
        """Nothing: so that registering does not collect."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Called by the registry."""
        now, values = self._wall(), dict[Labels, float]()
        for kind, ends in self._ends():
            values |= {(kind, name): until - now for name, until in ends.items() if until < math.inf}
        yield gauge(NAME, "Seconds until it ends", LABELS, values)

    def _ends(self) -> Iterator[tuple[str, Mapping[str, float]]]:
        parts = self._parts
        yield "app token", _last(parts.callers.tokens)
        yield "admin token", _last(parts.door.tokens)
        yield "CA", {"forward.ca": self._authority()}
        yield "certificate", {tls.key: _end_of(tls.certificate) for tls in self._listeners}
        shown = {name: one.provider.certificate for name, one in parts.upstreams.items()}
        yield "certificate", {name: _end_of(one.chain.reveal()) for name, one in shown.items() if one is not None}


def _last(tokens: AppTokens | None) -> Mapping[str, float]:
    """Of each name with tokens, when the last of them ends."""
    return {} if tokens is None else tokens.last_ends


def _end_of(pem: str) -> float:
    """When the certificate in a text in PEM ends, the first of a chain; never where that cannot be read."""
    try:
        return x509.load_pem_x509_certificate(pem.encode()).not_valid_after_utc.timestamp()
    except ValueError:
        return math.inf
