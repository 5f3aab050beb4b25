"""Every vendor at a glance: whether it is up, what it carries, what its trouble costs, and its last ten minutes.

Calls are counted in telemetry's flush; a timer reads the counts every STEP_S seconds, and whoever asks is answered from
those readings. The document is what `GET /overview` shows (docs/metrics.md).
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Mapping

from tidegate.proxy.telemetry.log_line import stamp
from tidegate.proxy.telemetry.metrics import VendorState
from tidegate.proxy.telemetry.overview.limit_day import SLOT_S, LimitDay
from tidegate.proxy.telemetry.overview.vendor_history import (
    STEP_S,
    WINDOW_S,
    Between,
    Reading,
    VendorHistory,
    between,
    fullest,
    milliseconds,
    read,
)
from tidegate.proxy.telemetry.overview.vendor_standing import standing
from tidegate.proxy.telemetry.overview.vendor_tally import VendorTally
from tidegate.world.world import World

WORST = ("open", "forced open", "half-open")
"""States of a breaker, the worst first; the others let calls pass."""


class Overview:
    """See the module. `state` tells how every vendor's policies stand now; `tallies` are the counts, by vendor."""

    def __init__(
        self,
        world: World,
        state: Callable[[], Mapping[str, VendorState]],
        tallies: defaultdict[str, VendorTally] | None = None,
    ) -> None:
        self._world, self._state = world, state
        self.tallies = defaultdict(VendorTally) if tallies is None else tallies
        self._histories: dict[str, VendorHistory] = {}
        self._days: defaultdict[str, LimitDay] = defaultdict(LimitDay)
        self._timer: asyncio.TimerHandle | None = None
        self.before_document: Callable[[], object] = lambda: None
        """Adds the calls that telemetry has not passed on yet."""

    def start(self) -> None:
        """Read the counts from now on, until it is closed."""
        self._step()

    def close(self) -> None:
        """Read no more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def document(self) -> dict[str, object]:
        """Every vendor that is served now, as `/overview` shows it."""
        self.before_document()
        now, vendors = self._world.now(), dict[str, object]()
        for name, state in self._state().items():
            last = self._read(name, state, now)
            history = self._histories.get(name) or VendorHistory(last)
            shown = _vendor(state, between(history.since(now), last), history)
            vendors[name] = {**shown, "limits_day": self._days[name].shares(name for name, _ in last.limits)}
        return {
            "at": stamp(self._world.wall()),
            "window_s": WINDOW_S,
            "step_s": STEP_S,
            "day_step_s": SLOT_S,
            "vendors": vendors,
        }

    def _step(self) -> None:
        self._timer = self._world.call_later(STEP_S, self._step)
        now, states = self._world.now(), self._state()
        for gone in self._histories.keys() - states.keys():
            del self._histories[gone]
            self._days.pop(gone, None)
        for name, state in states.items():
            reading = self._read(name, state, now)
            self._days[name].add(now, reading.limits)
            if name in self._histories:
                self._histories[name].add(reading)
            else:
                self._histories[name] = VendorHistory(reading)

    def _read(self, name: str, state: VendorState, now: float) -> Reading:
        known = self._histories.get(name)
        last = known.last if known is not None else None
        limits = tuple((limit, round(used, 4)) for limit, used in fullest(state.limits))
        return read(self.tallies[name], now, state.queued, state.connections, last, limits)


def _vendor(state: VendorState, window: Between, history: VendorHistory) -> dict[str, object]:
    stands = standing(state, window)
    breakers = {group: str(document.get("state", "")) for group, document in state.breakers.items()}
    shown = fullest(state.limits)
    first = max(shown, key=lambda limit: limit[1], default=None)
    return {
        "standing": stands.word,
        "why": stands.why,
        "breaker": next((word for word in WORST if word in breakers.values()), "closed"),
        "breakers": breakers,
        "limits": {name: round(used, 4) for name, used in shown},
        "fullest": {"limit": first[0], "used": round(first[1], 4)} if first is not None else None,
        "calls": window.calls,
        "calls_per_s": round(window.calls_rate, 3),
        "errors": window.errors,
        "error_share": round(window.errors / window.calls, 4) if window.calls else 0.0,
        "ended": window.ended,
        "attempts": window.attempts,
        "resent": window.resent,
        "p50_ms": milliseconds(window.p50_s),
        "p99_ms": milliseconds(window.p99_s),
        "costs": {
            "waiting": state.queued,
            "connections": state.connections,
            "under_way": state.leased,
            "held": round(window.held, 3),
            "queued": round(window.queued, 3),
            "failing": round(window.failing, 3),
        },
        "history": {**history.curves(), "limits": history.limit_curves()},
    }
