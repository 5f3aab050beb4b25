"""Writes log lines to a file or to standard error from a thread of its own, so that a reader who stalls stalls no call.

What cannot be written in time is dropped and counted; the proxy matters more than its log. It knows bytes, not lines.
"""

import os
import queue
import threading
from pathlib import Path

from tidegate.problems import UsageError

STDERR = 2
WAITING_BYTES_MAX = 8 * 1024 * 1024


class LogWriter:
    """The log's file, and the thread that writes it. `target` is `stderr`, `none`, or the path of a file to extend."""

    def __init__(self, target: str) -> None:
        self.failed_bytes = 0
        """Bytes that the system refused to write (a full disk)."""
        self._taken_bytes = 0  # each of the two is written by one thread alone: `+=` is not atomic
        self._ended_bytes = 0
        self._queue: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._descriptor, self._own = _open(target)
        self._thread = threading.Thread(target=self._run, name="log", daemon=True)
        self._thread.start()

    def write(self, data: bytes) -> bool:
        """Hand lines over. Never waits; False where they were dropped because too many wait already."""
        if self._taken_bytes - self._ended_bytes > WAITING_BYTES_MAX:
            return False
        self._taken_bytes += len(data)
        self._queue.put(data)
        return True

    def close(self, timeout_s: float = 5.0) -> None:
        """Write what waits, for at most `timeout_s` seconds."""
        self._queue.put(None)
        self._thread.join(timeout_s)
        if self._own and not self._thread.is_alive():
            os.close(self._descriptor)

    def _run(self) -> None:
        while (data := self._queue.get()) is not None:
            view = memoryview(data)
            try:
                while view:
                    view = view[os.write(self._descriptor, view) :]
            except OSError:
                self.failed_bytes += len(view)
            self._ended_bytes += len(data)


def _open(target: str) -> tuple[int, bool]:
    if target == "stderr":
        return STDERR, False
    path = Path(os.devnull if target == "none" else target)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), True
    except OSError as error:
        raise UsageError(f"telemetry.log: {path} cannot be written: {error.strerror}") from None
