"""Turns a scenario's load into intents, each at its moment. Pure: the same scenario and seed give the same intents."""

import random
from collections.abc import Mapping, Sequence
from itertools import accumulate

from tidegate.chaos.apps.retry_loop import OPERATIONS, PATIENCE_S, Intent
from tidegate.problems import UsageError
from tidegate.scenario.arrivals import arrival_times
from tidegate.scenario.load import Load
from tidegate.scenario.scenario import Scenario

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
        calls += [(at, rng.choices(stories, cum_weights=weights)[0]) for at in moments(scenario, load, rng)]
    calls.sort(key=lambda moment: moment[0])
    return [Intent(f"order-{n:06d}", story, at, patience_s) for n, (at, story) in enumerate(calls, 1)]


def moments(scenario: Scenario, load: Load, rng: random.Random | None = None) -> list[float]:
    """The moments, in seconds of the run, at which a load asks for something. Raises UsageError for too many."""
    try:
        return arrival_times(load, scenario.seconds, rng or random.Random(0))  # noqa: S311 - moments, not secrets
    except UsageError as error:
        raise UsageError(f"scenario {scenario.name}: {error}") from None


def part_of(scenario: Scenario, vendor: str) -> Scenario:
    """The part of a scenario that happens to a vendor: every fault that names no other."""
    faults = tuple(fault for fault in scenario.faults if fault.of_vendor in ("", vendor))
    return scenario if len(faults) == len(scenario.faults) else scenario.model_copy(update={"faults": faults})


def outages(scenario: Scenario) -> list[Window]:
    """The windows in which the vendor is away."""
    return [
        (fault.begin, scenario.seconds if fault.end_s is None else fault.end_s)
        for fault in scenario.faults
        if fault.outage
    ]


def _mix(scenario: Scenario, load: Load, operations: Mapping[str, str]) -> tuple[Sequence[str], list[int]]:
    mix = load.mix or {"payment": 1}
    for story in mix:
        if story not in operations:
            known = ", ".join(operations)
            raise UsageError(f"scenario {scenario.name}: nobody plays the story {story!r}; the stories are {known}")
    if not sum(mix.values()):
        raise UsageError(f"scenario {scenario.name}: every weight in `mix` is 0; give one story at least 1")
    return list(mix), list(accumulate(mix.values()))
