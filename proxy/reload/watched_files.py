"""Files that are looked at again and again: whether they have changed, and have stopped changing.

By their stamp (time, size, inode, and where a link leads), because reading them every time would cost too much. It
refuses to know what is in them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

Stamp = tuple[object, ...]


@dataclass(slots=True)
class WatchedFile:
    """Some files. `seen` is their stamp at the last look, `judged` when they were last read, whatever came of it."""

    paths: tuple[Path, ...]
    seen: Stamp
    judged: Stamp
    digest: str
    """Of what is in force; empty where nothing is."""

    def changed(self, *, forced: bool) -> bool:
        """Look at them: whether they are to be read now."""
        before, self.seen = self.seen, _stamp(self.paths)
        if forced or (self.seen == before and self.seen != self.judged):
            self.judged = self.seen
            return True
        return False


def watch(paths: tuple[Path, ...]) -> WatchedFile:
    """Look at them for the first time: what is there is in force."""
    seen = _stamp(paths)
    return WatchedFile(paths, seen, seen, digest_of(paths))


def _stamp(paths: Iterable[Path]) -> Stamp:
    """What changes when a file does. A file that is not there has a stamp too."""
    stamp: list[object] = []
    for path in paths:
        try:
            status = path.stat()
            stamp += [path.resolve(), status.st_ino, status.st_size, status.st_mtime_ns]
        except OSError as error:
            stamp.append(error.errno)
    return tuple(stamp)


def digest_of(paths: Iterable[Path]) -> str:
    """The beginning of SHA-256 over all of them; empty where one cannot be read."""
    try:
        return sha256(b"\0".join(path.read_bytes() for path in paths)).hexdigest()[:16]
    except OSError:
        return ""
