"""One file that holds a secret, read with a look at whose it is.

Who can write the file can put a key of his own in its place, so a file that anybody can write is refused. One that
others can read, or that belongs to another user (as files do that a container gets from its host), is told. A file that
is mounted by itself, as `subPath` does it in Kubernetes, is never updated: that is told too.
"""

import os
import re
import stat
from dataclasses import dataclass
from pathlib import Path

from tidegate.configfile.secret_references import SecretRef
from tidegate.proxy.secrets.secret_source import SECRET_BYTES_MAX, SecretFlaw

MOUNTS = Path("/proc/self/mountinfo")
"""Linux: what is mounted where (proc(5)); a line's fifth word is the place."""


class BeingWritten(SecretFlaw):
    """The file has changed while it was read."""


_TRUSTED_OWNERS = (0,)
_ESCAPED = re.compile(r"\\([0-7]{3})")


@dataclass(frozen=True, slots=True)
class ReadFile:
    """The content of a file, and its stamp: two with the same stamp are taken for the same."""

    text: str
    stamp: tuple[int, ...]
    changed_wall: float
    """Seconds since 1970 at which it was last written."""
    warning: str = ""

    @property
    def mark(self) -> str:
        """A word for this version of the file, for people."""
        inode, _, changed_ns, _ = self.stamp
        return f"inode {inode}, written {changed_ns / 1e9:.3f}"


def read_file(ref: SecretRef, path: Path) -> ReadFile:
    """Read a file whole. It never waits: a pipe or a device is refused. Raises SecretFlaw."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else "its name cannot be one"
        raise SecretFlaw(f"{ref}: the file cannot be read: {why}") from None
    try:
        before = os.fstat(descriptor)
        warning = _looked_at(ref, before)
        data = os.read(descriptor, SECRET_BYTES_MAX + 1)
        after = os.fstat(descriptor)
    except OSError as error:
        raise SecretFlaw(f"{ref}: the file cannot be read: {error.strerror}") from None
    finally:
        os.close(descriptor)
    if len(data) > SECRET_BYTES_MAX:
        raise SecretFlaw(f"{ref}: the file is longer than {SECRET_BYTES_MAX} bytes")
    if _stamp(before) != _stamp(after):
        raise BeingWritten(f"{ref}: the file is being written")
    try:
        return ReadFile(data.decode(), _stamp(after), after.st_mtime, warning)
    except UnicodeDecodeError:
        raise SecretFlaw(f"{ref}: the file is not text") from None


def _looked_at(ref: SecretRef, status: os.stat_result) -> str:
    """A warning, or nothing. Raises SecretFlaw where the file cannot be trusted."""
    if not stat.S_ISREG(status.st_mode):
        raise SecretFlaw(f"{ref}: this is not a file")
    if status.st_mode & stat.S_IWOTH:
        raise SecretFlaw(f"{ref}: anybody can write the file; chmod 600 it")
    if status.st_uid not in (*_TRUSTED_OWNERS, os.geteuid()):
        return f"the file belongs to another user (uid {status.st_uid}), who can change it; chown it to the proxy's own"
    if status.st_mode & (stat.S_IROTH | stat.S_IWGRP):
        return f"others can read or write the file (mode {stat.S_IMODE(status.st_mode):04o}); chmod 600 it"
    return ""


def mounted_alone(path: Path) -> bool:
    """Whether the file itself is a mount: what replaces it outside is never seen here."""
    try:
        lines = MOUNTS.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
        here = str(path.resolve())
    except OSError:
        return False
    places = (words[4] for line in lines if len(words := line.split(" ")) > 4)
    return any(_ESCAPED.sub(lambda code: chr(int(code[1], 8)), place) == here for place in places)


def _stamp(status: os.stat_result) -> tuple[int, ...]:
    return status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns
