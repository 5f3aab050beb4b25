"""Whether the files that SQLite has open still stand under their names.

SQLite looks for that only where it keeps a rollback journal. With a log of writes it goes on in a file that was moved
or deleted, and all that is acknowledged from then on is gone with the process (sqlite.org/howtocorrupt.html §4.1).
"""

from pathlib import Path


class FilePlace:
    """The file of a database and its log of writes, from when each is seen first."""

    def __init__(self, path: Path) -> None:
        self._paths = path, path.with_name(f"{path.name}-wal")
        self._seen: list[tuple[int, int] | None] = [None, None]

    def is_kept(self) -> bool:
        """False where something else, or nothing, stands there."""
        stands = [_inode(path) for path in self._paths]
        kept = all(before in (None, now) for before, now in zip(self._seen, stands, strict=True))
        self._seen = stands if kept else self._seen
        return kept


def _inode(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
