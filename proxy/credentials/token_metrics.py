"""Figures about access tokens, worked out when Prometheus asks: how refreshes ended, and how long the tokens last.

Each credential of a pool has its own, by its name; the label is empty where a vendor has one credential.
"""

import math
from collections.abc import Callable, Iterator, Mapping

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from tidegate.proxy.credentials.credential_provider import CredentialProvider
from tidegate.proxy.credentials.token_provider import TokenProvider

REFRESHES, LEFT, REAUTHORIZE = "tidegate_token_refreshes", "tidegate_token_seconds_left", "tidegate_token_reauthorize"
REFRESH_LEFT, ENDING = "tidegate_refresh_token_seconds_left", "tidegate_refresh_token_ending"


class TokenMetrics(Collector):
    """See the module. `providers` gives the providers in force, by vendor; `now` monotonic seconds."""

    def __init__(self, providers: Callable[[], Mapping[str, CredentialProvider]], now: Callable[[], float]) -> None:
        self._providers, self._now = providers, now

    def collect(self) -> Iterator[Metric]:
        """The figures at this moment."""
        whose = ("vendor", "credential")
        refreshes = CounterMetricFamily(REFRESHES, "Refreshes of access tokens", labels=(*whose, "outcome"))
        left = GaugeMetricFamily(LEFT, "Seconds for which the access token may be sent", labels=whose)
        person = GaugeMetricFamily(REAUTHORIZE, "1 while a person has to connect the account again", labels=whose)
        lasts = GaugeMetricFamily(REFRESH_LEFT, "Seconds until the refresh token ends, where known", labels=whose)
        ending = GaugeMetricFamily(ENDING, "1 in the last part of a refresh token's life", labels=whose)
        for vendor, provider in self._providers().items():
            for one in provider.singles():
                if isinstance(one, TokenProvider):
                    owner = (vendor, one.current.name)
                    for outcome, count in one.counts.items():
                        refreshes.add_metric((*owner, outcome), count)
                    left.add_metric(owner, max(one.life.expires_at - self._now(), 0.0))
                    person.add_metric(owner, float(one.life.reauthorize))
                    if one.refresh_token.ends_at < math.inf:
                        lasts.add_metric(owner, max(one.refresh_token.ends_at - self._now(), 0.0))
                        ending.add_metric(owner, float(one.refresh_token.ends_soon(self._now())))
        yield from (refreshes, left, person, lasts, ending)
