"""Who still calls operations that will end: app by app, how often, and when last. Counted with the log line of a call.

What is said to end is known elsewhere: by a vendor's headers (tidegate.proxy.policies.resilience.sunset) and by its
document; this only asks.
"""

from collections.abc import Container, Mapping
from dataclasses import dataclass, field

from tidegate.proxy.call.finished_call import FinishedCall

OPERATIONS_MAX = 1_000
APPS_MAX = 64
"""So many apps of an operation are told apart; those beyond are counted as one."""
OTHERS = "(others)"


@dataclass(slots=True)
class AppCalls:
    """Calls of one app. `first` and `last` are seconds since 1970."""

    first: float
    last: float
    calls: int = 0


@dataclass(slots=True)
class DeprecatedCalls:
    """See the module. `endings` are the operations that each vendor has said to end, by its name."""

    endings: dict[str, Container[str]] = field(default_factory=dict)
    callers: dict[tuple[str, str], dict[str, AppCalls]] = field(default_factory=dict)

    def note(self, finished: FinishedCall) -> None:
        """Count a call that has ended, if its operation will."""
        plan = finished.plan
        if not plan.deprecated and plan.operation not in self.endings.get(plan.vendor, ()):
            return
        key = (plan.vendor, plan.operation)
        apps = self.callers.get(key)
        if apps is None:
            if len(self.callers) >= OPERATIONS_MAX:
                return
            apps = self.callers[key] = {}
        name = finished.app if finished.app in apps or len(apps) < APPS_MAX else OTHERS
        known = apps.setdefault(name, AppCalls(finished.wall, finished.wall))
        known.calls, known.last = known.calls + 1, finished.wall

    def of(self, vendor: str, operation: str) -> Mapping[str, AppCalls]:
        """The apps that call an operation."""
        return self.callers.get((vendor, operation), {})
