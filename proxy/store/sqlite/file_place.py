"""Whether the files that SQLite has open still stand under their names.

SQLite looks for that only where it keeps a rollback journal. With a log of writes it goes on in a file that was moved
or deleted, and all that is acknowledged from then on is gone with the process (sqlite.org/howtocorrupt.html §4.1).
"""

from pathlib import Path

Standing = tuple[tuple[int, int] | None, ...]


class FilePlace:
    """The file of a database and its log of writes. `look` comes first, once both were written."""

    def __init__(self, path: Path) -> None:
        self._paths = path, path.with_name(f"{path.name}-wal")
        self._standing: Standing | None = None

    def look(self) -> None:
        """Take what stands there now for what is open."""
        self._standing = self._stands()

    @property
    def is_kept(self) -> bool:
        """False where something else, or nothing, stands there."""
        return self._standing is None or self._stands() == self._standing

    def _stands(self) -> Standing:
        return tuple(map(_inode, self._paths))


def _inode(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
