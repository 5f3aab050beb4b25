"""Turns a scenario's load into intents, each at its moment. Pure: the same scenario and seed give the same intents."""

import random
from collections.abc import Mapping, Sequence
from itertools import accumulate

from tidegate.chaos.apps.retry_loop import OPERATIONS, PATIENCE_S, Intent
from tidegate.problems import UsageError
from tidegate.scenario.scenario import Load, Scenario

CALLS_MAX = 1_000_000
"""Calls of one load: so many are held in memory, and take minutes to play."""

Window = tuple[float, float]
"""From and until, in seconds since the start of the run."""


def intents(
    scenario: Scenario,
    rng: random.Random,
    patience_s: float = PATIENCE_S,
    operations: Mapping[str, str] = OPERATIONS,
) -> list[Intent]:
    """Every intent of a run, in the order in which they are asked. Raises UsageError for a story that nobody plays."""
    calls: list[tuple[float, str]] = []
    for load in scenario.load:
        stories, weights = _mix(scenario, load, operations)
        calls += [(at, rng.choices(stories, cum_weights=weights)[0]) for at in moments(scenario, load)]
    calls.sort(key=lambda moment: moment[0])
    return [Intent(f"order-{n:06d}", story, at, patience_s) for n, (at, story) in enumerate(calls, 1)]


def moments(scenario: Scenario, load: Load) -> list[float]:
    """The moments, in seconds of the run, at which a load asks for something."""
    count = load.burst + _count(scenario, load)
    if count > CALLS_MAX:
        raise UsageError(
            f"scenario {scenario.name}: a load of {count:,} calls is more than can be played, {CALLS_MAX:,}; "
            "choose a lower `rate` or `burst`, or fewer `seconds`"
        )
    return [load.begin] * load.burst + _even(scenario, load)


def outages(scenario: Scenario) -> list[Window]:
    """The windows in which the vendor is away."""
    return [
        (fault.begin, scenario.seconds if fault.end_s is None else fault.end_s)
        for fault in scenario.faults
        if fault.outage
    ]


def _even(scenario: Scenario, load: Load) -> list[float]:
    rate = load.rate.per_second if load.rate is not None else 1.0
    return [load.begin + n / rate for n in range(_count(scenario, load))]


def _count(scenario: Scenario, load: Load) -> int:
    """The number of calls that its rate comes to."""
    if load.rate is None:
        return 0
    until = scenario.seconds if load.end_s is None else min(load.end_s, scenario.seconds)
    return int(max(until - load.begin, 0.0) * load.rate.per_second)


def _mix(scenario: Scenario, load: Load, operations: Mapping[str, str]) -> tuple[Sequence[str], list[int]]:
    mix = load.mix or {"payment": 1}
    for story in mix:
        if story not in operations:
            known = ", ".join(operations)
            raise UsageError(f"scenario {scenario.name}: nobody plays the story {story!r}; the stories are {known}")
    if not sum(mix.values()):
        raise UsageError(f"scenario {scenario.name}: every weight in `mix` is 0; give one story at least 1")
    return list(mix), list(accumulate(mix.values()))
