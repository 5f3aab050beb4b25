"""Whether `tidegate chaos search` finds each planted bug: run by `make chaos-mutants`, prints a table, exits with 1.

python -m tests.chaos.hunt [NAME]...
"""

import os
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

from tests.chaos.mutants import MUTANTS, Plant, planted
from tidegate.chaos.play.trial_verdict import judged
from tidegate.chaos.timeline.draw import draw

SEEDS_MAX = 300
MINUTES = 10.0


@dataclass(frozen=True)
class Hunted:
    """`seed` is None where the bug was not found."""

    name: str
    seed: int | None
    broken: str


def hunt(name: str, seeds: Sequence[int] = range(SEEDS_MAX), minutes: float = MINUTES) -> Hunted:
    """Search with one bug planted, until it is found.

    An exception is no find: no bug is planted to raise one, so the mutant no longer fits what it replaces.
    """
    with planted(named(name)):
        for seed in seeds:
            broken = [found for found in judged(draw(seed, minutes)).broken if not found.startswith("surprise")]
            if broken:
                return Hunted(name, seed, broken[0])
    return Hunted(name, None, "")


def named(name: str) -> Plant:
    """The mutant of this name."""
    return next(mutant for mutant in MUTANTS if mutant.__name__ == name)


def main(names: Sequence[str]) -> int:
    """Hunt them all. Returns the exit code."""
    chosen = list(names) or [mutant.__name__ for mutant in MUTANTS]
    width = max(map(len, chosen))
    missed = 0
    with ProcessPoolExecutor(min(2, os.cpu_count() or 1)) as pool:
        for found in pool.map(hunt, chosen):
            missed += found.seed is None
            where = "NOT FOUND" if found.seed is None else f"seed {found.seed:<3}"
            print(f"{found.name:<{width}}  {where}  {found.broken[:90]}", flush=True)
    print(f"{len(chosen) - missed} of {len(chosen)} planted bugs found within {SEEDS_MAX} seeds each")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
