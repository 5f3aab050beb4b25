"""Where calls wait for a permit of the vendor's limits: the limiter and its queue, with the one timer that serves them.

The limiter and the queue decide; this file holds the futures of those who wait and wakes them in order. One gate for
each distinct set of limits.
"""

import asyncio

from tidegate.proxy.policies.limiter import Limits
from tidegate.proxy.policies.queue import Refused, Ticket, WaitQueue, estimate_s
from tidegate.world import World

TOO_LATE = Refused("would expire")


class Gate:
    """A set of limits and those who wait for it."""

    def __init__(self, world: World, limits: Limits, queue: WaitQueue) -> None:
        self.limits = limits
        self._world = world
        self._queue = queue
        self._waiting: dict[Ticket, asyncio.Future[Refused | None]] = {}
        self._timer: asyncio.TimerHandle | None = None

    @property
    def depth(self) -> int:
        """How many calls wait."""
        return len(self._waiting)

    def try_enter(self, now: float) -> bool:
        """Take a permit if nobody waits and one is free."""
        return not self._waiting and self.limits.take(now) == 0.0

    def estimate_s(self, now: float) -> float:
        """Seconds that a call that queued up now would wait."""
        return estimate_s(self.limits.ready_in(now), len(self._waiting), self.limits.rate_per_s)

    async def enter(self, now: float, deadline: float, wait_max_s: float) -> Refused | None:
        """Wait for a permit. Returns None with the permit taken, or why there is none."""
        offered = self._queue.offer(now, deadline, wait_max_s, self.estimate_s(now))
        if isinstance(offered, Refused):
            return offered
        turn: asyncio.Future[Refused | None] = asyncio.get_running_loop().create_future()
        self._waiting[offered] = turn
        self._arm(now)
        try:
            return await turn
        except asyncio.CancelledError:
            if self._waiting.pop(offered, None) is not None:
                self._queue.leave(offered)
            elif turn.done() and not turn.cancelled() and turn.result() is None:
                self.limits.give_back(self._world.now())
            raise

    def pause_until(self, moment: float) -> None:
        """Lend nothing before `moment` (monotonic seconds): the vendor said so."""
        self.limits.pause_until(moment)
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
            self._arm(self._world.now())

    def _arm(self, now: float) -> None:
        if self._timer is None and self._waiting:
            wait_s = min(self.limits.ready_in(now), max(self._queue.soonest - now, 0.0))
            self._timer = self._world.call_later(wait_s, self._serve)

    def _serve(self) -> None:
        self._timer = None
        now = self._world.now()
        for late in self._queue.expire(now):
            self._settle(late, TOO_LATE)
        while (ticket := self._queue.head()) is not None and self.limits.take(now) == 0.0:
            self._queue.leave(ticket)
            self._settle(ticket, None)
        self._arm(now)

    def _settle(self, ticket: Ticket, result: Refused | None) -> None:
        turn = self._waiting.pop(ticket)
        if not turn.done():
            turn.set_result(result)
        elif result is None:
            self.limits.give_back(self._world.now())
