"""The verdict of a trial: a drawn scenario is played, whatever it plays, and judged."""

from dataclasses import dataclass

from tidegate.chaos.judge.promises import violations
from tidegate.chaos.play.credentials import QUIET_S
from tidegate.chaos.play.garbage import rare_collections
from tidegate.chaos.play.order_trial import order_violations, played_orders
from tidegate.chaos.play.trial import played
from tidegate.chaos.timeline.draw import DrawnScenario
from tidegate.chaos.world.virtual_loop import Deadlock, OutOfTime


@dataclass(frozen=True, slots=True)
class TrialVerdict:
    """The verdict of a trial. `broken` is empty where every promise was kept.

    `calls` are what was wanted (of the order flow: orders and their changes), `attempts` what reached the vendors.
    """

    seed: int
    broken: tuple[str, ...]
    virtual_s: float
    calls: int
    attempts: int


def judged(drawn: DrawnScenario) -> TrialVerdict:
    """Play a scenario and judge it. A world that cannot end breaks a promise, too."""
    with rare_collections():
        return _judged(drawn)


def _judged(drawn: DrawnScenario) -> TrialVerdict:
    try:
        if drawn.orders is not None:
            return _judged_orders(drawn)
        parts = played(drawn).values()
    except (Deadlock, OutOfTime) as error:
        return TrialVerdict(drawn.seed, (f"stuck: {error}".partition("\n")[0],), drawn.seconds, 0, 0)
    ended_s = max((ending.ended_s for part in parts for ending in part.endings), default=0.0) + QUIET_S
    broken = dict.fromkeys(sentence for part in parts for sentence in violations(part))
    calls, attempts = sum(len(part.calls) for part in parts), sum(len(part.entries) for part in parts)
    return TrialVerdict(drawn.seed, tuple(broken), ended_s, calls, attempts)


def _judged_orders(drawn: DrawnScenario) -> TrialVerdict:
    orders = played_orders(drawn)
    figures = orders.figures
    broken = dict.fromkeys(order_violations(orders))
    return TrialVerdict(drawn.seed, tuple(broken), drawn.seconds + QUIET_S, figures.changes, figures.requests)
