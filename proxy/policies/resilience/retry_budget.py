"""The retry budget: of all calls to a vendor only so many may be tried again, or an outage is answered with a storm.

The rule: whenever a retry is granted, the retries of the window that ends when it will be sent, those still backing off
included, are at most max(floor, ratio * calls in that window). The floor lets quiet traffic retry at all.

A retry counts from the moment it is scheduled; counting it when it is sent would let every sleeper of an outage wake at
once (envoy#30205). Calls are counted in slots and leave the window up to a slot early, so an error is a retry too few.
Retries are few, so they are kept one by one, in a heap by the time at which they are sent.
It refuses to know what failed, and why.
"""

from heapq import heapify, heappop, heappush

from tidegate.proxy.policies.resilience.failure_window import FailureWindow

_SLOTS = 20


class RetryBudget:
    """One for each vendor. `ratio` is retries per call, `floor` the retries that are always allowed in a window."""

    __slots__ = ("_calls", "_sent", "floor", "ratio", "window_s")

    def __init__(self, ratio: float, floor: int, window_s: float = 10.0) -> None:
        self.ratio = ratio
        self.floor = floor
        self.window_s = window_s
        self._calls = FailureWindow(window_s, _SLOTS)
        self._sent: list[float] = []

    def __repr__(self) -> str:
        return f"RetryBudget({self.ratio:g}, {self.floor}: {len(self._sent)} retries, {self._calls.calls} calls)"

    def call(self, now: float) -> None:
        """Count a call that had an attempt."""
        calls = self._calls
        if now >= calls.ends:
            calls.roll(now)
        calls.calls += 1

    def reserve(self, now: float, after_s: float = 0.0) -> bool:
        """Ask for a retry that will be sent in `after_s` seconds. True: it is granted, and counts from now on.

        It stops counting `window_s` after it was sent: without `after_s` a long wait would be forgotten before its end.
        """
        calls = self._calls
        if now >= calls.ends:
            calls.roll(now)
        sent = self._sent
        while sent and now - sent[0] > self.window_s:
            heappop(sent)
        wanted = len(sent) + 1
        if wanted > self.floor and wanted > self.ratio * calls.calls_left_at(now + after_s):
            return False
        heappush(sent, now + after_s)
        return True

    def release(self, sends_at: float) -> None:
        """Give back the reservation of a retry that was to be sent at `sends_at` (`now + after_s`), and was not.

        It is this very one: dropping another would let it count for longer than any retry that was sent.
        """
        sent = self._sent
        if sends_at in sent:
            sent.remove(sends_at)
            heapify(sent)

    def used(self, now: float) -> tuple[int, int]:
        """Retries and calls that count at `now`."""
        return sum(now - sent <= self.window_s for sent in self._sent), self._calls.calls_left_at(now)
