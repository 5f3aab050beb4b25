"""The processes in which the trials of many seeds are played, on all processors.

They end with whoever asks for them, also where that is stopped in the middle: a trial may take a minute.
"""

import multiprocessing
import os
import signal
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager

from tidegate.chaos.play.garbage import prepare

PROCESSES = 2


@contextmanager
def trial_processes() -> Iterator[ProcessPoolExecutor]:
    """A pool that plays nothing but trials. What is under way when the block is left by an exception is ended."""
    with ProcessPoolExecutor(min(PROCESSES, os.cpu_count() or 1), initializer=_begin) as pool:
        try:
            yield pool
        except BaseException:
            for process in multiprocessing.active_children():  # the pool itself would wait until they are done
                process.kill()
            raise


def _begin() -> None:
    """A terminal's Ctrl-C is sent to these processes, too: whoever asks for them sees to it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    prepare()
