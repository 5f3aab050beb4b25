"""The durations of attempts, a histogram for each combination of attributes, and a bound on their number.

A vendor chooses its statuses, and a document may have a thousand paths: neither may fill our memory or a Prometheus.
"""

from collections.abc import Mapping

from tidegate.proxy.call.attempt import Attempt
from tidegate.proxy.telemetry.series.histogram import Histogram

ROWS_MAX = 2000
"""What OpenTelemetry's SDKs keep of one metric (specification, Metrics SDK, cardinality limits)."""
OTHER = "_OTHER"
"""The conventions' word for what is not told apart."""
METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT"))
"""The methods that `http.request.method` tells apart."""

RequestRow = tuple[str, str, str, str, str]
"""Vendor, path template (empty where it is not known), method, status (empty without an answer), type of error."""


class RequestRows(dict[RequestRow, Histogram]):
    """See the module. Beyond ROWS_MAX, what is new is counted for its vendor and method alone."""

    def __missing__(self, row: RequestRow) -> Histogram:
        """The histogram of a combination that was not seen yet."""
        if len(self) >= ROWS_MAX:
            row = (row[0], "", row[2], "", OTHER)
            known = self.get(row)
            if known is not None:
                return known
        made = self[row] = Histogram()
        return made


def shown_method(method: str) -> str:
    """A method as the conventions name it."""
    return method if method in METHODS else OTHER


def error_type(attempt: Attempt) -> str:
    """`error.type` of the conventions: an error answer's status, or our error's name; empty where all is well."""
    if attempt.status >= 400:
        return str(attempt.status)
    return attempt.error


def summed(histograms: Mapping[tuple[str, ...], Histogram], row: tuple[str, ...], more: Histogram) -> Histogram:
    """A histogram that holds what there is for `row` already, and `more`."""
    known = histograms.get(row)
    if known is None:
        return more
    both = Histogram()
    both.add(known)
    both.add(more)
    return both
