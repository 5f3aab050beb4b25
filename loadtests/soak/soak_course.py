"""The course of a soak for pictures: how long each call took, and what the programs held meanwhile.

It listens to an HTTP client, and looks at the programs now and then. It judges nothing.
"""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from types import SimpleNamespace

import aiohttp

from tidegate.loadtests.programs import RunError
from tidegate.loadtests.soak.resources import HeldResources

LOOK_EVERY_S = 1.0
LOOKS_MAX = 600
"""Where there are so many looks, every second one is forgotten, and from then on there are half as many."""
CALLS_MAX = 200_000
"""So many calls are remembered one by one; those after them are in no picture."""


@dataclass(slots=True)
class SoakCourse:
    """What was seen, in seconds since the run's begin. `stretches` are the parts of the run, from and until."""

    stretches: dict[str, tuple[float, float]] = field(default_factory=dict)
    calls: list[tuple[float, float]] = field(default_factory=list)
    """The begin of each call, and how long it took until its answer began."""
    looks: list[tuple[float, HeldResources]] = field(default_factory=list)


class SoakRecorder:
    """Records a course. `now` gives seconds."""

    def __init__(self, now: Callable[[], float]) -> None:
        self.course = SoakCourse()
        self._now = now
        self._zero = now()
        self._every_s = LOOK_EVERY_S

    @contextmanager
    def stretch(self, name: str) -> Iterator[None]:
        """A part of the run: what happens inside."""
        begin = self._since()
        try:
            yield
        finally:
            self.course.stretches[name] = begin, self._since()

    def trace(self) -> aiohttp.TraceConfig:
        """What tells a client to report its calls."""
        trace = aiohttp.TraceConfig()

        async def began(_session: object, context: SimpleNamespace, _params: object) -> None:
            context.at_s = self._since()

        async def ended(_session: object, context: SimpleNamespace, _params: object) -> None:
            if len(self.course.calls) < CALLS_MAX:
                self.course.calls.append((context.at_s, self._since() - context.at_s))

        trace.on_request_start.append(began)
        trace.on_request_end.append(ended)
        return trace

    async def watch(self, look: Callable[[], HeldResources]) -> None:
        """Look now and then, until it is cancelled. A look that fails is missed."""
        while True:
            with suppress(RunError, OSError):
                self.course.looks.append((self._since(), await asyncio.to_thread(look)))
            if len(self.course.looks) >= LOOKS_MAX:
                del self.course.looks[1::2]
                self._every_s *= 2
            await asyncio.sleep(self._every_s)

    def _since(self) -> float:
        return self._now() - self._zero
