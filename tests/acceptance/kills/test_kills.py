"""A short form of `make kills`: each place once on SQLite, some on PostgreSQL; and planted bugs, which it must find."""

import random
from collections.abc import Callable, Coroutine, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.kills.judge import Count
from tests.acceptance.kills.lives import Lives, Program
from tests.acceptance.kills.points import POINTS
from tests.acceptance.kills.rounds import Chain, house
from tests.acceptance.kills.run import Run, drawn, lines
from tests.acceptance.kills.special import database_killed, one_of_two
from tests.postgres_server import running, shared_server

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

SHARES = 2
PLACES = sorted({name.partition(",")[0] for name in POINTS})
ON_POSTGRES = ("group commit, during", "vendor did it", "migration")
PLANTED: Mapping[str, str] = {
    "acknowledges before the commit": "write accepted, after",
    "sends before the attempt is on record": "vendor has it",
    "sends what is unknown again": "vendor did it",
    "names a joined write anew": "half of a joined request",
    "tells the app in a transaction of its own": "settlement, after",
}
"""Bug → the point at which it is seen."""
SEEN_WITHIN = 4
"""Rounds: a kill does not meet each bug each time."""


async def with_lives(work: Callable[[Lives], Coroutine[Any, Any, Count]]) -> Count:
    async with Program("tests.acceptance.kills.doomed") as program:
        lives = Lives(program)
        count = await work(lives)
        lives.close()
    return count


async def played(folder: Path, kind: str, names: Sequence[str], place: Callable[[], str], seed: int) -> Run:
    async with Program("tests.acceptance.kills.doomed") as program:
        lives = Lives(program)
        run = Run(folder, lives, seed)
        await run.of(kind, names, place)
        lives.close()
    return run


def holds(run: Run, names: Sequence[str]) -> None:
    print(*lines(run.table), sep="\n")
    assert not run.flaws, "\n".join(run.flaws)
    assert sum(count.rounds for count in run.table.values()) == len(names)
    assert all(count.acknowledged for count in run.table.values())


@pytest.mark.parametrize("share", range(SHARES))
async def test_a_proxy_that_is_killed_at_any_place_loses_and_doubles_nothing(share: int, tmp_path: Path) -> None:
    of_places = ([name for name in POINTS if name.partition(",")[0] == place] for place in PLACES[share::SHARES])
    names = [points[number % len(points)] for number, points in enumerate(of_places)]
    holds(await played(tmp_path, "sqlite", names, lambda: "store.db", random.Random(share).getrandbits(16)), names)


async def test_a_proxy_on_postgresql_that_is_killed_loses_and_doubles_nothing(tmp_path: Path) -> None:
    holds(await played(tmp_path, "postgres", ON_POSTGRES, shared_server().fresh_url, 1), ON_POSTGRES)


async def test_of_two_proxies_on_one_database_the_other_takes_over_when_one_is_killed(tmp_path: Path) -> None:
    count = await with_lives(lambda lives: one_of_two(lives, tmp_path / "two", shared_server().fresh_url(), 1))
    assert not count.flaws
    assert count.acknowledged


async def test_a_database_that_is_killed_under_load_loses_and_doubles_nothing(tmp_path: Path) -> None:
    with running() as server:
        count = await with_lives(lambda lives: database_killed(lives, tmp_path / "database", server, 1, times=1))
    assert not count.flaws
    assert count.acknowledged


@pytest.mark.parametrize("bug", PLANTED)
async def test_a_planted_bug_is_found(bug: str, tmp_path: Path) -> None:
    async def rounds(lives: Lives) -> Count:
        async with house(tmp_path / "house", "store.db", lives, bug=bug) as at:
            chain, total = Chain(at, 1), Count()
            while not total.flaws and total.rounds < SEEN_WITHIN:
                total.add(await chain.round(PLANTED[bug]))
            return total

    assert (await with_lives(rounds)).flaws


def test_the_same_seed_draws_the_same_points_and_each_as_often_as_any_other() -> None:
    count = 3 * len(POINTS)
    draws = [drawn(count, random.Random(seed)) for seed in (1, 1, 2)]
    assert draws[0] == draws[1] != draws[2]
    assert {draws[0].count(name) for name in POINTS} == {3}


def test_the_table_has_a_line_for_each_point_and_store_and_one_with_the_sums() -> None:
    one, other = Count(rounds=2, acknowledged=9, by_hand=1), Count(rounds=1, lost=1, flaws=["lost: it"])
    shown = [line.split() for line in lines({("lease, after", "sqlite"): one, ("stop, before", "postgres"): other})]
    assert [line[-8:] for line in shown[1:]] == [
        ["2", "9", "0", "0", "0", "0", "1", "0"],
        ["1", "0", "1", "0", "0", "0", "0", "0"],
        ["3", "9", "1", "0", "0", "0", "1", "0"],
    ]
