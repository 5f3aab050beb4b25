"""Watched files: checked again and again for a change that has come to an end.

By their stamp (time, size, inode, and where a link leads), because reading them every time would cost too much. It
refuses to know what is in them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

Stamp = tuple[object, ...]


@dataclass(slots=True)
class WatchedFiles:
    """Files that are read together. `seen` is their stamp at the last check, `judged` the one that was last read."""

    paths: tuple[Path, ...]
    seen: Stamp
    judged: Stamp
    digest: str
    """Of the contents that are in force; empty where none are."""

    def changed(self, *, forced: bool) -> bool:
        """Check them. True where they are to be read now: they have changed, and no more since the check before."""
        before, self.seen = self.seen, _stamp(self.paths)
        if forced or (self.seen == before and self.seen != self.judged):
            self.judged = self.seen
            return True
        return False


def watch(paths: tuple[Path, ...]) -> WatchedFiles:
    """Begin to watch files whose contents are in force."""
    seen = _stamp(paths)
    return WatchedFiles(paths, seen, seen, digest_of(paths))


def _stamp(paths: Iterable[Path]) -> Stamp:
    """A value that changes when a file does. A file that is not there has a stamp too."""
    stamp: list[object] = []
    for path in paths:
        try:
            status = path.stat()
            stamp += [path.resolve(), status.st_ino, status.st_size, status.st_mtime_ns]
        except OSError as error:
            stamp.append(error.errno)
    return tuple(stamp)


def digest_of(paths: Iterable[Path]) -> str:
    """The first 16 hex digits of SHA-256 over all of them; empty where one cannot be read."""
    try:
        return sha256(b"\0".join(path.read_bytes() for path in paths)).hexdigest()[:16]
    except OSError:
        return ""
