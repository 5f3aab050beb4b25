"""A power cut that tears what was being written: sectors of the log, or of the file while a checkpoint copies the log.

The disk of the virtual world loses commits whole. That this is all a power cut can do to a real file is shown here.
"""

import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.proxy.store.delivering import accepted, new, state_of
from tests.proxy.store.places import sqlite_at
from tidegate.proxy.store.deliveries import DeliveryFilter

SECTOR = 512
"""Bytes that a disk writes whole or not at all; a page of SQLite's has eight."""
EARLIER = 12
CUTS = 30
LAST = new(EARLIER, body=b"last" * 5_000)
"""Several pages long."""


@dataclass(frozen=True)
class Files:
    """A file and its log."""

    main: bytes
    log: bytes


async def written(folder: Path) -> tuple[Files, Files, bytes]:
    """The files before the last commit and after it, and the file once a checkpoint has copied the log into it."""
    files = []
    async with sqlite_at(folder).opened() as store:
        for news in ([new(n) for n in range(EARLIER)], [LAST]):
            await accepted(store.deliveries, *news)
            files.append(Files((folder / "store.db").read_bytes(), (folder / "store.db-wal").read_bytes()))
    return files[0], files[1], (folder / "store.db").read_bytes()


def torn(before: bytes, after: bytes, rng: random.Random) -> bytes:
    """Of the sectors that a write changes, some are written, some are not, and one may be garbage."""
    content = bytearray(before.ljust(len(after), b"\0"))
    changed = [at for at in range(0, len(after), SECTOR) if content[at : at + SECTOR] != after[at : at + SECTOR]]
    new_ones = rng.sample(changed, rng.randint(0, len(changed) - 1))
    for at in new_ones:
        content[at : at + SECTOR] = after[at : at + SECTOR]
    if rng.random() < 0.5:
        at = rng.choice(changed)
        content[at : at + SECTOR] = rng.randbytes(len(content[at : at + SECTOR]))
    return bytes(content)


def cuts(before: Files, after: Files, checkpointed: bytes, kind: str) -> Iterator[Files]:
    rng = random.Random(f"torn {kind}")
    for _ in range(CUTS):
        match kind:
            case "log cut short":
                least = len(before.log) if len(before.log) < len(after.log) else 0
                yield Files(after.main, after.log[: rng.randrange(least, len(after.log))])
            case "sectors of the log":
                yield Files(after.main, torn(before.log, after.log, rng))
            case _:
                yield Files(torn(after.main, checkpointed, rng), after.log)


@pytest.mark.parametrize("kind", ["log cut short", "sectors of the log", "sectors of the file"])
async def test_a_torn_write_loses_its_commit_whole_and_nothing_before_it(tmp_path: Path, kind: str) -> None:
    lost = 0
    (tmp_path / "first").mkdir()
    for n, files in enumerate(cuts(*await written(tmp_path / "first"), kind)):
        folder = tmp_path / str(n)
        folder.mkdir()
        (folder / "store.db").write_bytes(files.main)
        (folder / "store.db-wal").write_bytes(files.log)
        async with sqlite_at(folder).opened() as store:
            page = await store.deliveries.page(DeliveryFilter("outbox"))
            there = {one.new.id for one in page.deliveries}
            assert there >= {f"d{n}" for n in range(EARLIER)}
            last = await store.deliveries.find(LAST.id)
            assert last is None or last.new.body == LAST.body
            lost += last is None
            await accepted(store.deliveries, new(99))
            assert await state_of(store.deliveries, "d99") == "queued"
        with closing(sqlite3.connect(folder / "store.db")) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert lost == (0 if kind == "sectors of the file" else CUTS), "a log that is torn ends before its commit"
