"""What an answer says of an operation that is going away: Deprecation (RFC 9745), Sunset (RFC 8594), and a link.

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
        """What every answer of this operation says."""
        if operation.id not in self._known:
            self._known[operation.id] = self._said(operation)
        return self._known[operation.id]

    def _said(self, operation: Operation) -> Mapping[str, str]:
        found = next((one for name, one in self._declared.items() if fnmatchcase(operation.id, name)), None)
        if found is None:
            return NOTHING
        said = {}
        if found.form == "true":
            said["Deprecation"] = "true"
        elif found.since:
            second = _second(found.since)
            said["Deprecation"] = f"@{second}" if found.form == "date" else http_date(second)
        if found.sunset:
            said["Sunset"] = http_date(_second(found.sunset))
        if found.link:
            said["Link"] = f'<{found.link}>; rel="deprecation"; type="text/html"'
        return said


def _second(day: str) -> int:
    return int(datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp())
