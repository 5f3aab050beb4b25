"""Tests of tidegate.proxy.store.store_choice."""

from pathlib import Path
from unittest.mock import patch

import pytest

from tidegate.proxy.store import store_choice
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
