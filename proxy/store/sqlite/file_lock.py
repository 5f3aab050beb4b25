"""The lock on a store's file: one proxy at a time uses it, and no other user of the machine can read it.

What is locked is the file itself (flock(2) on its inode), and not its name: a symbolic link, a hard link and a bind
mount are other names of the same file. The file is held open for as long as it is locked, and is let go only after the
database, because closing any descriptor of a file drops SQLite's own locks on it (sqlite.org/howtocorrupt.html §2.2).
"""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

from tidegate.proxy.store.store_error import StoreError


@contextlib.contextmanager
def file_lock(path: Path) -> Iterator[None]:
    """Hold a file for this process alone. The kernel lets go of it whatever becomes of us.

    Makes the file, and its folders, where they are not there. Raises StoreError.
    """
    with contextlib.ExitStack() as held:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            # Made here, so that nobody else can read it. Non-blocking: a FIFO would be waited for.
            file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NONBLOCK | os.O_CLOEXEC, 0o600)
            held.callback(os.close, file)
            # Versions before 0.2 locked a file beside the store, by its name. So that neither runs beside the other:
            real = path.resolve()
            beside = os.open(real.with_name(real.name + ".lock"), os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
            held.callback(os.close, beside)
        except OSError as error:
            raise StoreError(f"{path}: the store cannot be written: {error.strerror}") from None
        for descriptor in (file, beside):
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise StoreError(f"{path}: another proxy uses this store; give each proxy its own `store`") from None
            except OSError as error:
                raise StoreError(f"{path}: the store cannot be locked: {error.strerror}") from None
        yield
