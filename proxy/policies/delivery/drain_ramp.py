"""How many deferred writes may be on their way to a vendor at once: 1 after it was away, then 2, 4, … up to a bound.

What has just got up is not run over by what waited for it. And whether it is the vendor that fails, or one write: where
different writes fail, and none is taken between them, it is the vendor; so it is where nothing at all is heard of it. A
proxy that has just started knows neither, nor does its breaker; its first failures end no write that was tried before.
Pure; one for each vendor.
"""

FIRST_FAILURES = 3
"""So many failures, of which none was followed by a success, tell a breaker that has seen nothing yet."""


class DrainRamp:
    """See the module. `most` is the bound."""

    __slots__ = ("_failed", "_first", "_unanswered", "allowed", "most")

    def __init__(self, most: int) -> None:
        self.most = most
        self.allowed = 1
        """So many at once."""
        self._failed: tuple[str, ...] = ()
        """Two different writes, at most, that have failed since one was taken."""
        self._unanswered = 0
        """Failures in a row that no answer came to at all."""
        self._first: int | None = 0
        """Failures since the start, None once something was taken."""

    @property
    def fails_for_all(self) -> bool:
        """True where different writes have failed since one was taken, or nothing was heard twice in a row."""
        return len(self._failed) > 1 or self._unanswered > 1

    def is_too_early(self, tries: int, most: int | None) -> bool:
        """True where a failure would end a write that had `tries` before, of `most`, and this life has seen too little.

        A write that was tried in this life alone has seen that many fail itself, and gets no try more.
        """
        last = most is not None and tries + 1 >= most
        return last and self._first is not None and self._first <= min(FIRST_FAILURES, tries)

    def went(self) -> None:
        """The vendor took one, or refused it for what it is: it is there."""
        self.allowed = min(2 * self.allowed, self.most)
        self._failed, self._first, self._unanswered = (), None, 0

    def away(self, write: str = "", *, answered: bool = True) -> None:
        """The vendor did not answer or failed, for this write, or is left alone. One that fails alone halves it."""
        if write:
            self._unanswered = 0 if answered else self._unanswered + 1
        if write and write not in self._failed:
            self._failed = (*self._failed[:1], write)
        if write and self._first is not None:
            self._first += 1
        self.allowed = max(self.allowed // 2, 1) if write and not self.fails_for_all else 1

    def held(self) -> None:
        """A limit is used up: no more than now, and half of it, so that live traffic has room."""
        self.allowed = max(self.allowed // 2, 1)
