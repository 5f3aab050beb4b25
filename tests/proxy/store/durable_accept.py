"""Deliveries accepted a second, each on the disk before it is acknowledged, beside bare inserts of the same size.

The bare inserts go into a table of their own in the same database, 64 in a transaction: what the disk and the database
can do without dedupe, order, bounds and counts. Both are measured in turn, round after round.

    python -m tests.proxy.store.durable_accept [--store postgresql://…] [--rows 20000]
"""

import argparse
import asyncio
import json
import sqlite3
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import psycopg

from tidegate.proxy.policies.delivery.backlog import BacklogBounds
from tidegate.proxy.policies.delivery.delivery import NewDelivery
from tidegate.proxy.store.deliveries import Accepted
from tidegate.proxy.store.store import Store
from tidegate.proxy.store.store_choice import store_for
from tidegate.world.group_writer import GROUP_MAX
from tidegate.world.world import RealWorld

BODY = b"x" * 1024
HEADERS = b'[["content-type","application/json"]]'
CALLERS = 256
"""So many calls wait at once, as under a burst."""
WORLD = RealWorld()
BOUNDS = BacklogBounds(rows=10**9, bytes=10**15)


@dataclass(frozen=True, slots=True)
class AcceptFigures:
    """Rows a second, as medians over the rounds. `share` is the one as a part of the other."""

    store: str
    accepted: float
    bare: float
    share: float


def delivery(name: str, age: float) -> NewDelivery:
    """An ordinary deferred write with a body of 1 KiB."""
    return NewDelivery(
        id=name, box="outbox", app=f"app{len(name) % 5}", vendor="bench", operation="PostThings", key=name,
        fingerprint="f" * 64, method="POST", destination="/v1/things", headers=HEADERS, body=BODY, accepted_wall=1e9,
        deadline=age + 86_400.0, keep_s=86_400.0,
    )  # fmt: skip


async def accept_many(store: Store, round_: int, rows: int) -> float:
    """Deliveries accepted a second."""
    names = iter(range(rows))

    async def caller() -> None:
        for name in names:
            now = store.clock.now()
            answer = await store.deliveries.accept(delivery(f"{round_}-{name}", now.least), now, BOUNDS)
            assert answer == Accepted(), answer

    began = WORLD.now()
    await asyncio.gather(*(caller() for _ in range(CALLERS)))
    return rows / (WORLD.now() - began)


Bare = Callable[[int, int], Awaitable[float]]
"""Bare inserts a second, of a round and so many rows."""


@contextmanager
def bare_in_sqlite(path: str) -> Iterator[Bare]:
    """Bare inserts into a file, as durable as the store's own."""
    connection = sqlite3.connect(path, isolation_level=None)
    for line in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=5000"):
        connection.execute(f"PRAGMA {line}")
    connection.execute("CREATE TABLE bare (id TEXT PRIMARY KEY, headers BLOB NOT NULL, body BLOB NOT NULL)")

    async def insert(round_: int, rows: int) -> float:
        began = WORLD.now()
        for first in range(0, rows, GROUP_MAX):
            connection.execute("BEGIN IMMEDIATE")
            for name in range(first, min(first + GROUP_MAX, rows)):
                connection.execute("INSERT INTO bare VALUES (?, ?, ?)", (f"{round_}-{name}", HEADERS, BODY))
            connection.execute("COMMIT")
        return rows / (WORLD.now() - began)

    yield insert
    connection.close()


@contextmanager
def bare_in_postgres(url: str) -> Iterator[Bare]:
    """Bare inserts into a database, pipelined."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE bare (id text PRIMARY KEY, headers bytea NOT NULL, body bytea NOT NULL)")

        async def insert(round_: int, rows: int) -> float:
            began = WORLD.now()
            for first in range(0, rows, GROUP_MAX):
                with connection.transaction(), connection.pipeline():
                    for name in range(first, min(first + GROUP_MAX, rows)):
                        connection.execute("INSERT INTO bare VALUES (%s, %s, %s)", (f"{round_}-{name}", HEADERS, BODY))
            return rows / (WORLD.now() - began)

        yield insert


async def measure(place: str, rounds: int, rows: int) -> AcceptFigures:
    """Measure accepted deliveries and bare inserts in one database."""
    is_url = "://" in place
    store = store_for(WORLD, place if is_url else Path(place))
    await store.open(WORLD.wall())
    try:
        with bare_in_postgres(place) if is_url else bare_in_sqlite(place) as bare:
            accepted, inserted = [], []
            for round_ in range(rounds):
                inserted.append(await bare(round_, rows))
                accepted.append(await accept_many(store, round_, rows))
    finally:
        await store.close()
    ours, theirs = median(accepted), median(inserted)
    return AcceptFigures("postgresql" if is_url else "sqlite", round(ours), round(theirs), round(ours / theirs, 3))


def main(given: Sequence[str] | None = None) -> None:
    """Measure, and print the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--store", default="", help="a PostgreSQL URL with a fresh search_path; else a fresh file")
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args(given)
    with TemporaryDirectory(prefix="tidegate-accept-") as folder:
        place = options.store or f"{folder}/store.db"
        print(json.dumps(asdict(asyncio.run(measure(place, options.rounds, options.rows)))))


if __name__ == "__main__":
    main()
