"""Tests of tidegate.proxy.store.store_choice."""

import sys
from pathlib import Path
from unittest.mock import patch

import pytest

from tidegate.proxy import store as room
from tidegate.proxy.store import store_choice
from tidegate.proxy.store.postgres.postgres_store import PostgresStore
from tidegate.proxy.store.sqlite.sqlite_store import SqliteStore
from tidegate.proxy.store.store import Store
from tidegate.proxy.store.store_choice import store_for
from tidegate.proxy.store.store_error import StoreError
from tidegate.world.world import RealWorld, World


async def test_a_path_is_a_sqlite_file(tmp_path: Path) -> None:
    store = store_for(RealWorld(), tmp_path / "store.db")
    assert isinstance(store, SqliteStore)
    assert (tmp_path / "store.db").exists()
    await store.close()


async def test_a_url_chooses_by_its_scheme_and_is_handed_on_whole(tmp_path: Path) -> None:
    urls: list[str] = []
    file = SqliteStore(RealWorld(), str(tmp_path / "store.db"))

    def make(world: World, url: str) -> Store:
        del world
        urls.append(url)
        return file

    with patch.object(store_choice, "STORES", {"postgresql": make}):
        assert store_for(RealWorld(), "postgresql://tidegate@db/tidegate") is file
    assert urls == ["postgresql://tidegate@db/tidegate"]
    await file.close()


def test_a_scheme_that_no_store_has_is_refused_and_no_password_is_shown() -> None:
    with pytest.raises(StoreError, match=r"store: Tidegate has no store for mysql://; write the path of a file") as why:
        store_for(RealWorld(), "mysql://user:canary@db/tidegate")
    assert "canary" not in str(why.value)


@pytest.mark.parametrize("scheme", ["postgresql", "postgres"])
async def test_postgresql_is_a_store_of_its_own(scheme: str) -> None:
    store = store_for(RealWorld(), f"{scheme}://tidegate@db/tidegate")
    assert isinstance(store, PostgresStore)
    await store.close()


def test_without_psycopg_the_cure_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        room, "postgres", sys.modules["tidegate.proxy.store.postgres"], raising=False
    )  # importing it anew puts another one there
    for name in [name for name in sys.modules if name.startswith("tidegate.proxy.store.postgres")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(StoreError, match=r"pip install 'tidegate\[postgres\]'"):
        store_for(RealWorld(), "postgresql://tidegate@db/tidegate")
