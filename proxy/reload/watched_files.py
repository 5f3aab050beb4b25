"""Watched files: checked again and again for a change that has come to an end.

By their stamp (time, size, and the inode that a name or a link leads to), because reading them every time would cost
too much. It refuses to know what is in them.
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

    def watch_also(self, paths: tuple[Path, ...]) -> None:
        """Watch further files, as they are now. `paths` are all of them; while one is changing nothing is added."""
        known = len(self.paths)
        if len(paths) == known or paths[:known] != self.paths:
            return
        if self.seen == self.judged == _stamp(self.paths):
            self.paths, self.digest = paths, digest_of(paths)
            self.seen = self.judged = _stamp(paths)


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
            stamp += [status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns]
        except OSError as error:
            stamp.append(error.errno)
    return tuple(stamp)


def digest_of(paths: Iterable[Path]) -> str:
    """The first 16 hex digits of SHA-256 over all of them; empty where none can be read."""
    contents = [_content(path) for path in paths]
    return sha256(b"\0".join(contents)).hexdigest()[:16] if any(contents) else ""


def _content(path: Path) -> bytes:
    """A file's state: what is in it, or that it cannot be read."""
    try:
        return b"1" + path.read_bytes()
    except OSError:
        return b""
