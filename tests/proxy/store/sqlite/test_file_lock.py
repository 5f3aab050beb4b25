"""Tests of tidegate.proxy.store.sqlite.file_lock."""

import fcntl
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tidegate.problems import UsageError
from tidegate.proxy.store.sqlite.file_lock import file_lock
from tidegate.proxy.store.store_error import StoreError


def test_a_store_belongs_to_one_proxy_and_to_one_user(tmp_path: Path) -> None:
    store = tmp_path / "data" / "store.db"
    with file_lock(store), pytest.raises(UsageError, match="another proxy uses this store"), file_lock(store):
        pass
    with file_lock(store):
        assert store.stat().st_mode & 0o777 == 0o600


def _linked_folder(store: Path) -> Path:
    (store.parent.parent / "folder").symlink_to(store.parent)
    return store.parent.parent / "folder" / store.name


def _link_of_a_link(store: Path) -> Path:
    (store.parent / "first").symlink_to(store)
    (store.parent / "second").symlink_to("first")
    return store.parent / "second"


def _symbolic(store: Path) -> Path:
    (store.parent / "other.db").symlink_to(store)
    return store.parent / "other.db"


def _hard(store: Path) -> Path:
    (store.parent.parent / "other.db").hardlink_to(store)
    return store.parent.parent / "other.db"


@pytest.mark.parametrize(
    "name_of",
    [
        pytest.param(_symbolic, id="a symbolic link"),
        pytest.param(_hard, id="a hard link in another folder"),
        pytest.param(_linked_folder, id="a folder that is a link"),
        pytest.param(_link_of_a_link, id="a link to a link"),
        pytest.param(lambda store: store.parent / ".." / "data" / store.name, id="a way round"),
    ],
)
def test_another_name_of_a_file_is_no_other_file(name_of: Callable[[Path], Path], tmp_path: Path) -> None:
    store = tmp_path / "data" / "store.db"
    with file_lock(store):
        pass
    other = name_of(store)
    with file_lock(store), pytest.raises(StoreError, match="another proxy uses this store"), file_lock(other):
        pass
    with file_lock(other), pytest.raises(StoreError, match="another proxy uses this store"), file_lock(store):
        pass
    with file_lock(other):
        pass


def test_a_link_that_leads_nowhere_makes_the_file_that_it_names(tmp_path: Path) -> None:
    (tmp_path / "link.db").symlink_to(tmp_path / "store.db")
    with file_lock(tmp_path / "link.db"):
        assert (tmp_path / "store.db").stat().st_mode & 0o777 == 0o600


def test_a_version_that_locks_the_name_is_respected(tmp_path: Path) -> None:
    old = os.open(tmp_path / "store.db.lock", os.O_WRONLY | os.O_CREAT)
    fcntl.flock(old, fcntl.LOCK_EX)
    with pytest.raises(StoreError, match="another proxy uses this store"), file_lock(tmp_path / "store.db"):
        pass
    os.close(old)
    with file_lock(tmp_path / "store.db"):
        pass


def test_a_place_where_nothing_can_be_written_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file, no folder")
    with (
        pytest.raises(StoreError, match=r"data/store\.db: the store cannot be written: "),
        file_lock(tmp_path / "data" / "store.db"),
    ):
        pass


def test_a_folder_and_a_loop_of_links_are_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "folder.db").mkdir()
    (tmp_path / "loop.db").symlink_to("loop.db")
    for name in ("folder.db", "loop.db"):
        with pytest.raises(StoreError, match=rf"{name}: the store cannot be written: "), file_lock(tmp_path / name):
            pass
