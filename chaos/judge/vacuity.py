"""What a run did not try. A promise that nothing put to the test was not kept, and the run is inconclusive.

Two looks: at the scenario before it is played, and at what each fault met once it was. Pure; it judges no promise.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence

from tidegate.chaos.apps.retry_loop import IntentResult
from tidegate.chaos.search_vendors import PAYMENTS
from tidegate.chaos.timeline import offered_load
from tidegate.configfile.units import written_duration
from tidegate.configfile.wording import nearest
from tidegate.scenario.aim import aimless, late, misnamed, unmade, unowned
from tidegate.scenario.fault_count import FaultCount, never_happened
from tidegate.scenario.scenario import Scenario


def unplayable(scenario: Scenario, operations: Collection[str], stories: Collection[str]) -> list[str]:
    """What of a scenario cannot happen, however it is played, a sentence each."""
    strange = aimless(scenario.faults, operations, [PAYMENTS])
    return [*_loads(scenario, stories), *unowned(scenario.load, [PAYMENTS]), *late(scenario), *strange]


def unplayable_faults(
    scenario: Scenario, operations: Mapping[str, Collection[str]], vendors: Collection[str]
) -> list[str]:
    """What of a scenario's faults, requests and checks cannot happen to these vendors, a sentence each.

    `operations` are the names in the path of each.
    """
    strange = aimless(scenario.faults, operations, vendors)
    strange += [*unmade(scenario.requests, operations), *misnamed(scenario.checks, operations, vendors)]
    return [*late(scenario), *strange]


def untried(scenario: Scenario, counts: Sequence[FaultCount | None], endings: Sequence[IntentResult]) -> list[str]:
    """What of a played scenario did not happen, a sentence each."""
    wanted = [(ending.intent.start_s, ending.ended_s) for ending in endings]
    asked = [] if endings else ["nothing was asked of the vendor"]
    return [*asked, *never_happened(scenario.faults, counts, wanted)]


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
