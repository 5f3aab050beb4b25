"""Tests of tidegate.proxy.store.sqlite.file_lock."""

from pathlib import Path

import pytest

from tidegate.problems import UsageError
from tidegate.proxy.store.sqlite.file_lock import file_lock
from tidegate.proxy.store.store import StoreError


def test_a_store_belongs_to_one_proxy_and_to_one_user(tmp_path: Path) -> None:
    store = tmp_path / "data" / "store.db"
    with file_lock(store), pytest.raises(UsageError, match="another proxy uses this store"), file_lock(store):
        pass
    with file_lock(store):
        assert store.stat().st_mode & 0o777 == 0o600


def test_a_place_where_nothing_can_be_written_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file, no folder")
    with (
        pytest.raises(StoreError, match=r"data/store\.db: the store cannot be written: "),
        file_lock(tmp_path / "data" / "store.db"),
    ):
        pass
