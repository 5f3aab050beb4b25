"""Chooses the store: the key `store` of tidegate.yaml names a file, or a URL whose scheme says which database it is."""

from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import urlsplit

from tidegate.proxy.store.sqlite.sqlite_store import SqliteStore
from tidegate.proxy.store.store import Store
from tidegate.proxy.store.store_error import StoreError
from tidegate.world.world import World

FILE = "file"
"""The scheme of a plain path."""

EXTRA = "store: PostgreSQL needs psycopg, which is not installed: pip install 'tidegate[postgres]'"


def _postgres(world: World, url: str) -> Store:
    try:
        from tidegate.proxy.store.postgres.postgres_store import PostgresStore
    except ImportError:
        raise StoreError(EXTRA) from None
    return PostgresStore(world, url)


STORES: Mapping[str, Callable[[World, str], Store]] = {
    FILE: SqliteStore,
    "postgresql": _postgres,
    "postgres": _postgres,
}
"""Scheme → what makes a store of a world and of the path or URL."""


def store_for(world: World, place: Path | str) -> Store:
    """The store at a path or URL, not yet open. Raises StoreError where it cannot be had."""
    scheme = FILE if isinstance(place, Path) else urlsplit(place).scheme
    make = STORES.get(scheme)
    if make is None:  # the URL may hold a password, so it is not shown
        raise StoreError(f"store: Tidegate has no store for {scheme}://; write the path of a file")
    return make(world, str(place))
