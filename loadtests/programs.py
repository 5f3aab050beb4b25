"""The programs of a run: start them, wait until they answer, stop them, and say what they printed where one failed.

It knows nothing of what they do. Each writes to a log file of its own, so that a pipe never fills.
"""

import http.client
import itertools
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

STOP_WITHIN_S = 15.0
_POLL_S = 0.05
_TAIL_LINES = 12
_FIRST_PORT, _KERNELS_PORTS = 10_240, 32_768
_STRIDE = 7  # some programs also take the port after the one that they are told
_handed_out = itertools.count()


class RunError(Exception):
    """The run could not be carried out: a program did not start, ended early, or did not do its part. Not a verdict."""


def tidegate(*arguments: str) -> list[str]:
    """The command line that runs this very tidegate."""
    return [sys.executable, "-c", "from tidegate.cli import main; main()", *arguments]


def free_port() -> int:
    """A port of 127.0.0.1 that nothing listens on now.

    Not one of those that the kernel hands out (ip_local_port_range, from 32768 on): such a port may be given to any
    connection between now and the moment at which the program that is told of it listens.
    """
    for number in _handed_out:
        port = _FIRST_PORT + (os.getpid() * 101 + number * _STRIDE) % (_KERNELS_PORTS - _FIRST_PORT)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise AssertionError("the count of ports does not end")


def fetch(port: int, path: str, *, timeout_s: float = 10.0) -> tuple[int, bytes]:
    """GET `path` from 127.0.0.1. Raises OSError or http.client.HTTPException where there is no answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout_s)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def post(port: int, path: str, value: object, *, timeout_s: float = 10.0) -> tuple[int, bytes]:
    """POST a value as JSON to 127.0.0.1. Raises OSError or http.client.HTTPException where there is no answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout_s)
    try:
        connection.request("POST", path, json.dumps(value), {"Content-Type": "application/json"})
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def answers(port: int, path: str) -> Callable[[], bool]:
    """A probe that says whether `path` answers 200."""

    def probe() -> bool:
        try:
            return fetch(port, path, timeout_s=2.0)[0] == 200
        except (OSError, http.client.HTTPException):
            return False

    return probe


class Program:
    """One program, running from `with` to the end of its block. `name` is what messages call it."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        home: Path,
        *,
        environ: Mapping[str, str] | None = None,
        core: int | None = None,
    ) -> None:
        """`home` is its working directory and holds its log. `core` pins it, children included, to one processor."""
        self.name = name
        self.log = home / f"{name.replace(' ', '-')}.log"
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(  # noqa: S603 - the caller's own programs
                command,
                cwd=home,
                env=dict(os.environ if environ is None else environ),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        if core is not None:
            # Set from outside, at once: threads that it starts later take it over, and a preexec function is not safe.
            os.sched_setaffinity(self._process.pid, {core})

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    def wait_until(self, ready: Callable[[], bool], within_s: float = 30.0) -> None:
        """Wait until `ready`. Raises RunError where the program ends or the time is up first."""
        end = time.monotonic() + within_s
        while not ready():
            self.check()
            if time.monotonic() > end:
                raise RunError(f"{self.name} was not ready within {within_s:g} s{self.tail()}")
            time.sleep(_POLL_S)

    def check(self) -> None:
        """Raise RunError where the program has ended."""
        if self._process.poll() is not None:
            raise RunError(f"{self.name} ended with exit code {self._process.returncode}{self.tail()}")

    def finish(self, within_s: float) -> None:
        """Wait for it to end by itself. Raises RunError where it fails or takes longer."""
        try:
            code = self._process.wait(within_s)
        except subprocess.TimeoutExpired:
            raise RunError(f"{self.name} had not ended after {within_s:g} s{self.tail()}") from None
        if code != 0:
            raise RunError(f"{self.name} ended with exit code {code}{self.tail()}")

    def stop(self) -> None:
        """Ask it to stop; kill it where it does not."""
        if self._process.poll() is not None:
            return
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(STOP_WITHIN_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def tail(self) -> str:
        """The last lines that it printed, ready to be put behind a message."""
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-_TAIL_LINES:]
        return ":\n" + "\n".join(f"  {line}" for line in lines) if lines else ""
