"""A clock that can be put forward: a world whose hours pass when somebody says so, so that a day's key can expire.

Everything else is the world's own. It knows nothing of vendors.
"""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tidegate.world.world import World

TURNS = 3
"""After each timer that rings on the way, whatever it woke gets so many turns of the loop before time goes on."""


class ClockError(ValueError):
    """The clock cannot be moved so."""


class _Timer(asyncio.TimerHandle):
    """Waits for a moment of the moved clock, and is set anew whenever that clock moves."""

    def __init__(
        self, clock: "MovableWorld", when: float, callback: Callable[..., object], args: tuple[object, ...]
    ) -> None:
        super().__init__(when, callback, args, asyncio.get_running_loop())
        self._clock = clock
        self._inner: asyncio.TimerHandle | None = None

    def set(self, after_s: float, later: Callable[..., asyncio.TimerHandle]) -> None:
        """Ring after so many seconds of the inner world's time."""
        if self._inner is not None:
            self._inner.cancel()
        self._inner = later(max(after_s, 0.0), self.ring)

    def ring(self) -> None:
        """The moment has come."""
        if self._inner is not None:
            self._inner.cancel()
        self._clock.forget(self)
        if not self.cancelled():
            self._run()

    def cancel(self) -> None:
        """See asyncio.TimerHandle."""
        if self._inner is not None:
            self._inner.cancel()
        self._clock.forget(self)
        asyncio.Handle.cancel(self)  # TimerHandle's own tells the loop, which knows only the inner timer


class MovableWorld:
    """The world `inner`, with a clock of its own that `advance` puts forward. It stands in for a World."""

    def __init__(self, inner: "World") -> None:
        self._inner = inner
        self._ahead_s = 0.0
        self._timers: set[_Timer] = set()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    @property
    def is_moved(self) -> bool:
        """Whether it was ever put forward."""
        return self._ahead_s > 0

    def now(self) -> float:
        """See World.now."""
        return self._inner.now() + self._ahead_s

    def wall(self) -> float:
        """See World.wall."""
        return self._inner.wall() + self._ahead_s

    def call_later(self, delay_s: float, callback: Callable[..., object], *args: object) -> asyncio.TimerHandle:
        """See World.call_later."""
        timer = _Timer(self, self.now() + delay_s, callback, args)
        self._timers.add(timer)
        timer.set(delay_s, self._inner.call_later)
        return timer

    async def sleep(self, delay_s: float) -> None:
        """See World.sleep."""
        if delay_s <= 0:
            await self._inner.sleep(0)
            return
        woken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        timer = self.call_later(delay_s, _wake, woken)
        try:
            await woken
        finally:
            timer.cancel()

    def forget(self, timer: _Timer) -> None:
        """A timer has rung, or never will."""
        self._timers.discard(timer)

    async def advance(self, by_s: float) -> None:
        """Put the clock forward. What was to happen meanwhile happens now, each at its own time.

        Raises ClockError where `by_s` is below 0: this clock never goes back.
        """
        if by_s < 0:
            raise ClockError("the clock cannot be put back")
        end = self.now() + by_s
        while due := [timer for timer in self._timers if timer.when() <= end]:
            timer = min(due, key=asyncio.TimerHandle.when)
            self._ahead_s += max(timer.when() - self.now(), 0.0)
            timer.ring()
            for _ in range(TURNS):
                await self._inner.sleep(0)
        self._ahead_s += max(end - self.now(), 0.0)
        for timer in self._timers:
            timer.set(timer.when() - self.now(), self._inner.call_later)


def _wake(future: "asyncio.Future[None]") -> None:
    if not future.done():
        future.set_result(None)
