"""The kernel's account of a process's processor time."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from itertools import count
from types import SimpleNamespace

import pytest

from tidegate.loadtests.bench.processor_time import clock_of, clock_of_all, family, resident_bytes, settle

BURN = "import sys, threading, time\ndef burn():\n    while time.thread_time() < 0.05: pass\n"


def counting(*steps: int) -> Callable[[], int]:
    """A clock that moves on by these nanoseconds, then stands still."""
    values = [sum(steps[:end]) for end in range(1, len(steps) + 1)]
    readings = count()
    return lambda: values[min(next(readings), len(values) - 1)]


def test_our_own_clock_is_the_one_that_the_standard_library_reads() -> None:
    clock = clock_of(os.getpid())
    before, between, after = time.process_time_ns(), clock(), time.process_time_ns()
    assert before <= between <= after


def test_another_process_is_read_and_its_ended_threads_are_still_counted() -> None:
    code = BURN + "t = threading.Thread(target=burn); t.start(); t.join(); print('burnt', flush=True); sys.stdin.read()"
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"burnt\n"
        used = clock_of(process.pid)()
        process.communicate()
    assert 50_000_000 <= used < 60_000_000_000


def test_a_process_that_is_gone_is_an_error() -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
    with pytest.raises(OSError, match="Invalid argument"):
        clock_of(process.pid)()


def test_settling_ends_when_the_process_stands_still() -> None:
    clock = counting(0, 5_000_000, 5_000_000, 100_000)
    settle(clock, every_s=0.0)
    assert clock() == 10_100_000


def test_settling_gives_up_on_a_process_that_never_stands_still(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    clock = SimpleNamespace(monotonic=lambda: sum(slept), sleep=slept.append)
    monkeypatch.setattr("tidegate.loadtests.bench.processor_time.time", clock)
    busy = count(step=10_000_000)
    settle(lambda: next(busy), every_s=0.5, within_s=3.0)
    assert slept == [0.5] * 6


def test_a_process_and_its_children_are_read_together() -> None:
    child = BURN + "burn(); print('burnt', flush=True); sys.stdin.read()"
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"
    with subprocess.Popen([sys.executable, "-c", parent], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"burnt\n"
        found, used, held = family(process.pid), clock_of_all(process.pid)(), resident_bytes(process.pid)
        process.communicate()
    assert len(found) == 2
    assert used >= 50_000_000
    assert held > 2_000_000
