"""The kernel's own account of a process's processor time. It knows nothing of calls.

The kernel keeps, for each process, the nanoseconds its threads have run, user and system, threads that have ended
included: the clock of clock_getcpuclockid(3). /proc/PID/stat counts the same in ticks of 10 ms, and
/proc/PID/task/*/schedstat forgets a thread when it ends.
"""

import os
import time
from collections.abc import Callable
from pathlib import Path

_PROCESS_CLOCK = 2
"""CPUCLOCK_SCHED, for a whole process: see clock_getcpuclockid in the C library and MAKE_PROCESS_CPUCLOCK in Linux."""

Clock = Callable[[], int]
"""Nanoseconds of processor time used so far."""


def clock_of(pid: int) -> Clock:
    """The processor clock of a running process. Reading it raises OSError once the process is gone."""
    clock = (~pid << 3) | _PROCESS_CLOCK
    return lambda: time.clock_gettime_ns(clock)


def family(pid: int) -> list[int]:
    """A process and all that it has started (proc_pid_task(5), `children`)."""
    pids = [pid]
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            pids += family(int(child))
    return pids


def clock_of_all(pid: int) -> Clock:
    """The processor clocks of a process and all that it has started by now, added up."""
    clocks = [clock_of(each) for each in family(pid)]
    return lambda: sum(clock() for clock in clocks)


def resident_bytes(pid: int) -> int:
    """The memory that a process and all that it has started hold now (proc_pid_statm(5), `resident`)."""
    pages = sum(int(Path(f"/proc/{each}/statm").read_text().split()[1]) for each in family(pid))
    return pages * os.sysconf("SC_PAGE_SIZE")


def settle(clock: Clock, *, still_ns: int = 500_000, every_s: float = 0.3, within_s: float = 3.0) -> None:
    """Wait until the process uses less than `still_ns` in `every_s`, so that work put off (log lines, metrics) is in.

    `every_s` is longer than the proxy puts such work off (a quarter of a second). Gives up after `within_s`: what has
    not been done by then counts for nobody.
    """
    end = time.monotonic() + within_s
    before = clock()
    while time.monotonic() < end:
        time.sleep(every_s)
        now = clock()
        if now - before < still_ns:
            return
        before = now
