"""Draws a scenario about somebody's own vendors: the troubles of a seed, and their operations in the place of stories.

The vendors' files say what may be drawn of refusals: a kind that a vendor has no words for would be no fact of it.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from tidegate.chaos.apps.cast import Cast
from tidegate.chaos.apps.drawn_stories import DrawnSource
from tidegate.chaos.timeline.draw import DrawnScenario, draw_troubles
from tidegate.chaos.timeline.fault_draw import Piece
from tidegate.scenario.scenario import Scenario
from tidegate.vendor.vendor import Throttled

READS, WRITES, REMOVALS = 2, 3, 1
"""How often a source is asked for, beside the others, by what it does."""

_MEANINGS: Final = frozenset({"contention", "exhausted"})


def draw_cast(cast: Cast, seed: int, minutes: float) -> DrawnScenario:
    """The scenario of one seed, `minutes` of virtual time long."""
    made = draw_troubles(seed, minutes)
    pieces = tuple(_fitted(piece, cast) for piece in made.pieces)
    return replace(made, pieces=tuple(piece for piece in pieces if piece), cast=cast)


def written(cast: Cast, scenario: Scenario, seed: int) -> DrawnScenario:
    """A scenario that somebody wrote, as one to play. Its limit is none: the vendors' files have theirs."""
    return replace(draw_troubles(0, 1.0), seed=seed, seconds=scenario.seconds, pieces=(), cast=cast, given=scenario)


def mix_of(cast: Cast) -> dict[str, int]:
    """Every story, and how often it is drawn."""
    return {name: weight * weight_of(cast.stories[name].drawn) for name, weight in cast.weighted.items()}


def _fitted(piece: Piece, cast: Cast) -> Piece:
    """A piece about these vendors; empty where they know of no such thing."""
    if "mix" in piece:
        return piece | {"mix": mix_of(cast)}
    if piece.get("kind") == "throttle" and piece.get("means") in _MEANINGS:
        if not any(refusal.means == piece["means"] for refusal in _refusals(cast)):
            return {}
        return {name: value for name, value in piece.items() if name != "operations"}
    if piece.get("kind") == "throttle" and "retry_after" not in piece and any(one.when for one in _refusals(cast)):
        return piece | {"retry_after": "2s"}  # else it would say that nothing is left for an hour
    return piece


def _refusals(cast: Cast) -> Iterator[Throttled]:
    for vendor in cast.vendors.values():
        yield from vendor.loaded.vendor.facts.throttled


def weight_of(source: DrawnSource) -> int:
    """How often a source is asked for, beside the others."""
    if not source.writes:
        return READS
    return REMOVALS if source.operation.method == "DELETE" else WRITES
