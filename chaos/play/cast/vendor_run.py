"""A written scenario about somebody's own vendors, played both ways and judged: naively, and through Tidegate.

The judge of the second is the whole search's: every promise, by the vendor's plan and journal. The figures are counted
for both.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tidegate.chaos.apps.cast import Cast
from tidegate.chaos.apps.drawn_stories import DrawnStory
from tidegate.chaos.apps.retry_loop import IntentResult, ReportedOutcome
from tidegate.chaos.judge.evidence import Evidence
from tidegate.chaos.judge.invariants import CountedIntents, Entry, RunFigures, judge
from tidegate.chaos.judge.outcome_promises import counted_effects
from tidegate.chaos.judge.promises import violations
from tidegate.chaos.judge.vacuity import untried
from tidegate.chaos.play.cast.intents import intents_of
from tidegate.chaos.play.cast.naive_run import played_naively
from tidegate.chaos.play.garbage import rare_collections
from tidegate.chaos.play.run import PlayedRun
from tidegate.chaos.play.trial import staged
from tidegate.chaos.timeline import cast_draw, offered_load
from tidegate.chaos.world.virtual_loop import Deadlock, OutOfTime
from tidegate.scenario.check import CallEnd, CheckedCall, failed_checks
from tidegate.scenario.scenario import Scenario

REFUSALS = (429, 503)
"""Statuses that tell an app openly to come back later."""


@dataclass(frozen=True, slots=True)
class VendorRun:
    """A run in numbers, by vendor: naive, and through Tidegate. `broken` and `untried` are sentences."""

    naive: Mapping[str, RunFigures]
    tidegate: Mapping[str, RunFigures]
    broken: Sequence[str]
    untried: Sequence[str]
    plays: Mapping[str, Mapping[str, PlayedRun]] = field(default_factory=dict, repr=False)
    """By vendor, both runs by the name of the way: what pictures are drawn from."""


def play_vendors(cast: Cast, scenario: Scenario, seed: int) -> VendorRun:
    """Play a scenario. Raises UsageError where its load names what is not there."""
    drawn = cast_draw.written(cast, scenario, seed)
    budgets = [source.plan.budget_s for vendor in cast.vendors.values() for source in vendor.known]
    wanted = intents_of(drawn, cast, max(budgets, default=0.0))
    with rare_collections():
        naive = played_naively(cast, scenario, wanted, seed)
    before = {
        name: _figures(_of(name, cast, naive.endings), entries, cast, name, scenario)
        for name, entries in naive.entries.items()
    }
    try:
        with rare_collections():
            stage = staged(drawn)
    except (Deadlock, OutOfTime) as error:
        return VendorRun(before, {}, (f"stuck: {error}".partition("\n")[0],), ())
    parts = stage.evidence
    figures = {
        name: _figures(part.endings, part.entries, cast, name, scenario, part.leaked) for name, part in parts.items()
    }
    broken = dict.fromkeys(sentence for part in parts.values() for sentence in violations(part))
    calls = [call for part in parts.values() for call in _checked(part)]
    broken |= dict.fromkeys(failed_checks(scenario.checks, calls))
    endings = [ending for part in parts.values() for ending in part.endings]
    missing = [*untried(scenario, stage.counts, endings), *_refused(cast, endings)]
    plays = {
        name: {
            "naive": _play(cast, name, before[name], _of(name, cast, naive.endings), naive.entries[name]),
            "Tidegate": _play(cast, name, figures[name], part.endings, part.entries, stage.outputs),
        }
        for name, part in parts.items()
    }
    return VendorRun(before, figures, tuple(broken), tuple(missing), plays)


def _play(
    cast: Cast,
    vendor: str,
    figures: RunFigures,
    endings: Sequence[IntentResult],
    entries: Sequence[Entry],
    outputs: Sequence[bytes] = (),
) -> PlayedRun:
    limits = cast.vendors[vendor].loaded.vendor.facts.limits
    counted = [limit for limit in limits if limit.unit == "requests"]
    return PlayedRun(figures, endings, entries, (), outputs, counted)


def _of(vendor: str, cast: Cast, endings: Sequence[IntentResult]) -> list[IntentResult]:
    return [ending for ending in endings if cast.stories[ending.intent.story].vendor == vendor]


def _figures(
    endings: Sequence[IntentResult],
    entries: Sequence[Entry],
    cast: Cast,
    vendor: str,
    scenario: Scenario,
    leaked: int = 0,
) -> RunFigures:
    loaded = cast.vendors[vendor].loaded
    limits = [limit for limit in loaded.vendor.facts.limits if limit.unit == "requests"]
    stories = {ending.intent.id: cast.stories[ending.intent.story] for ending in endings}
    effects = counted_effects(entries, drawn=True)
    happened = {name: effects[story.operation, name] for name, story in stories.items()}
    writes = {name: story for name, story in stories.items() if story.writes}
    once = {name for name, story in writes.items() if story.happens_once}
    operations = {name: story.operation for name, story in cast.stories.items()}
    outages = offered_load.outages(offered_load.part_of(scenario, vendor))
    counted = CountedIntents(operations, happened, {*writes}, once)
    return judge(endings, entries, limits, outages, leaked=leaked, counted=counted)


def _checked(part: Evidence) -> list[CheckedCall]:
    """What its checks look at: each intent, from its moment until its app was told for the last time."""
    sends: dict[str, int] = {}
    for _, tag in part.tap.sends:
        name = tag.partition("/")[0]
        sends[name] = sends.get(name, 0) + 1
    return [
        CheckedCall(
            part.vendor, part.operations[ending.intent.story], _end(ending),
            ending.ended_s - ending.intent.start_s, sends.get(ending.intent.id, 0),
        )
        for ending in part.endings
    ]  # fmt: skip


def _end(ending: IntentResult) -> CallEnd:
    if ending.outcome is ReportedOutcome.DONE:
        return "done"
    return "refused" if ending.statuses[-1] in REFUSALS else "failed"


def _refused(cast: Cast, endings: Sequence[IntentResult]) -> list[str]:
    """A sentence for each source that its vendor would not carry out even when all was calm."""
    used = {f"{story.vendor} {story.drawn.name}" for story in _stories(cast, endings)}
    return [
        f"{source}: {why}; give it a body, or what it is about, under `requests`"
        for source, why in cast.undrawn.items()
        if source in used
    ]


def _stories(cast: Cast, endings: Sequence[IntentResult]) -> list[DrawnStory]:
    return [cast.stories[name] for name in dict.fromkeys(ending.intent.story for ending in endings)]
