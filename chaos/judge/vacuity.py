"""What a run did not try. A promise that nothing put to the test was not kept, and the run is inconclusive.

Two looks: at the scenario before it is played, and at what each fault met once it was. Pure; it judges no promise.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from tidegate.chaos.apps.retry_loop import IntentResult
from tidegate.chaos.search_vendors import PAYMENTS
from tidegate.chaos.timeline import offered_load
from tidegate.configfile.units import written_duration
from tidegate.configfile.wording import nearest
from tidegate.scenario.aim import aimless, unmade
from tidegate.scenario.fault import Fault
from tidegate.scenario.scenario import Scenario


@dataclass(frozen=True, slots=True)
class FaultCount:
    """The targets (requests, webhooks or events) that one fault met, and those that it hit."""

    met: int
    hit: int


def unplayable(scenario: Scenario, operations: Collection[str], stories: Collection[str]) -> list[str]:
    """What of a scenario cannot happen, however it is played, a sentence each."""
    strange = aimless(scenario.faults, operations, [PAYMENTS])
    return [*_loads(scenario, stories), *_late_faults(scenario), *strange]


def unplayable_faults(scenario: Scenario, operations: Collection[str], vendors: Collection[str]) -> list[str]:
    """What of a scenario's faults cannot happen to these vendors, however they are played, a sentence each."""
    strange = aimless(scenario.faults, operations, vendors)
    return [*_late_faults(scenario), *strange, *unmade(scenario.requests, operations)]


def untried(scenario: Scenario, counts: Sequence[FaultCount | None], endings: Sequence[IntentResult]) -> list[str]:
    """What of a played scenario did not happen, a sentence each. `counts` are None for faults that hit no targets.

    Such a one (an outage, a slow wire) needs somebody who wanted something while it lasted.
    """
    sentences = [] if endings else ["nothing was asked of the vendor"]
    for number, (fault, count) in enumerate(zip(scenario.faults, counts, strict=True), 1):
        if count is None:
            idle = not any(_meets(fault, ending) for ending in endings)
            why = "while it lasted nobody wanted anything" if idle else ""
        elif count.hit:
            why = ""
        else:
            targets = "webhooks" if fault.of_webhooks else "targets"
            why = f"it met {count.met:,} {targets}, and hit none" if count.met else f"it met no {targets[:-1]}"
        if why:
            sentences.append(f"fault {number} ({fault.kind}) never happened: {why}")
    return sentences


def _loads(scenario: Scenario, stories: Collection[str]) -> Iterator[str]:
    if not scenario.load:
        yield "nothing is asked of the vendor: the scenario has no `load`, like `load: [{rate: 2/s}]`"
    for number, load in enumerate(scenario.load, 1):
        unknown = [story for story in load.mix if story not in stories]
        for story in unknown:
            near = nearest(story, stories) or f"; the stories are {', '.join(sorted(stories))}"
            yield f"load {number}: nobody plays the story {story!r}{near}"
        if load.begin >= scenario.seconds:
            begin, end = written_duration(load.begin), written_duration(scenario.seconds)
            yield f"load {number} begins at {begin}, and the run ends at {end}"
        elif not offered_load.moments(scenario, load):
            yield f"load {number} asks for nothing; give it a `burst`, or a `rate` and time for one call at least"
        elif load.mix and not sum(load.mix.values()):
            yield f"load {number}: every weight in `mix` is 0; give one story at least 1"


def _late_faults(scenario: Scenario) -> Iterator[str]:
    for number, fault in enumerate(scenario.faults, 1):
        if fault.begin >= scenario.seconds:
            begin, end = written_duration(fault.begin), written_duration(scenario.seconds)
            yield f"fault {number} ({fault.kind}) never happens: it begins at {begin}, and the run ends at {end}"


def _meets(fault: Fault, ending: IntentResult) -> bool:
    """True where somebody wanted something while the fault lasted."""
    return ending.ended_s >= fault.begin and (fault.end_s is None or ending.intent.start_s < fault.end_s)
