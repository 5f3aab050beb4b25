"""Headers of an operation that is going away: Deprecation (RFC 9745), Sunset (RFC 8594), and a link.

Only what the vendor file declares is said. A document's mark (`deprecated: true`) is for its readers: RFC 9745 §2.1
has no value without a date, and none is made up.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from fnmatch import fnmatchcase

from tidegate.openapi.document import Operation
from tidegate.simulator.answer.answer import http_date
from tidegate.vendor.vendor import Deprecation

NOTHING: Mapping[str, str] = {}


class Deprecations:
    """The deprecated operations of one vendor."""

    def __init__(self, declared: Mapping[str, Deprecation]) -> None:
        self._declared = declared
        self._known: dict[str, Mapping[str, str]] = {}

    def headers(self, operation: Operation) -> Mapping[str, str]:
        """The headers of every answer of this operation."""
        if operation.id not in self._known:
            self._known[operation.id] = self._written(operation)
        return self._known[operation.id]

    def _written(self, operation: Operation) -> Mapping[str, str]:
        declared = next(
            (deprecation for name, deprecation in self._declared.items() if fnmatchcase(operation.id, name)), None
        )
        if declared is None:
            return NOTHING
        headers = {}
        if declared.form == "true":
            headers["Deprecation"] = "true"
        elif declared.since:
            second = _second(declared.since)
            headers["Deprecation"] = f"@{second}" if declared.form == "date" else http_date(second)
        if declared.sunset:
            headers["Sunset"] = http_date(_second(declared.sunset))
        if declared.link:
            headers["Link"] = f'<{declared.link}>; rel="deprecation"; type="text/html"'
        return headers


def _second(day: str) -> int:
    return int(datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp())
