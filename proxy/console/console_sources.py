"""What the console's pages are made from: the same that the admin port shows to programs, and the plans in force."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from tidegate.plan.plan import OperationPlan
from tidegate.proxy.desk.calls.call_pages import CallPages
from tidegate.proxy.desk.delivery_pages import DeliveryPages
from tidegate.proxy.desk.drift_desk import DriftDesk
from tidegate.proxy.desk.port.admin_view import AdminView
from tidegate.proxy.desk.port.audit_pages import AuditDesk
from tidegate.proxy.desk.port.overview_page import OverviewPage
from tidegate.proxy.desk.secret_pages import SecretPages
from tidegate.proxy.store.records import Records
from tidegate.proxy.telemetry.recent_calls import RecentCalls
from tidegate.proxy.upstream.upstream import Upstream


def _no_plans(_vendor: str) -> Mapping[str, OperationPlan]:
    return {}


def _no_stages(_plan: OperationPlan) -> Iterable[tuple[str, str]]:
    return ()


@dataclass(frozen=True, slots=True)
class ConsoleSources:
    """See the module."""

    proxy: AdminView
    overview: OverviewPage
    deliveries: DeliveryPages | None = None
    audit: AuditDesk | None = None
    calls: CallPages | None = None
    records: Records | None = None
    recent: RecentCalls = field(default_factory=RecentCalls)
    secrets: SecretPages | None = None
    drift: DriftDesk | None = None
    upstreams: Mapping[str, Upstream] = field(default_factory=dict)
    plans: Callable[[str], Mapping[str, OperationPlan]] = _no_plans
    """Vendor → the plans of its operations that are in force."""
    stages: Callable[[OperationPlan], Iterable[tuple[str, str]]] = _no_stages
    """The stages that a call of an operation passes, outermost first, each with its numbers in words."""
    redact: Callable[[str], str] = str
    """Takes every known secret out of a text, and out of an address."""
    reload: Callable[[], Awaitable[Sequence[str]]] | None = None
    """Reads every file anew, and returns what came into force."""
