"""When something other than the warehouse held orders up: what happened around a played order flow, as windows.

It decides nothing: what is promised in and after such a window, chaos/judge/order_promises.py says.
"""

from tidegate.chaos.timeline.offered_load import Window
from tidegate.chaos.timeline.surroundings import SurroundingEvents
from tidegate.chaos.trouble.disk_full import DiskFull
from tidegate.scenario.fault import Fault
from tidegate.scenario.scenario import Scenario

APP_WAIT_S = 35.0
"""An app that was away is posted to again within so long: see CAP_S of proxy/policies/delivery/inbox_decision.py."""
SLOW_COMMIT_S = 0.1
"""A disk on which a commit takes this much longer holds an order up: it is committed eight times on its way."""


FULL_WAIT_S = 35.0
"""A disk that was full: what the app could not hand over is posted again within so long."""


def held_up(scenario: Scenario, happened: SurroundingEvents) -> list[Window]:
    """The windows, each until the trouble can be felt no more."""
    windows = [*happened.crashes]
    begin_s: float | None = None
    for at, mode in happened.away:
        if mode is None and begin_s is not None:
            windows.append((begin_s, at + APP_WAIT_S))
        begin_s = at if mode is not None else None
    windows += [
        (fault.begin, scenario.seconds if fault.end_s is None else fault.end_s)
        for fault in scenario.faults
        if fault.commit_delay_s >= SLOW_COMMIT_S
    ]
    windows += [(fault.begin, (fault.end_s or scenario.seconds) + FULL_WAIT_S) for fault in _full(scenario)]
    return windows


def _full(scenario: Scenario) -> list[Fault]:
    return [fault for fault in scenario.faults if isinstance(fault, DiskFull)]
