"""An entry is whole or not there, whatever happened to it, and a cache that cannot be used is none."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tidegate.openapi.document_cache import ENTRIES_MAX, DocumentCache

TEXT = b'{"a": 1}'


@pytest.fixture
def cache(tmp_path: Path) -> DocumentCache:
    return DocumentCache(tmp_path / "of" / "documents")


def entry(cache: DocumentCache) -> Path:
    (entry,) = cache.folder.iterdir()
    return entry


def test_what_was_kept_is_given_for_the_same_source_only(cache: DocumentCache) -> None:
    assert cache.get(b"source") is None
    cache.put(b"source", TEXT)
    assert cache.get(b"source") == TEXT
    assert cache.get(b"another") is None


@pytest.mark.parametrize("spoiled", [b"", b"{}", b"x" * 100])
def test_an_entry_that_was_spoiled_counts_as_not_there_and_is_written_anew(
    cache: DocumentCache, spoiled: bytes
) -> None:
    cache.put(b"source", TEXT)
    entry(cache).write_bytes(spoiled)
    assert cache.get(b"source") is None
    cache.put(b"source", TEXT)
    assert cache.get(b"source") == TEXT


def test_an_entry_that_was_cut_short_or_changed_anywhere_counts_as_not_there(cache: DocumentCache) -> None:
    cache.put(b"source", TEXT)
    whole = entry(cache).read_bytes()
    for at in range(len(whole)):
        entry(cache).write_bytes(whole[:at])
        assert cache.get(b"source") is None
        entry(cache).write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        assert cache.get(b"source") is None


def test_only_the_user_can_read_it(cache: DocumentCache) -> None:
    cache.put(b"source", TEXT)
    assert cache.folder.stat().st_mode & 0o077 == 0
    assert entry(cache).stat().st_mode & 0o077 == 0


def test_the_oldest_entries_go(cache: DocumentCache) -> None:
    for number in range(ENTRIES_MAX + 3):
        cache.put(b"%d" % number, TEXT)
        os.utime(cache._entry(b"%d" % number), ns=(number, number))
    cache.put(b"last", TEXT)
    assert len(list(cache.folder.iterdir())) == ENTRIES_MAX
    assert cache.get(b"0") is None
    assert cache.get(b"last") == TEXT


def test_a_folder_that_cannot_be_written_is_no_cache(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    cache = DocumentCache(tmp_path / "file" / "documents")
    cache.put(b"source", TEXT)
    assert cache.get(b"source") is None


def test_nothing_is_left_of_an_entry_that_could_not_be_finished(
    cache: DocumentCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    cache.put(b"source", TEXT)
    assert list(cache.folder.iterdir()) == []


def test_processes_that_start_at_once_do_not_disturb_each_other(cache: DocumentCache) -> None:
    program = (
        "import sys; from pathlib import Path; from tidegate.openapi.document_cache import DocumentCache\n"
        "cache = DocumentCache(Path(sys.argv[1]))\n"
        "for _ in range(200):\n"
        "    cache.put(b'source', b'x' * 100_000)\n"
        "    assert cache.get(b'source') == b'x' * 100_000\n"
    )
    started = [subprocess.Popen([sys.executable, "-c", program, str(cache.folder)]) for _ in range(2)]
    assert [process.wait(60) for process in started] == [0, 0]
    assert len(list(cache.folder.iterdir())) == 1


def test_it_is_in_the_cache_folder_of_the_user() -> None:
    cache = DocumentCache.of_this_user({"XDG_CACHE_HOME": "/cache", "HOME": "/home/a"})
    assert cache is not None
    assert cache.folder == Path("/cache/tidegate/documents")
    cache = DocumentCache.of_this_user({"XDG_CACHE_HOME": "relative", "HOME": "/home/a"})
    assert cache is not None
    assert cache.folder == Path("/home/a/.cache/tidegate/documents")
    assert DocumentCache.of_this_user({}) is None
