"""A program that the fork server started, as `subprocess.Popen` would show it."""

import atexit
import contextlib
import functools
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.acceptance.fork_server import ORDER_BYTES_MAX

ROOT = Path(__file__).resolve().parents[2]
START_S = 60.0


class ForkServer:
    """The one of this process. It is started with the first program and ends with the process."""

    def __init__(self) -> None:
        self._link, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.acceptance.fork_server"], stdin=theirs.fileno(), cwd=ROOT
            )
        self._news = threading.Condition()
        self._one_at_a_time = threading.Lock()
        self._began: list[int] = []
        self._codes: dict[int, int] = {}
        threading.Thread(target=self._read, daemon=True).start()
        atexit.register(self._close)

    def start(self, order: Mapping[str, object], out: int) -> int:
        """The number of a new process, as it was ordered, that writes to `out`."""
        data = json.dumps(order).encode()
        assert len(data) < ORDER_BYTES_MAX
        with self._one_at_a_time, self._news:
            socket.send_fds(self._link, [data], [out])
            assert self._news.wait_for(lambda: self._began, START_S), "the fork server does not answer"
            pid = self._began.pop()
            self._codes.pop(pid, None)
            return pid

    def code(self, pid: int, wait_s: float | None) -> int | None:
        """With which exit code it ended, less than 0 for a signal; None where it has not within the time."""
        with self._news:
            self._news.wait_for(lambda: pid in self._codes, wait_s)
            return self._codes.get(pid)

    def _read(self) -> None:
        while data := self._link.recv(ORDER_BYTES_MAX):
            said = json.loads(data)
            with self._news:
                if "began" in said:
                    self._began.append(said["began"])
                else:
                    self._codes[said["ended"]] = said["code"]
                self._news.notify_all()

    def _close(self) -> None:
        self._link.shutdown(socket.SHUT_RDWR)
        self._process.wait(START_S)
        self._link.close()


server = functools.cache(ForkServer)


class Forked:
    """See the module. `stdout` has what it says on both streams."""

    def __init__(
        self, arguments: Sequence[str], folder: Path, environ: Mapping[str, str], constants: Mapping[str, float]
    ) -> None:
        order = {"arguments": arguments, "folder": str(folder), "environ": environ, "constants": constants}
        reading, writing = os.pipe()
        self.stdout = os.fdopen(reading, encoding="utf-8")
        self.returncode: int | None = None
        try:
            self.pid = server().start(order, writing)
        finally:
            os.close(writing)

    def poll(self) -> int | None:
        """The exit code, or None while it runs."""
        return self.wait(0.0)

    def wait(self, timeout_s: float | None = None) -> int | None:
        """Wait for its end, as long as is given; None where it runs on."""
        if self.returncode is None:
            self.returncode = server().code(self.pid, timeout_s)
        return self.returncode

    def send_signal(self, number: signal.Signals) -> None:
        """Send a signal, unless it has ended."""
        if self.poll() is None:
            with contextlib.suppress(ProcessLookupError):  # it has ended, and we have not heard of it yet
                os.kill(self.pid, number)

    def kill(self) -> None:
        """End it whatever it does."""
        self.send_signal(signal.SIGKILL)
