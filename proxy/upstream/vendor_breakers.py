"""The circuit breakers of one vendor: one for each operation group, made when it is first asked for.

When a breaker opens is decided in tidegate.proxy.policies.resilience.circuit_breaker; this file knows which there are,
who is told of their changes, and what a newer version of the vendor file takes over.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Literal

from tidegate.policy.breaker import DEFAULT_GROUP
from tidegate.proxy.policies.resilience.breaker_states import BreakerState
from tidegate.proxy.policies.resilience.circuit_breaker import BreakerEvent, BreakerSnapshot, CircuitBreaker
from tidegate.vendor.vendor import Vendor
from tidegate.world.world import World

BreakerListener = Callable[[str, Sequence[BreakerEvent]], None]
"""Is told the breaker group and what happened to it."""

FORCED_OPEN_S = 60.0
"""One that a person holds open is looked at again after so long."""

_FORCED: Mapping[BreakerState, Literal["open", "closed"]] = {
    BreakerState.FORCED_OPEN: "open",
    BreakerState.FORCED_CLOSED: "closed",
}


class VendorBreakers:
    """See the module. One for each vendor, as long as its file is in force."""

    def __init__(self, world: World, vendor: Vendor) -> None:
        self.by_group: dict[str, CircuitBreaker] = {}
        """Those that were asked for so far."""
        self.listener: BreakerListener | None = None
        self._world = world
        self._name = vendor.vendor
        self.settings = vendor.policy.breaker
        self._named = frozenset(operation.group for operation in vendor.operations.values() if operation.group)

    def get(self, group: str) -> CircuitBreaker:
        """The breaker of one operation group."""
        if group not in self.by_group:
            self.by_group[group] = CircuitBreaker(self.settings, self._world.random(f"breaker {self._name} {group}"))
        return self.by_group[group]

    def open_s(self, group: str, now: float) -> float:
        """Seconds for which a breaker stays open; 0 where a call may pass it, or probe."""
        breaker = self.get(group)
        return FORCED_OPEN_S if breaker.state is BreakerState.FORCED_OPEN else breaker.snapshot(now).open_s

    @property
    def groups(self) -> frozenset[str]:
        """The groups of the vendor's operations."""
        return frozenset({DEFAULT_GROUP, *self._named, *self.by_group})

    def snapshots(self, now: float) -> dict[str, BreakerSnapshot]:
        """Group → how its breaker is doing."""
        return {group: breaker.snapshot(now) for group, breaker in self.by_group.items()}

    def force(self, group: str, to: Literal["open", "closed"] | None) -> None:
        """Keep a breaker open or closed whatever happens; with None let it judge again."""
        self.report(self.get(group).force(to, self._world.now()), group)

    def report(self, events: Sequence[BreakerEvent], group: str) -> None:
        """Pass a breaker's events on to whoever listens."""
        if self.listener is not None:
            self.listener(group, events)

    def inherit(self, old: "VendorBreakers", now: float) -> None:
        """Go on with an earlier version's breakers, the very same ones, where the settings are the same.

        Where they are not, the breakers are new; what an operator holds open or closed stays so.
        """
        self.listener = old.listener
        if self.settings == old.settings:
            self.by_group = old.by_group
            return
        for group, snapshot in old.snapshots(now).items():
            if snapshot.state in _FORCED:
                self.get(group).force(_FORCED[snapshot.state], now)
