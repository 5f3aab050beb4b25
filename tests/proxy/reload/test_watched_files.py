"""A file is read when it has changed, and has stopped changing."""

import os
from pathlib import Path

from tidegate.proxy.reload.watched_files import digest_of, watch


def touch(file: Path, number: int, text: str = "") -> None:
    file.write_text(text)
    os.utime(file, ns=(number, number))


def test_a_file_is_due_at_the_second_look_that_finds_it_the_same(tmp_path: Path) -> None:
    file = tmp_path / "file"
    touch(file, 1)
    watched = watch((file,))
    looks = []
    for number in (1, 2, 3, 3, 3):
        touch(file, number)
        looks.append(watched.changed(forced=False))
    assert looks == [False, False, False, True, False]


def test_a_file_that_goes_away_has_changed_and_one_that_is_asked_for_is_due_at_once(tmp_path: Path) -> None:
    file = tmp_path / "file"
    touch(file, 1)
    watched = watch((file,))
    file.unlink()
    assert [watched.changed(forced=False) for _ in range(3)] == [False, True, False]
    assert watched.changed(forced=True)


def test_a_file_that_is_watched_later_is_watched_as_it_is_then(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    touch(one, 1)
    watched = watch((one,))
    touch(one, 2)
    watched.watch_also((one, two))
    assert watched.paths == (one,), "what changes now is read first"
    assert [watched.changed(forced=False) for _ in range(2)] == [False, True]
    watched.watch_also((one, two))
    assert not watched.changed(forced=False)
    touch(two, 1)
    assert [watched.changed(forced=False) for _ in range(2)] == [False, True]


def test_a_digest_is_of_all_files_and_empty_without_any(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    assert digest_of((one, two)) == ""
    touch(one, 1, "a")
    lacking = digest_of((one, two))
    touch(two, 1)
    assert lacking != digest_of((one, two)), "an empty file is there"
    touch(two, 1, "b")
    before = digest_of((one, two))
    touch(two, 1, "c")
    assert before
    assert before != digest_of((one, two))
