"""Writes files that a reader sees as they were or as they are now, and never in part."""

import errno
import os
import sys
import tempfile
from pathlib import Path

from tidegate.problems import UsageError

_UNFINISHED = ".tidegate-"
_ESCAPED = "backslashreplace"


def write_whole(path: Path, text: str) -> None:
    """Write a file, UTF-8, with the rights that a new file has; `-` is standard output. Raises UsageError.

    Names of files need not be UTF-8: what cannot be written is escaped, as on standard output.
    """
    if str(path) == "-":
        sys.stdout.write(text)
        return
    unfinished: Path | None = None
    try:
        place = _place(path)
        if place.exists() and not place.is_file():  # a device or a pipe is written to, and never replaced by a file
            place.write_text(text, encoding="utf-8", errors=_ESCAPED)
            return
        with tempfile.NamedTemporaryFile(
            "w", dir=place.parent, prefix=_UNFINISHED, delete=False, encoding="utf-8", errors=_ESCAPED
        ) as file:
            unfinished = Path(file.name)
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        unfinished.chmod(0o666 & ~_umask())
        unfinished.replace(place)
    except OSError as error:
        if unfinished is not None:
            unfinished.unlink(missing_ok=True)
        raise _unwritable(path, error) from None


def check_writable(path: Path) -> None:
    """Make sure, before a long run, that `write_whole` can write this file. Raises UsageError, and writes nothing."""
    if str(path) == "-":
        raise UsageError("-: name a file; standard output has the verdict")
    try:
        place = _place(path)
        if place.is_dir():
            raise UsageError(f"{path}: this is a folder; name a file in it")
        if place.exists() and not place.is_file():
            if not os.access(place, os.W_OK):
                raise UsageError(f"{path}: this file cannot be written: Permission denied")
            return
        tempfile.TemporaryFile(dir=place.parent, prefix=_UNFINISHED).close()
    except OSError as error:
        raise _unwritable(path, error) from None


def _place(path: Path) -> Path:
    """Where a file really is: what a link points to is replaced, and not the link. Raises OSError."""
    try:
        return path.resolve() if path.is_symlink() else path
    except RuntimeError:  # so says Python before 3.13
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP)) from None


def _unwritable(path: Path, error: OSError) -> UsageError:
    return UsageError(f"{path}: this file cannot be written: {error.strerror}")


def _umask() -> int:
    """The process' umask, which can only be read by setting it."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
