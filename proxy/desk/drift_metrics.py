"""The figures of drift for Prometheus: how often something was found that is otherwise than it was, by vendor.

A vendor whose answers are sampled is there from the start, as 0: a series that begins with 1 has not grown.
"""

from collections.abc import Iterator

from prometheus_client.core import Metric
from prometheus_client.registry import Collector

from tidegate.proxy.observation.answer_recorder import AnswerRecorder
from tidegate.proxy.telemetry.metric_family import Labels, counter


class DriftMetrics(Collector):
    """See the module."""

    def __init__(self, recorder: AnswerRecorder) -> None:
        self._recorder = recorder

    def describe(self) -> list[Metric]:
        """Nothing: so that registering does not collect."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Called by the registry."""
        found: dict[Labels, int] = {(vendor,): self._recorder.found[vendor] for vendor in self._recorder.watches}
        yield counter("tidegate_drift_found", "Changes found in a vendor's answers", ("vendor",), found)
