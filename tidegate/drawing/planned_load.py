"""The planned load: each call of a scenario with its moment, its vendor, its request and its tag, in order.

Pure: the same scenario, documents and seed give the same calls. How the requests look is the drawer's.
"""

import random
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from itertools import accumulate

from tidegate.configfile.wording import nearest
from tidegate.openapi.document import Document
from tidegate.problems import UsageError
from tidegate.scenario.arrivals import arrival_times
from tidegate.scenario.load import GivenRequest, Load
from tidegate.scenario.scenario import Scenario

GivenRequests = Mapping[str, GivenRequest]
NONE_GIVEN: Mapping[str, GivenRequests] = {}

USUAL_MAX = 12
"""So many operations are asked for where nobody says which."""


@dataclass(frozen=True, slots=True)
class PlannedRequest:
    """One call to make, `at_s` seconds after the run's start. `source` is a request of the scenario or an operation.

    `tag` is its name (Call-Tag), unique in the run.
    """

    number: int
    at_s: float
    vendor: str
    source: str
    operation: str
    tag: str


def planned_load(
    scenario: Scenario,
    documents: Mapping[str, Document],
    rng: random.Random,
    run: str,
    usual: Mapping[str, GivenRequests] = NONE_GIVEN,
) -> tuple[PlannedRequest, ...]:
    """Every call of a scenario, in order. `documents` are those of its vendors, by their names; `run` begins each tag.

    `usual` are requests of each vendor beside those of the scenario: made where nobody says which, and by their names.
    Raises UsageError for a vendor, a request or an operation that is not there, and for a load of no or too many calls.
    """
    calls: list[tuple[float, str, str, str]] = []
    if not scenario.load:
        raise UsageError(f"scenario {scenario.name}: nothing is asked of the vendor; give it a `load: [{{rate: 2/s}}]`")
    for number, load in enumerate(scenario.load, 1):
        where = f"scenario {scenario.name}: load {number}"
        try:
            moments = arrival_times(load, scenario.seconds, rng)
        except UsageError as error:
            raise UsageError(f"{where}: {error}") from None
        if not moments:
            raise UsageError(f"{where} asks for nothing; give it a `burst`, or a `rate` and time for one call at least")
        for name in _vendors(load, documents, where):
            given = {**usual.get(name, {}), **scenario.requests}
            own = [one for one, made in scenario.requests.items() if made.operation in documents[name].operations]
            sources, weights = _mix(load, given, own or [*given], documents[name], where)
            if load.spacing == "random":
                picked = rng.choices(sources, cum_weights=[*accumulate(weights)], k=len(moments))
            else:
                picked = _dealt(sources, weights, len(moments))
            calls += [
                (at_s, name, source, given[source].operation if source in given else source)
                for at_s, source in zip(moments, picked, strict=True)
            ]
    calls.sort(key=lambda call: call[0])
    return tuple(PlannedRequest(n, *call, tag=f"{run}-{n:06d}") for n, call in enumerate(calls))


def usual_operations(document: Document) -> list[str]:
    """The operations that are asked for where nobody says which: what makes things, lists them and shows one.

    Nothing that removes or changes what is there, and no deprecated one.
    """
    makers = [one for one in document.operations.values() if one.method == "POST" and not one.deprecated]
    made = {one.template.rstrip("/") for one in makers if not one.template.endswith("}")}
    reads = [one for one in document.operations.values() if one.method == "GET" and not one.deprecated]
    chosen = [
        one.id
        for one in (*makers, *reads)
        if one.template.rstrip("/") in made or (one.template.rpartition("/")[0] in made and one.template.endswith("}"))
    ]
    chosen = [id_ for id_ in chosen if not _is_action(document, id_)]
    return (chosen or [one.id for one in (*makers, *reads)])[:USUAL_MAX]


def _is_action(document: Document, operation: str) -> bool:
    """True of a POST to one thing or below it: what it does, only its vendor knows."""
    one = document.operations[operation]
    return one.method == "POST" and "{" in one.template


def _vendors(load: Load, documents: Mapping[str, Document], where: str) -> list[str]:
    if not load.vendor:
        return [*documents]
    if load.vendor not in documents:
        near = nearest(load.vendor, documents) or f"; the vendors of this run are {', '.join(documents)}"
        raise UsageError(f"{where}: no vendor of this run is called {load.vendor}{near}")
    return [load.vendor]


def _mix(
    load: Load, given: GivenRequests, own: Collection[str], document: Document, where: str
) -> tuple[list[str], list[float]]:
    """The sources of a load's calls, and the weight of each. `own` are made where nobody says which."""
    if not load.mix:
        sources = [one for one in own if given[one].operation in document.operations] or usual_operations(document)
        if not sources:
            raise UsageError(f"{where}: the document has no operation that could be asked for; say which in `mix`")
        return sources, [1.0] * len(sources)
    weights: dict[str, float] = {}
    for named, weight in load.mix.items():
        fitting = _fitting(named, given, document, where)
        for source in fitting:
            weights[source] = weights.get(source, 0.0) + weight / len(fitting)
    if not sum(weights.values()):
        raise UsageError(f"{where}: every weight in `mix` is 0; give one at least 1")
    return [*weights], [*weights.values()]


def _dealt(sources: Sequence[str], weights: Sequence[float], number: int) -> list[str]:
    """The sources of so many calls, each as often as its weight says, evenly mixed (smooth weighted round robin)."""
    total, dealt = sum(weights), list[str]()
    credit = [0.0] * len(weights)
    for _ in range(number):
        credit = [have + weight for have, weight in zip(credit, weights, strict=True)]
        best = max(range(len(credit)), key=credit.__getitem__)
        credit[best] -= total
        dealt.append(sources[best])
    return dealt


def _fitting(named: str, given: GivenRequests, document: Document, where: str) -> Collection[str]:
    """The requests or operations that a name or pattern in `mix` means."""
    if named in given:
        if given[named].operation not in document.operations:
            near = nearest(given[named].operation, document.operations)
            raise UsageError(f"{where}: the request {named} is for {given[named].operation}, no operation{near}")
        return [named]
    fitting = [one for one in document.operations if fnmatchcase(one, named)]
    if not fitting:
        known = {**given, **document.operations}
        near = nearest(named, known) or f"; {document.name} has {len(document.operations)} operations"
        raise UsageError(f"{where}: no request or operation is called {named}{near}")
    return fitting
