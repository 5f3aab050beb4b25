"""In which order what is due at one moment is done: how late each timer rings, by dice.

Two ways (Burckhardt et al., "A Randomized Scheduler with Probabilistic Guarantees of Finding Bugs", ASPLOS 2010). With
`DrawnLateness` each timer has dice of its own: up to a millisecond late, as under an operating system that is busy; one
in eight up to eight, so that one can be passed by many: what is rarely late finds more than what is always a little.
With `DrawnPriorities` a task has a priority for as long as it lives, which it hands to the timers that it sets; so the
same one goes first again and again. At a few drawn moments the task that sets a timer becomes the last of all. A bug
that takes so many turns in a certain order is found with a chance that does not shrink with the length of the run.
"""

import contextvars
import random
from typing import Protocol

LATE_S, LATER_S, LATER_SHARE = 0.001, 0.008, 0.125
"""So late a timer rings at most, seconds; and so late this share of them."""
CHANGES = 3
"""So often a task becomes the last of all: the depth of a bug is one more."""
STEPS_EXPONENT = 5.0
"""The timers of a run are some ten thousand. The moments are drawn by their order of magnitude, early ones too."""


class Actor:
    """A task, with the timers that it sets. `late_s` is its priority: how late they ring."""

    __slots__ = ("late_s",)

    def __init__(self, late_s: float) -> None:
        self.late_s = late_s


ACTOR: contextvars.ContextVar[Actor | None] = contextvars.ContextVar("ACTOR", default=None)
"""Whose turn it is."""


class Schedule(Protocol):
    """How late timers ring."""

    def late_s(self) -> float:
        """The lateness of a timer that is being set."""
        ...

    def begin(self, context: contextvars.Context) -> None:
        """A task begins in this context."""
        ...


class DrawnLateness:
    """See the module. Every timer by itself."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng

    def late_s(self) -> float:
        """See Schedule."""
        drawn = self._rng.random()
        return LATER_S * drawn / LATER_SHARE if drawn < LATER_SHARE else LATE_S * drawn

    def begin(self, context: contextvars.Context) -> None:
        """Tasks do not matter."""


class DrawnPriorities:
    """See the module. Every task by itself, and `CHANGES` changes."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._steps = 0
        self._changes = {int(10.0 ** rng.uniform(0.0, STEPS_EXPONENT)): n for n in range(CHANGES)}

    def late_s(self) -> float:
        """See Schedule."""
        actor, self._steps = ACTOR.get(), self._steps + 1
        if actor is None:
            return 0.0
        if self._steps in self._changes:
            actor.late_s = LATER_S * (1.0 - 0.1 * self._changes[self._steps])
        return actor.late_s

    def begin(self, context: contextvars.Context) -> None:
        """It gets a priority."""
        context.run(ACTOR.set, Actor(0.5 * LATER_S * self._rng.random()))


def drawn_schedule(seed: int, *, drawn: str) -> Schedule | None:
    """The schedule of a seed by its name: `lateness`, `priorities`, or none."""
    rng = random.Random(f"order {seed}")  # noqa: S311 - repeatable on purpose
    if drawn == "priorities":
        return DrawnPriorities(rng)
    return DrawnLateness(rng) if drawn == "lateness" else None
