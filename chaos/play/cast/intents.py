"""What is wanted of somebody's own vendors, and what must be there for it: of a search, or of a written scenario."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from tidegate.chaos.apps.cast import Cast
from tidegate.chaos.apps.drawn_stories import ORDINARY, story_name
from tidegate.chaos.apps.retry_loop import Intent
from tidegate.chaos.apps.search_apps import PATIENCE_S
from tidegate.chaos.play.cast.preparation import prepared
from tidegate.chaos.timeline import offered_load
from tidegate.chaos.timeline.draw import DrawnScenario
from tidegate.drawing.planned_load import planned_load
from tidegate.scenario.scenario import Scenario

PATIENCE: Final = 2.25
"""An app gives an intent up after so many times what the policy gives a call."""

TAGS: Final = "order"
"""What the names of intents begin with."""


@dataclass(frozen=True, slots=True)
class CastIntents:
    """Everything that is wanted, in its order, and what the vendors hold for it, by their names."""

    intents: list[Intent]
    snapshots: Mapping[str, object]


def intents_of(drawn: DrawnScenario, cast: Cast, budget_s: float) -> CastIntents:
    """The intents of a scenario, with the names of what each is about. Raises UsageError where a load means nothing."""
    rng = random.Random(f"intents {drawn.seed}")  # noqa: S311 - repeatable on purpose
    patience_s = max(PATIENCE_S, PATIENCE * budget_s)
    if drawn.given is None:
        operations = {name: story.operation for name, story in cast.stories.items()}
        wanted = offered_load.intents(drawn.scenario(), rng, patience_s, operations)
    else:
        wanted = _planned(drawn.given, cast, rng, patience_s)
    sources = [cast.stories[intent.story].drawn for intent in wanted]
    ready = prepared(cast, [(one.vendor.vendor, one.name) for one in sources], drawn.seed)
    named = zip(wanted, ready.names, strict=True)
    return CastIntents([replace(intent, names=names) for intent, names in named], ready.snapshots)


def _planned(scenario: Scenario, cast: Cast, rng: random.Random, patience_s: float) -> list[Intent]:
    """A written load, asked for in the ordinary ways."""
    several = len(cast.vendors) > 1
    documents = {name: vendor.document for name, vendor in cast.vendors.items()}
    sources = {(name, source.name): source for name, vendor in cast.vendors.items() for source in vendor.known}
    wanted: list[Intent] = []
    for planned in planned_load(scenario, documents, rng, TAGS):
        source = sources[planned.vendor, planned.source]
        story = story_name(source, ORDINARY[source.writes], several=several)
        wanted.append(Intent(planned.tag, story, planned.at_s, patience_s))
    return wanted
