"""An event loop on a virtual clock: when nothing is ready, time jumps to the next timer.

It is asyncio's own BaseEventLoop with a clock that jumps where a selector would wait, so timers, tasks, timeouts and
cancellation are the real ones. It has no file descriptors, threads or signals; who asks for them gets a clear error. It
knows nothing of wires, disks or HTTP.

Two timers that are due at the same moment run in the order in which they were set.
"""

import asyncio
import contextvars
import heapq
import itertools
from collections import deque
from collections.abc import Callable, Coroutine, Generator
from typing import Any, NoReturn, TypeVar, TypeVarTuple, Unpack

T = TypeVar("T")
Ts = TypeVarTuple("Ts")

Tasks = dict["asyncio.Task[Any]", None]
"""Tasks in the order in which they were made. (A set would iterate by memory address: not the same twice.)"""

TASKS: contextvars.ContextVar[Tasks | None] = contextvars.ContextVar("TASKS", default=None)
"""Where a task that is made in this context is written down until it ends."""

SHOWN_MAX = 8
"""So many waiting tasks are named when a run cannot go on."""


CLEANUP_S = 3600.0
"""After its end a run gets so long to cancel what still runs."""


class Deadlock(RuntimeError):
    """Nothing is ready, no timer is set, and the program has not ended."""


class OutOfTime(RuntimeError):
    """The clock reached its end before the program did."""


class VirtualLoop(asyncio.BaseEventLoop):
    """See the module. `end_s` is the virtual time at which a run that has not ended is given up."""

    def __init__(self, end_s: float = 1e9) -> None:
        super().__init__()
        self._now_s = 0.0
        self._end_s = end_s
        self._timers: list[tuple[float, int, asyncio.TimerHandle]] = []
        self._count = itertools.count()
        self._ready: deque[asyncio.Handle]  # made by BaseEventLoop

    def time(self) -> float:
        """Virtual seconds since the loop was made."""
        return self._now_s

    def create_task(  # typeshed writes the parameters differently for each version
        self,
        coro: Coroutine[Any, Any, T] | Generator[Any, None, T],
        *,
        name: object = None,
        context: contextvars.Context | None = None,
    ) -> "asyncio.Task[T]":
        """As asyncio's, and the task is written down in TASKS of its context."""
        made: asyncio.Task[T] = super().create_task(coro, name=name, context=context)
        tasks = TASKS.get() if context is None else context.get(TASKS)
        if tasks is not None:
            tasks[made] = None
            made.add_done_callback(lambda done: tasks.pop(done, None))
        return made

    def run_in_executor(self, executor: object, func: Callable[..., Any], *args: object) -> NoReturn:
        """Refused: a thread knows no virtual time."""
        del executor, args
        raise RuntimeError(f"{func!r} was handed to a thread; nothing in the virtual world may use threads")

    async def getaddrinfo(self, host: object, port: object, **options: object) -> NoReturn:
        """Refused: names resolve from the world's table."""
        del port, options
        raise RuntimeError(f"{host!r} was looked up outside the world; use World.resolve")

    def call_at(
        self,
        when: float,
        callback: Callable[[Unpack[Ts]], object],
        *args: *Ts,
        context: contextvars.Context | None = None,
    ) -> asyncio.TimerHandle:
        """As asyncio's. Timers are kept as tuples: comparing handles in Python cost a tenth of a run."""
        timer = asyncio.TimerHandle(when, callback, args, self, context)
        heapq.heappush(self._timers, (when, next(self._count), timer))
        return timer

    def call_later(
        self,
        delay: float,
        callback: Callable[[Unpack[Ts]], object],
        *args: *Ts,
        context: contextvars.Context | None = None,
    ) -> asyncio.TimerHandle:
        """As asyncio's."""
        when = self._now_s + delay
        timer = asyncio.TimerHandle(when, callback, args, self, context)
        heapq.heappush(self._timers, (when, next(self._count), timer))
        return timer

    def _timer_handle_cancelled(self, handle: asyncio.TimerHandle) -> None:
        """It is dropped when its moment comes."""

    def _run_once(self) -> None:
        """One turn: what is ready, or else the timers of the next moment. As asyncio's, less what has no use here."""
        ready, timers = self._ready, self._timers
        while timers and timers[0][2]._cancelled:  # noqa: SLF001 - asyncio's own handles, here and below
            heapq.heappop(timers)
        if not ready:
            self._jump()
        now_s = self._now_s
        while timers and timers[0][0] <= now_s:
            ready.append(heapq.heappop(timers)[2])
        for _ in range(len(ready)):
            handle = ready.popleft()
            if not handle._cancelled:  # noqa: SLF001
                handle._run()  # noqa: SLF001

    def _jump(self) -> None:
        """Move the clock to the next timer. Raises Deadlock where there is none, OutOfTime at the end."""
        if not self._timers:
            raise Deadlock(f"nothing is ready and no timer is set at {self._now_s:.3f} s{_waiting(self)}")
        self._now_s = max(self._now_s, self._timers[0][0])
        if self._now_s > self._end_s:
            self._end_s += CLEANUP_S
            raise OutOfTime(f"the run did not end within {self._end_s - CLEANUP_S:g} s of virtual time{_waiting(self)}")

    def _write_to_self(self) -> None:
        """Nothing sleeps, so nothing needs waking."""


def run(main: Callable[[], Coroutine[Any, Any, T]], *, end_s: float = 1e9) -> T:
    """Run `main()` on a virtual clock that starts at 0 s. Raises Deadlock or OutOfTime where it cannot end."""
    with asyncio.Runner(loop_factory=lambda: VirtualLoop(end_s)) as runner:
        return runner.run(main())


def _waiting(loop: asyncio.AbstractEventLoop) -> str:
    """The tasks that wait, and where: what a person needs to find a deadlock."""
    lines = []
    for task in sorted(asyncio.all_tasks(loop), key=lambda task: task.get_name()):
        frames = task.get_stack()
        place = f"{frames[-1].f_code.co_filename}:{frames[-1].f_lineno}" if frames else "not begun"
        lines.append(f"{task.get_name()} at {place}")
    more = [f"and {len(lines) - SHOWN_MAX} more"] if len(lines) > SHOWN_MAX else []
    return "".join(f"\n  waiting: {line}" for line in lines[:SHOWN_MAX] + more)
