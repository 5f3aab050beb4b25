"""A store's file, and its log of writes, that somebody moves or deletes under a proxy."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.proxy.store.delivering import FIRST, ROOM, accepted, new
from tests.proxy.store.places import at, sqlite_at
from tidegate.proxy.store.sqlite.file_place import FilePlace
from tidegate.proxy.store.store_error import StoreError


def deleted(file: Path) -> None:
    file.unlink()


def log_deleted(file: Path) -> None:
    file.with_name("store.db-wal").unlink()


def moved(file: Path) -> None:
    file.rename(file.with_name("old.db"))


def replaced(file: Path) -> None:
    file.with_name("new.db").write_bytes(file.read_bytes())
    file.with_name("new.db").replace(file)


@pytest.mark.parametrize("happens", [deleted, log_deleted, moved, replaced])
async def test_nothing_is_acknowledged_that_a_restart_would_not_find(
    tmp_path: Path, happens: Callable[[Path], None]
) -> None:
    async with sqlite_at(tmp_path).opened() as store:
        await accepted(store.deliveries, FIRST)
        happens(tmp_path / "store.db")
        with pytest.raises(StoreError, match="moved or deleted") as why:
            await store.deliveries.accept(new(1), at(), ROOM)
        assert why.value.trouble == "read-only"
        assert store.health.trouble


async def test_a_file_that_is_put_back_goes_on(tmp_path: Path) -> None:
    file, other = tmp_path / "store.db", tmp_path / "other.db"
    async with sqlite_at(tmp_path).opened() as store:
        await accepted(store.deliveries, FIRST)
        file.rename(other)
        with pytest.raises(StoreError):
            await store.deliveries.find("d0")
        other.rename(file)
        await accepted(store.deliveries, new(1))
        await store.keep_clock(probing=True)
        assert not store.health.trouble


async def test_a_link_to_the_file_is_its_place_too(tmp_path: Path) -> None:
    real, link = tmp_path / "real", tmp_path / "link"
    real.mkdir()
    link.symlink_to(real)
    async with sqlite_at(link).opened() as store:
        await accepted(store.deliveries, FIRST)
        link.unlink()
        await accepted(store.deliveries, new(1))


def test_a_file_that_comes_later_is_known_from_then_on(tmp_path: Path) -> None:
    place, log = FilePlace(tmp_path / "store.db"), tmp_path / "store.db-wal"
    assert place.is_kept()
    log.write_bytes(b"")
    assert place.is_kept()
    log.unlink()
    assert not place.is_kept()
