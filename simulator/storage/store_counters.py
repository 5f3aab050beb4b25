"""What a simulated vendor remembers beside its objects: counts, numbers, and what is gone."""

from collections import Counter
from dataclasses import dataclass, field


@dataclass(slots=True)
class StoreCounters:
    """The vendor's memory beside its objects.

    `placed` counts objects that nobody asked for; `gone` has kind and key of what was deleted; `numbers` the last
    number of each kind that is numbered, by kind and scope.
    """

    placed: int = 0
    gone: set[tuple[str, str]] = field(default_factory=set)
    numbers: Counter[tuple[str, str]] = field(default_factory=Counter)
