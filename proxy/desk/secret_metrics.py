"""Figures about secrets for Prometheus: ages, what is due, what is refused. Asked for at each scrape.

A secret's label is its reference, never its value.
"""

from collections.abc import Callable, Iterator, Mapping

from prometheus_client.core import Metric
from prometheus_client.registry import Collector

from tidegate.proxy.secrets.secret_status import SecretStatus
from tidegate.proxy.telemetry.metric_family import Labels, counter, gauge

LABELS = ("vendor", "secret")


class SecretMetrics(Collector):
    """See the module. `counts` are by reference and what became of a version."""

    def __init__(
        self, statuses: Callable[[], list[SecretStatus]], counts: Callable[[], Mapping[tuple[str, str], int]]
    ) -> None:
        self._statuses, self._counts = statuses, counts

    def describe(self) -> list[Metric]:
        """Nothing: so that registering does not collect."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Called by the registry."""
        secrets = {(status.use.vendor, str(status.ref)): status for status in self._statuses()}

        def family(name: str, text: str, of: Callable[[SecretStatus], float | None]) -> Metric:
            values: dict[Labels, float] = {key: value for key, one in secrets.items() if (value := of(one)) is not None}
            return gauge(name, text, LABELS, values)

        yield family("tidegate_secret_age_seconds", "Age of the secret in force", lambda one: one.age_s)
        yield family("tidegate_secret_due_seconds", "Until it is as old as it may become", lambda one: one.due_s)
        yield family("tidegate_secret_expires_seconds", "Until its source lets it end", lambda one: one.expires_s)
        yield family("tidegate_secret_refused", "1 where a new one is not taken", lambda one: float(bool(one.refusal)))
        yield family("tidegate_secret_fallen_back", "1 where a former one is in force", lambda one: one.fallen_back)
        yield family("tidegate_secret_stale", "1 where its source has been away too long", lambda one: one.stale)
        vendors = {str(one.ref): one.use.vendor for one in secrets.values()}
        counts: dict[Labels, int] = {
            (vendors.get(ref, ""), ref, event): count for (ref, event), count in self._counts().items()
        }
        yield counter("tidegate_secret_events", "What became of versions", (*LABELS, "event"), counts)
