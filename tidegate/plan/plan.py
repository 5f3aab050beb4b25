"""The plan of one operation: every effective value that the vendor file, the document and the defaults come to.

A plan is made once, at load. The proxy builds a pipeline from it, `tidegate explain` prints it, the blueprint tabulates
it. It holds numbers, never behaviour. Its values are listed beside the blocks of the policy that they are taken from.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tidegate.plan.bounds import BoundsPlan
from tidegate.policy.bulkhead import BulkheadPlan
from tidegate.policy.coalesce import CoalescePlan
from tidegate.policy.data import DataPlan
from tidegate.policy.hedge import HedgePlan
from tidegate.policy.privacy.placeholders import PlaceholderPlan
from tidegate.policy.retry import RetryPlan
from tidegate.policy.stream import StreamPlan
from tidegate.policy.timeout import TimeoutPlan
from tidegate.policy.watch.drift import DriftPlan


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationPlan(
    # dataclasses put the fields of the last class first.
    DriftPlan,
    DataPlan,
    HedgePlan,
    CoalescePlan,
    PlaceholderPlan,
    BoundsPlan,
    BulkheadPlan,
    RetryPlan,
    StreamPlan,
    TimeoutPlan,
):
    """Effective values of one operation. All times are seconds."""

    origins: Mapping[str, str] = field(default_factory=dict)
    """The name of a value → its origin: `vendor.yaml:41`, `default`, `method` or `document`."""


IDENTITY = frozenset({"vendor", "operation", "method", "template", "origins"})
"""The fields of a plan that have no origin: they say which operation it is for."""
