"""A sliding window of calls and bad calls, as a ring of slots: a comparison and an addition a call.

Whoever counts does it by hand, because a method call would cost more than the counting: `if now >= window.ends:
window.roll(now)`, then `window.calls += 1` and, where it was bad, `window.bad += 1`. A slot is forgotten as a whole, so
the window is up to one slot shorter than its name. It refuses to know what bad means.
"""

from collections import deque


class FailureWindow:
    """Counts of the last `seconds` in `slots` slots. `ends` is the monotonic second at which the current slot ends."""

    __slots__ = ("_bad", "_bad_before", "_calls", "_calls_before", "_index", "_per_s", "_slots", "bad", "calls", "ends")

    def __init__(self, seconds: float, slots: int) -> None:
        self._slots = slots
        self._per_s = slots / seconds
        self._index = 0
        self._calls = [0] * slots
        self._bad = [0] * slots
        self._calls_before = 0
        self._bad_before = 0
        self.calls = 0
        self.bad = 0
        self.ends = 1.0 / self._per_s

    def roll(self, now: float) -> None:
        """Begin the slot of `now` and forget those that have left the window. A `now` of the past is ignored."""
        index, last, slots = int(now * self._per_s), self._index, self._slots
        if index <= last:
            return
        calls, bad = self._calls, self._bad
        calls[last % slots] = self.calls - self._calls_before
        bad[last % slots] = self.bad - self._bad_before
        for at in range(last + 1, min(index, last + slots) + 1):
            slot = at % slots
            self.calls -= calls[slot]
            self.bad -= bad[slot]
            calls[slot] = bad[slot] = 0
        self._calls_before, self._bad_before = self.calls, self.bad
        self._index = index
        self.ends = (index + 1) / self._per_s

    def calls_left_at(self, moment: float) -> int:
        """The number of calls counted so far that will still lie in the window that ends at `moment`."""
        skip = int(moment * self._per_s) - self._index
        if skip <= 0:
            return self.calls
        if skip >= self._slots:
            return 0
        first = self._index + 1
        return self.calls - sum(self._calls[at % self._slots] for at in range(first, first + skip))

    def add(self, now: float, *, bad: bool) -> None:
        """Count a call, for those who can spare the time of a method."""
        if now >= self.ends:
            self.roll(now)
        self.calls += 1
        self.bad += bad

    def clear(self) -> None:
        """Forget every call."""
        self._calls[:] = self._bad[:] = [0] * self._slots
        self.calls = self.bad = self._calls_before = self._bad_before = 0


class CountedFailureWindow:
    """Counts of the last `size` calls, however long ago they were."""

    __slots__ = ("_last", "bad", "calls")

    def __init__(self, size: int) -> None:
        self._last: deque[bool] = deque(maxlen=size)
        self.calls = 0
        self.bad = 0

    def add(self, now: float, *, bad: bool) -> None:
        """Count a call, and forget the one that has left the window."""
        del now
        last = self._last
        if len(last) == last.maxlen:
            self.bad -= last[0]
        else:
            self.calls += 1
        last.append(bad)
        self.bad += bad

    def roll(self, now: float) -> None:
        """Time alone changes nothing."""

    def clear(self) -> None:
        """Forget every call."""
        self._last.clear()
        self.calls = self.bad = 0
