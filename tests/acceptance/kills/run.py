"""Kills proxies and databases, and prints what came of it: `python -m tests.acceptance.kills.run --rounds 500`.

1 where something was lost, doubled, or never came to rest. A seed draws the same points, passes and moments again; what
the system makes of them may differ.
"""

import argparse
import asyncio
import random
import sys
import tempfile
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any

from tests.acceptance.kills.judge import Count
from tests.acceptance.kills.lives import Lives, Program
from tests.acceptance.kills.points import POINTS
from tests.acceptance.kills.rounds import Chain, house
from tests.acceptance.kills.special import database_killed, migrated, one_of_two
from tests.postgres_server import PostgresServer, running

CHAIN = 20
"""So many rounds on one store."""
LANES = 2
"""So many chains go side by side, for most of a round is waiting."""
POSTGRES_SHARE = 0.3
Row = tuple[str, str]
"""A point and a store."""
Table = dict[Row, Count]
COLUMNS = ("rounds", "acknowledged", "lost", "doubled", "unsure", "resolved", "by_hand", "missed")


def drawn(rounds: int, rng: random.Random) -> list[str]:
    """Points for so many rounds: each as often as any other, in drawn order."""
    names: list[str] = []
    while len(names) < rounds:
        names += rng.sample(sorted(POINTS), len(POINTS))
    return names[:rounds]


class Run:
    """All rounds of a run, and the table of what they came to."""

    def __init__(self, folder: Path, lives: Lives, seed: int, note: Callable[[str], object] = print) -> None:
        self.table: Table = {}
        self._folder, self._lives, self._seed, self._note = folder, lives, seed, note

    async def of(self, kind: str, names: Sequence[str], place: Callable[[], str]) -> None:
        """Rounds at the named points, on stores of one kind."""
        migrations = [name for name in names if POINTS[name].way == "migration"]
        for n, name in enumerate(migrations):
            folder = self._folder / f"{kind}-migration-{n}"
            await self._counted((name, kind), migrated(self._lives, folder, place(), self._seed + n))
        rest = [name for name in names if POINTS[name].way != "migration"]
        await asyncio.gather(*(self._lane(kind, lane, rest[lane::LANES], place) for lane in range(LANES)))

    async def _lane(self, kind: str, lane: int, names: Sequence[str], place: Callable[[], str]) -> None:
        for n in range(0, len(names), CHAIN):
            async with house(self._folder / f"{kind}-{lane}-{n}", place(), self._lives) as at:
                chain = Chain(at, self._seed + LANES * n + lane, self._note)
                for name in names[n : n + CHAIN]:
                    await self._counted((name, kind), chain.round(name))

    async def of_two(self, rounds: int, place: Callable[[], str]) -> None:
        """Rounds in which one of two proxies dies."""
        for n in range(rounds):
            task = one_of_two(self._lives, self._folder / f"two-{n}", place(), self._seed + n)
            await self._counted(("one of two proxies", "postgres"), task)

    async def of_databases(self, rounds: int, server: PostgresServer) -> None:
        """Rounds in which the database dies, twice each."""
        for n in range(rounds):
            task = database_killed(self._lives, self._folder / f"database-{n}", server, self._seed + n)
            await self._counted(("PostgreSQL itself", "postgres"), task)

    async def _counted(self, row: Row, task: Coroutine[Any, Any, Count]) -> None:
        count = await task
        for flaw in count.flaws:
            self._note(f"{row}: {flaw}")
        self.table.setdefault(row, Count()).add(count)

    @property
    def flaws(self) -> list[str]:
        """All that was wrong."""
        return [flaw for count in self.table.values() for flaw in count.flaws]


def lines(table: Table) -> list[str]:
    """The table, a line for each row, and a last one with the sums."""
    total = Count()
    head = f"{'point':26} {'store':9}" + "".join(f"{name.replace('_', ' '):>13}" for name in COLUMNS)
    shown = [head]
    for (name, kind), count in table.items():
        total.add(count)
        shown.append(f"{name:26} {kind:9}" + "".join(f"{getattr(count, column):13}" for column in COLUMNS))
    return [*shown, f"{'all':36}" + "".join(f"{getattr(total, column):13}" for column in COLUMNS)]


async def kill(rounds: int, seed: int, folder: Path, server: PostgresServer) -> Run:
    """Play a whole run: SQLite and PostgreSQL side by side."""
    rng = random.Random(f"kills {seed}")
    special = max(rounds // 50, 1)
    postgres = int(rounds * POSTGRES_SHARE)
    async with Program("tests.acceptance.kills.doomed") as program:
        lives = Lives(program)
        run = Run(folder, lives, seed)
        names = drawn(rounds - 2 * special, rng)

        async def on_postgres() -> None:
            await run.of("postgres", names[:postgres], server.fresh_url)
            await run.of_two(special, server.fresh_url)
            await run.of_databases(special, server)

        await asyncio.gather(run.of("sqlite", names[postgres:], lambda: "store.db"), on_postgres())
        lives.close()
    return run


def main(arguments: Sequence[str]) -> int:
    """Run as a program. Returns the exit code."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=500)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args(arguments)
    folder = Path(tempfile.mkdtemp(prefix="tidegate-kills-"))
    with running() as server:
        run = asyncio.run(kill(given.rounds, given.seed, folder, server))
    print(*lines(run.table), f"{len(run.flaws)} flaws; what was left is in {folder}", sep="\n")
    return 1 if run.flaws else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
