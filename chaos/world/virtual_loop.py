"""An event loop on a virtual clock: when nothing is ready, time jumps to the next timer.

It is asyncio's own BaseEventLoop with a clock that jumps where a selector would wait, so timers, tasks, timeouts and
cancellation are the real ones. It has no file descriptors, threads or signals; who asks for them gets a clear error. It
knows nothing of wires, disks or HTTP.

Two timers that are due at the same moment run in the order in which they were set; with a `schedule`, each rings as
late as that says (chaos/world/schedule.py).
"""

import asyncio
import contextvars
import heapq
import itertools
from collections import deque
from collections.abc import Callable, Coroutine, Generator, Sequence
from typing import Any, NoReturn, TypeVar, TypeVarTuple, Unpack

from tidegate.chaos.world.schedule import Schedule

T = TypeVar("T")
Ts = TypeVarTuple("Ts")

TASKS_MIN = 64
"""So many tasks are written down before those that have ended are looked for."""


class Tasks(dict["asyncio.Task[Any]", None]):
    """Tasks in the order in which they were made, where a set would iterate by memory address: not the same twice.

    Those that have ended are dropped now and then; a callback for each cost more than the rest of its making.
    """

    def __init__(self) -> None:
        super().__init__()
        self._most = TASKS_MIN

    def note(self, task: "asyncio.Task[Any]") -> None:
        """Write a task down."""
        self[task] = None
        if len(self) > self._most:
            for ended in [task for task in self if task.done()]:
                del self[ended]
            self._most = 2 * len(self) + TASKS_MIN

    @property
    def running(self) -> "list[asyncio.Task[Any]]":
        """Those that have not ended."""
        return [task for task in self if not task.done()]


_Context = contextvars.Context | None

TASKS: contextvars.ContextVar[Tasks | None] = contextvars.ContextVar("TASKS", default=None)
"""The set in which a task that is made in this context stands until it ends."""

SHOWN_MAX = 8
"""So many waiting tasks are named when a run cannot go on."""


CLEANUP_S = 3600.0
"""After its end a run gets so long to cancel what still runs."""


class Deadlock(RuntimeError):
    """Nothing is ready, no timer is set, and the program has not ended."""


class OutOfTime(RuntimeError):
    """The clock reached its end before the program did."""


class _Turn(asyncio.TimerHandle):
    """asyncio's handle, with no more in it than this loop looks at: a trial makes thirty for each call."""

    __slots__ = ()

    def __init__(self, when: float, callback: Callable[..., object], args: Sequence[Any], context: _Context) -> None:
        self._when = when
        self._callback = callback
        self._args = args
        self._context = contextvars.copy_context() if context is None else context
        self._cancelled = False

    def cancel(self) -> None:
        """As asyncio's: it is dropped when its moment comes."""
        self._cancelled = True
        self._callback, self._args = _nothing, ()

    def __repr__(self) -> str:
        """Its text in a message."""
        return f"<{self._callback!r} at {self._when:g} s>"


def _nothing() -> None:
    """The callback of a handle that was cancelled."""


class VirtualLoop(asyncio.BaseEventLoop):
    """See the module. `end_s` is the virtual time at which a run that has not ended is given up."""

    def __init__(self, end_s: float = 1e9, schedule: Schedule | None = None) -> None:
        super().__init__()
        self._schedule = schedule
        self._now_s = 0.0
        self._end_s = end_s
        self._timers: list[tuple[float, int, _Turn]] = []
        self._count = itertools.count()
        self._ready: deque[_Turn]  # made by BaseEventLoop, as is the next
        self._stopping: bool

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
        named = None if name is None else str(name)
        if self._schedule is not None:
            context = contextvars.copy_context() if context is None else context
            self._schedule.begin(context)
        made: asyncio.Task[T] = asyncio.Task(coro, loop=self, name=named, context=context)
        tasks = TASKS.get() if context is None else context.get(TASKS)
        if tasks is not None:
            tasks.note(made)
        return made

    def timers_of(self, tasks: Tasks) -> "list[asyncio.TimerHandle]":
        """The timers that are set and have not rung, of the context in which these tasks are written down."""
        timers = (turn for _, _, turn in sorted(self._timers))
        return [turn for turn in timers if not turn._cancelled and turn._context.get(TASKS) is tasks]  # noqa: SLF001

    def run_in_executor(self, executor: object, func: Callable[..., Any], *args: object) -> NoReturn:
        """Refused: a thread knows no virtual time."""
        del executor, args
        raise RuntimeError(f"{func!r} was handed to a thread; nothing in the virtual world may use threads")

    async def getaddrinfo(self, host: object, port: object, **options: object) -> NoReturn:
        """Refused: names resolve from the world's table."""
        del port, options
        raise RuntimeError(f"{host!r} was looked up outside the world; use World.resolve")

    def call_soon(
        self,
        callback: Callable[[Unpack[Ts]], object],
        *args: *Ts,
        context: contextvars.Context | None = None,
    ) -> asyncio.Handle:
        """As asyncio's, less its checks."""
        turn = _Turn(0.0, callback, args, context)
        self._ready.append(turn)
        return turn

    def call_at(
        self,
        when: float,
        callback: Callable[[Unpack[Ts]], object],
        *args: *Ts,
        context: contextvars.Context | None = None,
    ) -> asyncio.TimerHandle:
        """As asyncio's. Timers are kept as tuples: comparing handles in Python cost a tenth of a run."""
        if self._schedule is not None:
            when += self._schedule.late_s()
        timer = _Turn(when, callback, args, context)
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
        if self._schedule is not None:
            when += self._schedule.late_s()
        timer = _Turn(when, callback, args, context)
        heapq.heappush(self._timers, (when, next(self._count), timer))
        return timer

    def _run_once(self) -> None:
        """Turn after turn until the loop is stopped: what is ready, or else the timers of the next moment.

        As asyncio's, less what has no use here; that calls it once for each turn.
        """
        ready, timers, due = self._ready, self._timers, heapq.heappop
        while not self._stopping:
            if not ready:
                while timers and timers[0][2]._cancelled:  # noqa: SLF001 - asyncio's own handles, here and below
                    due(timers)
                if not timers or timers[0][0] > self._end_s:
                    self._give_up()
                self._now_s = max(timers[0][0], self._now_s)
            while timers and timers[0][0] <= self._now_s:
                ready.append(due(timers)[2])
            for _ in range(len(ready)):
                turn = ready.popleft()
                if turn._cancelled:  # noqa: SLF001
                    continue
                try:
                    turn._context.run(turn._callback, *turn._args)  # noqa: SLF001
                except (SystemExit, KeyboardInterrupt):
                    raise
                except BaseException as error:  # noqa: BLE001 - as asyncio does
                    self._raised(turn, error)

    def _raised(self, turn: _Turn, error: BaseException) -> None:
        """The report of a callback that raised, as asyncio's handles make it."""
        context = {"message": f"Exception in callback {turn!r}", "exception": error, "handle": turn}
        self.call_exception_handler(context)

    def _give_up(self) -> NoReturn:
        """Raises OutOfTime where the next timer is due after the end, Deadlock where there is none."""
        if not self._timers:
            raise Deadlock(f"nothing is ready and no timer is set at {self._now_s:.3f} s{_waiting(self)}")
        end_s, self._now_s = self._end_s, self._timers[0][0]
        self._end_s += CLEANUP_S
        raise OutOfTime(f"the run did not end within {end_s:g} s of virtual time{_waiting(self)}")

    def _write_to_self(self) -> None:
        """Nothing sleeps, so nothing needs waking."""


def run(main: Callable[[], Coroutine[Any, Any, T]], *, end_s: float = 1e9, schedule: Schedule | None = None) -> T:
    """Run `main()` on a virtual clock that starts at 0 s. Raises Deadlock or OutOfTime where it cannot end."""
    with asyncio.Runner(loop_factory=lambda: VirtualLoop(end_s, schedule)) as runner:
        return runner.run(main())


def timers_of(tasks: Tasks) -> list[asyncio.TimerHandle]:
    """The timers of the running loop that belong to the machine whose tasks are written down here."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, VirtualLoop)
    return loop.timers_of(tasks)


def _waiting(loop: asyncio.AbstractEventLoop) -> str:
    """The tasks that wait, and where: what a person needs to find a deadlock."""
    lines = []
    for task in sorted(asyncio.all_tasks(loop), key=lambda task: task.get_name()):
        frames = task.get_stack()
        place = f"{frames[-1].f_code.co_filename}:{frames[-1].f_lineno}" if frames else "not begun"
        lines.append(f"{task.get_name()} at {place}")
    more = [f"and {len(lines) - SHOWN_MAX} more"] if len(lines) > SHOWN_MAX else []
    return "".join(f"\n  waiting: {line}" for line in lines[:SHOWN_MAX] + more)
