"""The limits that calls of one operation pass, sorted by what has to be done about each after an attempt.

Values only: tidegate.proxy.upstream.vendor_limits puts them together, and tidegate.proxy.stages.limits acts.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

from tidegate.proxy.permits.limit_gate import LimitGate
from tidegate.proxy.permits.pool_gate import PoolGate
from tidegate.proxy.policies.limits.aimd import AimdLimit
from tidegate.proxy.policies.limits.amounts import Amounts
from tidegate.proxy.policies.limits.concurrency_limit import ConcurrencyLimit
from tidegate.proxy.policies.limits.counted_windows import FixedWindow
from tidegate.proxy.policies.limits.learned_limit import LearnedLimit, LearnedLimits
from tidegate.proxy.policies.resilience.backoff import Pauses
from tidegate.vendor.dialect_facts import Unit


@dataclass(slots=True)
class Lane:
    """The limits that calls of one operation pass, and of one app where limits are by app."""

    gate: LimitGate
    names: tuple[str, ...]
    amounts: Amounts
    vendor_windows: tuple[tuple[LearnedLimit, Unit, str], ...]
    """Documented windows that begin when the vendor says so, with their unit and name."""
    learned: tuple[LearnedLimits, ...]
    adaptive: tuple[AimdLimit, ...]
    quotas: tuple["StoredQuota", ...]
    windows: tuple[FixedWindow, ...]
    """Those that are no calendar quotas."""
    pauses: Pauses
    """How long the vendor is left alone that does not say for how long."""

    @property
    def watches_clock(self) -> bool:
        """True where the vendor's clock matters."""
        return bool(self.windows or self.quotas)

    @property
    def plain(self) -> bool:
        """Nothing but documented limits that count requests: a take is all there is to do."""
        has_places = any(isinstance(gauge, ConcurrencyLimit) for gauge in self.gate.limits.gauges)
        more = self.vendor_windows or self.learned or self.adaptive or self.quotas or self.watches_clock
        return self.amounts.plain and not has_places and not more


@dataclass(slots=True)
class StoredQuota:
    """A calendar quota whose use is written down. `place` is its gauge's among the limits of a lane."""

    name: str
    window: FixedWindow
    alerts: tuple[float, ...]
    written: float = 0.0
    period: int = -1
    reached: int = 0
    writing: "asyncio.Task[None] | None" = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class PooledLane:
    """The lanes of each member of a pool, and the gate through which a call gets to one of them."""

    gate: PoolGate
    lanes: Mapping[str, Lane]
