"""What kills this very process at the n-th pass of a place, once its gate is open.

Wraps are put around the product's own functions at the start of the process, so the product needs no hooks.
"""

import os
import random
import signal
import threading
from collections.abc import Callable
from functools import wraps
from inspect import iscoroutinefunction
from pathlib import Path
from typing import Any, Literal

Moment = Literal["before", "during", "after"]
"""`during` is drawn: so many milliseconds after the call began, whether it has ended by then or not."""
DURING_S_MAX = 0.004

When = Callable[[tuple[Any, ...], Any], bool]
"""Whether a pass counts, by its arguments and, afterwards, its result."""


class Trigger:
    """See the module. The gate is a file: passes count once it is there."""

    def __init__(self, nth: int, gate: Path, seed: int) -> None:
        self._left, self._gate, self._rng = nth, gate, random.Random(seed)
        self._lock = threading.Lock()

    def passes(self, *, late: bool = False) -> None:
        """Count a pass, and die at the last one; `late`, a little after it."""
        with self._lock:
            if not self._gate.exists():
                return
            self._left -= 1
            if self._left != 0:
                return
        if late:
            timer = threading.Timer(self._rng.random() * DURING_S_MAX, die)
            timer.daemon = True
            timer.start()
        else:
            die()

    def around(self, owner: Any, name: str, moment: Moment, when: When | None = None) -> None:
        """Count the calls of a function or coroutine function, by its owner and name."""
        real = getattr(owner, name)

        def at(now: Moment, arguments: tuple[Any, ...], result: Any = None) -> None:
            if now == moment and (when is None or when(arguments, result)):
                self.passes(late=now == "during")

        @wraps(real)
        async def later(*arguments: Any, **named: Any) -> Any:
            at("before", arguments)
            at("during", arguments)
            result = await real(*arguments, **named)
            at("after", arguments, result)
            return result

        @wraps(real)
        def now(*arguments: Any, **named: Any) -> Any:
            at("before", arguments)
            at("during", arguments)
            result = real(*arguments, **named)
            at("after", arguments, result)
            return result

        put(owner, name, later if iscoroutinefunction(real) else now)


def put(owner: Any, name: str, value: Any) -> None:
    """Put something in the place of a function of the product."""
    setattr(owner, name, value)


def die() -> None:
    """Be killed as by `kill -9`: nothing is closed, flushed or told."""
    os.kill(os.getpid(), signal.SIGKILL)
    signal.pause()  # another thread may take the signal
