"""Every kind of place that a store can be at. The tests in this folder are the contract of a store: they run at each.

An implementation comes in by a line in `PLACES`.
"""

from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.postgres_server import shared_server
from tidegate.chaos.world.disk import Disk
from tidegate.chaos.world.virtual_world import VirtualWorld
from tidegate.proxy.policies.resilience.store_time import StoreTime
from tidegate.proxy.store.postgres.postgres_store import PostgresStore
from tidegate.proxy.store.sqlite.sqlite_store import SqliteStore
from tidegate.proxy.store.store import Store
from tidegate.world.world import RealWorld

NOW = 1_700_000_000.0


def at(age_s: float = 0.0) -> StoreTime:
    """A moment of a store's life that both of its ages agree on."""
    return StoreTime(age_s, age_s, NOW + age_s)


@dataclass(frozen=True)
class Place:
    """Where a store is. It can be opened again and again, as by a proxy that restarts; nothing is there at first."""

    store: Callable[[], Store]

    @asynccontextmanager
    async def opened(self, wall: float = NOW) -> AsyncIterator[Store]:
        """One life of a proxy."""
        store = self.store()
        try:
            await store.open(wall)
            yield store
        finally:
            await store.close()


def sqlite_at(folder: Path) -> Place:
    return Place(lambda: SqliteStore(RealWorld(), str(folder / "store.db")))


@contextmanager
def sqlite_on_a_file(folder: Path) -> Iterator[Place]:
    yield sqlite_at(folder)


@contextmanager
def sqlite_on_the_virtual_disk(folder: Path) -> Iterator[Place]:
    del folder
    world = VirtualWorld(0, disk=Disk(commit_s=0.0))
    yield Place(lambda: SqliteStore(world.machine("proxy"), "store.db"))
    world.disk.close()


@contextmanager
def postgresql(folder: Path) -> Iterator[Place]:
    del folder
    url = shared_server().fresh_url()
    yield Place(lambda: PostgresStore(RealWorld(), url))


PLACES: Mapping[str, Callable[[Path], AbstractContextManager[Place]]] = {
    "sqlite on a file": sqlite_on_a_file,
    "sqlite on the virtual disk": sqlite_on_the_virtual_disk,
    "postgresql": postgresql,
}
