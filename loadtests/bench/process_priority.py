"""Real-time priority for a measurement, where the system allows it: what else runs on the machine waits meanwhile.

Programs that are started within inherit it (sched(7)), so all that are measured have it alike.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

Priority = Literal["real-time", "ordinary"]

REAL_TIME = 1
"""The lowest of the real-time priorities is above all ordinary ones. The kernel keeps 5 % for those (sched(7))."""


@contextmanager
def real_time() -> Iterator[Priority]:
    """Have this process, and what it starts, run at real-time priority; `ordinary` where that is not allowed."""
    if not hasattr(os, "sched_setscheduler"):  # macOS
        yield "ordinary"
        return
    before = os.sched_getscheduler(0), os.sched_getparam(0)
    if before[0] in (os.SCHED_RR, os.SCHED_FIFO):
        yield "real-time"
        return
    try:
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(REAL_TIME))
    except OSError:
        yield "ordinary"
        return
    try:
        yield "real-time"
    finally:
        os.sched_setscheduler(0, *before)
