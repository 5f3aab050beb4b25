"""What the vendor file, the document and the defaults come to for one operation: every effective value and its origin.

A plan is made once, at load. The proxy builds a pipeline from it, `tidegate explain` prints it, the blueprint tabulates
it. It holds numbers, never behaviour.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from tidegate.policy.reads import Cache, Hedge, Scope, Static
from tidegate.vendor.vendor import Breaker, Concurrency, Limit, Quota

REPORTS = "only reports what it would refuse"
"""What is said of a rule in report mode."""

KeyPlan = Literal["safe", "natural", "vendor-key", "never-resend"]
"""How a resend is made safe: `safe` reads, `natural` PUT and DELETE, under the vendor's own key, or not at all."""


@dataclass(frozen=True, slots=True)
class OperationPlan:
    """Effective values of one operation. All times are seconds.

    `origins` maps a field's name here to where it came from: `vendor.yaml:41`, `default`, `method` or `document`.
    """

    vendor: str
    operation: str
    method: str
    template: str
    deprecated: bool
    idempotency: KeyPlan
    key_header: str | None
    key_retention_s: float
    keep_s: float
    budget_s: float
    connect_s: float
    first_byte_s: float
    idle_s: float
    attempt_s: float
    retry_attempts: int
    retry_base_s: float
    retry_cap_s: float
    throttle_base_s: float
    retry_budget: float
    retry_floor: int
    breaker_group: str
    limits: tuple[Limit, ...]
    queue_depth: int
    queue_wait_s: float
    critical: bool
    unavailable: str
    quotas: tuple[Quota, ...] = ()
    concurrency: tuple[Concurrency, ...] = ()
    adaptive: bool = False
    bulkhead: int = 0
    """How many calls of the breaker group may be under way; 0 for any number."""
    bulkhead_queue: int = 0
    """How many more calls wait for a place in it."""
    breaker: Breaker = field(default_factory=Breaker)
    reports: tuple[str, ...] = ()
    """The rules that let everything pass and only report what they would refuse."""
    stream_first_s: float = 30.0
    stream_idle_s: float = 60.0
    stream_total_s: float = 3600.0
    static: Static | None = None
    cache: Cache | None = None
    coalesce: Scope | None = None
    hedge: Hedge | None = None
    origins: Mapping[str, str] = field(default_factory=dict)
