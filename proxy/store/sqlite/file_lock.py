"""The lock on a store's file: one proxy at a time uses it, and no other user of the machine can read it."""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

from tidegate.proxy.store.store import StoreError


@contextlib.contextmanager
def file_lock(path: Path) -> Iterator[None]:
    """Hold a file for this process alone. The kernel lets go of it whatever becomes of us.

    Makes the file, and its folders, where they are not there. Raises StoreError.
    """
    lock_path = path.with_name(path.name + ".lock")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600))  # made here, so that nobody else can read it
        lock = os.open(lock_path, os.O_WRONLY | os.O_CREAT, 0o600)
    except OSError as error:
        raise StoreError(f"{path}: the store cannot be written: {error.strerror}") from None
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StoreError(f"{path}: another proxy uses this store; give each proxy its own `store`") from None
        yield
    finally:
        os.close(lock)
